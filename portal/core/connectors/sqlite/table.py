"""One table of an SQLite database: which rows are a subject's, under which key, and whose identifiers it holds."""

import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.core.connectors import spelling
from portal.core.connectors.base import ConnectorError, Found, Subject, Target
from portal.core.connectors.sqlite.session import quoted

BATCH = 500  # parameters in one statement; SQLite's least limit is 999
Value = str | bytes | int


class Table:
    """A table within a session. Raises ConnectorError where it, a column or a key is not there."""

    def __init__(self, session: sqlite3.Connection, target: Target) -> None:
        """Look the table up and check the names that the placement uses."""
        self.session, self.target, self.name = session, target, quoted(target.object_name)
        self.columns = [row[1] for row in session.execute(f"PRAGMA table_xinfo({self.name})")]
        known = session.execute(
            "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", [target.object_name]
        ).fetchone()
        if not known:
            raise ConnectorError("There is no such table in the database; correct the placement.", missing=True)
        if str(known[0]).upper().startswith("CREATE VIRTUAL"):
            raise ConnectorError("The placement names a virtual table; name the table that holds its rows.")
        self._check(str(known[0]))

    def _check(self, statement: str) -> None:
        vector, surrogate = (self.target.settings.get(name) for name in ("vector_column", "surrogate"))
        named = [*self.target.columns.values(), *filter(None, (vector, surrogate))]
        if not set(named) <= set(self.columns):
            raise ConnectorError("The table lacks a column that its placement names; correct the placement.")
        if not self.target.columns:
            raise ConnectorError("No column is declared to hold an identifier; add one to the placement.")
        rowless = statement.upper().rstrip("; \n").rpartition(")")[2].replace(" ", "").find("WITHOUTROWID") >= 0
        if rowless and not surrogate:
            raise ConnectorError("The table has no rowid; name its key as `surrogate` in the placement.")
        self.key = quoted(surrogate) if surrogate else "rowid"
        self.row = self.key if rowless else "rowid"
        self.vector = quoted(vector) if vector else "NULL"

    def find(self, subject: Subject) -> Found:
        """The subject's rows: how many, their keys as text, and their embeddings."""
        rows = self._rows(subject)
        vectors = (row[1] for row in rows.values() if isinstance(row[1], bytes))
        return Found(len(rows), tuple(sorted({str(row[0]) for row in rows.values()})), tuple(vectors))

    def keys(self, subject: Subject) -> list[Any]:
        """The keys of the subject's rows, as the database holds them."""
        return list({row[0] for row in self._rows(subject).values()})

    def _rows(self, subject: Subject) -> dict[Any, tuple[Any, Any]]:
        """Key and embedding by row; one that is found by two identifiers counts once."""
        found: dict[Any, tuple[Any, Any]] = {}
        for kind, column in self.target.columns.items():
            compared, values = among(kind, column, subject.folded(kind))
            asked = f"SELECT {self.row}, {self.key}, {self.vector} FROM {self.name} WHERE {compared} IN"  # noqa: S608
            for marks, batch in batches(values):
                found |= {row[0]: (row[1], row[2]) for row in self.session.execute(f"{asked} ({marks})", batch)}
        return found

    def delete(self, keys: Sequence[Any]) -> int:
        """Remove rows by key; how many there were."""
        return sum(
            self.session.execute(f"DELETE FROM {self.name} WHERE {self.key} IN ({marks})", batch).rowcount  # noqa: S608
            for marks, batch in batches(keys)
        )

    def values(self, kind: str) -> Iterator[str]:
        """Every distinct value of one kind of identifier."""
        column = self.target.columns.get(kind)
        if column:
            asked = f"SELECT DISTINCT {quoted(column)} FROM {self.name} WHERE {quoted(column)} IS NOT NULL"  # noqa: S608
            for (value,) in self.session.execute(asked):
                yield as_text(value)

    def containing(self, subject: Subject) -> Iterator[str]:
        """Identifiers that contain one of the subject's in any letter case, the subject's own among them."""
        parts = [spelled for part in subject.parts() for spelled in spelling.variants(part)]
        for column in set(self.target.columns.values()):
            for part in parts:
                asked = f"SELECT DISTINCT {quoted(column)} FROM {self.name} WHERE instr(lower({quoted(column)}), ?) > 0"  # noqa: S608
                yield from (as_text(value) for (value,) in self.session.execute(asked, [part]))

    def mapped(self, columns: Mapping[str, str], kind: str, value: str) -> list[dict[str, str]]:
        """Rows of an identity map that hold a value, as kind -> value, NULLs left out."""
        names = ", ".join(quoted(column) for column in columns.values())
        compared, possible = among(kind, columns[kind], [spelling.folded(kind, value)])
        marks = ", ".join("?" * len(possible))
        asked = f"SELECT {names} FROM {self.name} WHERE {compared} IN ({marks})"  # noqa: S608
        rows = self.session.execute(asked, possible)
        return [{k: as_text(v) for k, v in zip(columns, row, strict=True) if v is not None} for row in rows]


def among(kind: str, column: str, values: Sequence[str]) -> tuple[str, list[Value]]:
    """What is compared, and with which parameters: the column itself, or without letter case.

    SQLite's lower() folds ASCII only, so other letters are given in both cases; an index on `lower(column)` serves it.
    """
    if spelling.is_caseless(kind):
        return f"lower({quoted(column)})", [each for value in values for each in spelling.variants(value)]
    return quoted(column), [form for value in values for form in forms(value)]


def forms(value: str) -> list[Value]:
    """The ways in which SQLite, which types values and not columns, may hold an identifier.

    >>> forms("42")
    ['42', b'42', 42]
    """
    found: list[Value] = [value, value.encode()]
    if value.isdecimal() and len(value) < 19:
        found.append(int(value))
    try:
        found.append(uuid.UUID(value).bytes)
    except ValueError:
        return found
    return found


def as_text(value: Any) -> str:
    """A value as the portal spells it; sixteen bytes are a UUID unless they read as text."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return str(uuid.UUID(bytes=value)) if len(value) == 16 else value.hex()
    return str(value)


def batches(values: Sequence[Any]) -> Iterator[tuple[str, Sequence[Any]]]:
    """Placeholders and parameters, so many at a time as a statement takes."""
    for start in range(0, len(values), BATCH):
        batch = values[start : start + BATCH]
        yield ", ".join("?" * len(batch)), batch
