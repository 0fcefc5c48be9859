"""An SLO's own statement, as its author writes it for another engine, checked and written anew for ours.

One SELECT over the asset alone. What is checked is the parsed tree, every node of it against a list of what is allowed;
what runs is written from that tree, every name quoted, so that no text of the author reaches an engine. A name that is
no column is refused: in PostgreSQL `current_user` and `"t"."f"` would call functions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import errors, exp

from .allowed import ARGS, NODES, TYPES, UNITS

PLACEHOLDER, ITSELF = "{asset}", "custody_asset"
LONGEST = 10_000
NOW = {"postgres": "statement_timestamp", "duckdb": "now"}


class StatementRefused(ValueError):
    """The statement may not run; the sentence says what in it, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a statement may read: its name (dotted), its columns, and the SQL that stands for it."""

    name: str
    columns: Collection[str]
    relation: str


def parsed(text: str, reads: str) -> exp.Select:
    """The statement as a tree of allowed nodes; `reads` is the dialect that it is written in.

    Raises StatementRefused.

    >>> parsed("SELECT count(*) AS total FROM {asset}", "snowflake").named_selects
    ['total']
    """
    if len(text) > LONGEST:
        raise StatementRefused(f"The statement is longer than {LONGEST:,} characters; shorten it.")
    try:
        found = [each for each in sqlglot.parse(text.replace(PLACEHOLDER, ITSELF), read=reads) if each is not None]
        if len(found) != 1 or not isinstance(found[0], exp.Select):
            raise StatementRefused("Write exactly one SELECT, without a statement before or after it.")
        _check(found[0])
        if not (found[0].expressions and found[0].find(exp.Table)):
            raise StatementRefused("The statement reads nothing; write SELECT … FROM {asset}.")
    except errors.SqlglotError as error:
        raise StatementRefused(_where(error)) from None
    except RecursionError:
        raise StatementRefused("The statement nests too deeply; write it flatter.") from None
    return found[0]


def compiled(text: str, reads: str, dataset: Dataset, dialect: str) -> str:
    """The statement in the SQL of `postgres` or `duckdb`, over the dataset alone. Raises StatementRefused.

    >>> orders = Dataset("sales.orders", ["amount"], '"sales"."orders"')
    >>> compiled("SELECT COUNT_IF(AMOUNT < 0) AS bad FROM ORDERS", "snowflake", orders, "duckdb")
    'SELECT COUNT_IF(("amount" < 0) IS TRUE) AS "bad" FROM "sales"."orders" AS "orders"'
    """
    tree = parsed(text, reads)
    for name in tree.find_all(exp.Identifier):
        _settle(name, dataset.columns)
    own = _own_names(tree)
    asset = [table for table in tree.find_all(exp.Table) if not _is_cte(table)]
    aliases = {_alias(table) for table in asset}
    for column in tree.find_all(exp.Column):
        _check_column(column, dataset.columns, own, aliases)
    for table in asset:
        _point(table, dataset, dialect)
    return _at_the_sources_time(tree, dialect).sql(dialect=dialect, comments=False, identify=True)


def columns_of(text: str, reads: str) -> list[str]:
    """The names of the result's columns, lower case. Raises StatementRefused."""
    return [name.lower() for name in parsed(text, reads).named_selects]


def _check(tree: exp.Expression) -> None:
    for node in tree.walk():
        odd = [key for key, value in node.args.items() if value and key not in ARGS.get(type(node), node.args)]
        if type(node) not in NODES or odd:
            raise StatementRefused(f"{_named(node, *odd)} is not allowed in an SLO's statement.")
        said = _wrong(node)
        if said:
            raise StatementRefused(said)


def _wrong(node: exp.Expr) -> str:
    """What is wrong with one allowed node, as a sentence."""
    match node:
        case exp.DataType() if node.this not in TYPES:
            return "A type is not allowed here; cast to a number, a text, a boolean or a time."
        case exp.Var() if node.name.upper() not in UNITS:
            return f"“{node.name[:60]}” is no unit of time that is known here."
        case exp.With() if node.args.get("recursive"):
            return "A recursive WITH is not allowed in an SLO's statement."
        case exp.CTE() if not isinstance(node.this, exp.Select):
            return "Each part of a WITH is a SELECT."
        case exp.Table() if not isinstance(node.this, exp.Identifier):
            return "Only the asset itself stands after FROM and JOIN; write {asset}."
    return ""


