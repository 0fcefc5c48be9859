"""One table of a system as a subject is looked up in it: typed columns, predicates bound as parameters."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import sql

from portal.core.connectors import spelling
from portal.core.connectors.base import ConnectorError, Subject, Target
from portal.core.connectors.postgres.session import Session, quoted

NUMBERS = {"smallint", "integer", "bigint"}


@dataclass(frozen=True)
class Table:
    """A table's quoted name and its columns' types; `columns` maps kinds of identifier to columns."""

    name: sql.Identifier
    types: dict[str, str]
    columns: dict[str, str]
    surrogate: str | None
    vector: str | None

    @classmethod
    def of(cls, session: Session, target: Target) -> "Table":
        """Look the table up. Raises ConnectorError when it, or a column that its placement names, is missing."""
        name = quoted(target.object_name)
        found = session.execute(
            "SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.oid = to_regclass(%s) AND c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped",
            (name.as_string(session),),
        ).fetchall()
        types: dict[str, str] = dict(found)
        table = cls(name, types, target.columns, target.settings.get("surrogate"), target.settings.get("vector_column"))
        named = [*table.columns.values(), *filter(None, (table.surrogate, table.vector))]
        if not types or any(column not in types for column in named):
            missing = "table" if not types else "column that its placement names"
            raise ConnectorError(f"{target.object_name}: this {missing} does not exist; correct the placement.")
        if not table.columns:
            raise ConnectorError(f"{target.object_name}: no column is declared to hold an identifier; add one.")
        return table

    def holds(self, subject: Subject) -> tuple[sql.Composed, list[Any]]:
        """The predicate "this row is the subject's", and its parameters."""
        parts = [self.of_kind(kind, column, subject.folded(kind)) for kind, column in sorted(self.columns.items())]
        predicate = sql.SQL("({})").format(sql.SQL(" OR ").join(part for part, _ in parts))
        return predicate, [values for _, values in parts]

    def of_kind(self, kind: str, column: str, values: Iterable[str]) -> tuple[sql.Composed, list[Any]]:
        """The column among folded values of a kind; without letter case an index on `lower(column)` serves it.

        A database whose locale folds ASCII only is given other letters in both cases.
        """
        if spelling.is_caseless(kind) and self.types[column] not in {*NUMBERS, "uuid"}:
            spelled = [each for value in values for each in spelling.variants(value)]
            return _any("lower({}::text) = ANY(%s::text[])", column), spelled
        return self.among(column, values)

    def among(self, column: str, values: Iterable[str]) -> tuple[sql.Composed, list[Any]]:
        """`column = ANY(…)` in the column's own type: an index serves it, and nothing malformed is sent."""
        kind = self.types[column]
        if kind in NUMBERS:
            return _any("{} = ANY(%s::bigint[])", column), [int(value) for value in values if _is_number(value)]
        if kind == "uuid":
            return _any("{} = ANY(%s::uuid[])", column), [value for value in values if _is_uuid(value)]
        return _any("{}::text = ANY(%s::text[])", column), list(values)


def _any(template: LiteralString, column: str) -> sql.Composed:
    """The template with the quoted column."""
    return sql.SQL(template).format(sql.Identifier(column))


def _is_number(text: str) -> bool:
    """Whether a text is an integer that PostgreSQL's bigint holds."""
    return text.lstrip("-").isdigit() and len(text) <= 18


def _is_uuid(text: str) -> bool:
    """Whether a text is a UUID."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