def _named(node: exp.Expr, *odd: str) -> str:
    """What people call a node: the function's own name, or the construct."""
    if isinstance(node, exp.Anonymous):
        return f"The function {str(node.this)[:60]}"
    if isinstance(node, exp.Func):
        return f"The function {node.sql_name()}"
    return f"“{(odd[0] if odd else type(node).key).strip('_').replace('_', ' ')}”"


def _where(error: errors.SqlglotError) -> str:
    """Where a statement cannot be read; the parser's own text may be long and coloured."""
    found = getattr(error, "errors", None) or [{}]
    line, column = found[0].get("line"), found[0].get("col")
    place = f" near line {line}, character {column}" if line else ""
    return f"The statement cannot be read{place}; check it against its dialect."


def _own_names(tree: exp.Select) -> frozenset[str]:
    """Names of columns that the statement itself gives."""
    listed = (name.name for alias in tree.find_all(exp.TableAlias) for name in alias.columns)
    return frozenset((*(each.alias for each in tree.find_all(exp.Alias)), *listed))


def _settle(name: exp.Identifier, columns: Collection[str]) -> None:
    """Spell a name as the dataset does; other dialects fold the case of what is not quoted the other way."""
    alike = {each.lower(): each for each in columns}
    if name.name not in columns:
        name.set("this", alike.get(name.name.lower(), name.name.lower()))


def _check_column(column: exp.Column, columns: Collection[str], own: Collection[str], aliases: Collection[str]) -> None:
    """A name that is no column could be a function: of the server, or of the row, which PostgreSQL calls by a dot."""
    if len(column.parts) > 2:
        raise StatementRefused("Name a column alone or with its table's alias; leave schemas out.")
    if isinstance(column.this, exp.Star) or column.name in columns:
        return
    if column.name not in own or column.table in aliases:
        raise StatementRefused(f"There is no column “{column.name[:60]}” in the asset.")


def _point(table: exp.Table, dataset: Dataset, dialect: str) -> None:
    """Put the dataset's relation where the asset is named. Raises StatementRefused for any other table."""
    parts = [part.name.lower() for part in table.parts]
    if parts != [ITSELF] and not _ends(dataset.name.lower().split("."), parts):
        name = ".".join(parts)[:100]
        raise StatementRefused(f"“{name}” is not this SLO's asset, and a statement reads no other. Write {{asset}}.")
    relation = exp.to_table(dataset.relation, dialect=dialect)
    table.replace(exp.alias_(relation, _alias(table), quoted=True, table=True))


def _alias(table: exp.Table) -> str:
    return str(table.alias or table.name)


def _is_cte(table: exp.Table) -> bool:
    """Whether the name is one that a WITH around the table gives."""
    around = table.parent
    while around is not None:
        held = around.args.get("with_")
        if held is not None and len(table.parts) == 1 and any(cte.alias == table.name for cte in held.expressions):
            return True
        around = around.parent
    return False


def _ends(name: list[str], parts: list[str]) -> bool:
    return len(parts) <= len(name) and name[-len(parts) :] == parts


def _at_the_sources_time(tree: exp.Expression, dialect: str) -> exp.Expression:
    """`now` is the source's clock, whichever way it was asked for."""
    for node in list(tree.find_all(exp.CurrentTimestamp, exp.CurrentDate)):
        present: exp.Expression = exp.Anonymous(this=NOW[dialect])
        node.replace(exp.cast(present, "date") if isinstance(node, exp.CurrentDate) else present)
    return tree


def chosen(row: Mapping[str, object], names: Iterable[str]) -> dict[str, object]:
    """The wanted columns of the result's row, whatever the case of their names."""
    alike = {key.lower(): value for key, value in row.items()}
    return {name: alike[name.lower()] for name in names}
