"""Every text of every table of lineage: found from the database's own catalogue, so that no table is forgotten.

Raw events have their own way (`events`), and names of jobs and datasets theirs (`graph`).
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db import IntegrityError, connection, transaction

from lineage_app.domain.redaction import MARK, Pattern, redacted_json
from lineage_app.services.projector import take_projector_lock
from lineage_app.services.redaction.events import other_run
from lineage_app.services.redaction.sieve import may_hold, parameters

BATCH = 500
_COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type, c.character_maximum_length
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND table_name LIKE 'lineage\\_app\\_%'
  AND table_name NOT LIKE 'lineage\\_app\\_rawevent%' AND is_generated = 'NEVER'
  AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY', 'bytea')
ORDER BY 1, 2
"""
_DIGESTS = {("lineage_app_redactionrecord", "original"), ("lineage_app_redactionrecord", "redacted")}
_OTHER_ENCODINGS = ("utf-16-le", "utf-16-be", "latin-1")
Row = tuple[Any, ...]
NAMED = {"lineage_app_dataset": {"namespace", "name"}, "lineage_app_job": {"namespace", "name"}}


class Column(NamedTuple):
    """A column that can hold text."""

    name: str
    type: str
    longest: int | None

    @property
    def may_hold(self) -> str:
        """The sieve for this column; bytes are in few rows, and may be in an encoding that SQL does not see through."""
        return (
            "(%s::text[] IS NOT NULL AND %s IS NOT NULL)" if self.type == "bytea" else may_hold(f'"{self.name}"::text')
        )

    @property
    def as_value(self) -> str:
        """The column as it is read: JSON as text, so that it is changed as text and not understood."""
        return f'"{self.name}"::text' if self.type == "jsonb" else f'"{self.name}"'


def all_tables() -> list[str]:
    """Return the tables of lineage, raw events among them."""
    return ["lineage_app_rawevent", *columns_by_table()]


def columns_by_table() -> dict[str, list[Column]]:
    """Return the columns that can hold text, by table."""
    found: dict[str, list[Column]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for table, *column in cursor.fetchall():
            if (table, column[0]) not in _DIGESTS:
                found.setdefault(table, []).append(Column(*column))
    return found


def count_rows(pattern: Pattern) -> int:
    """Return how many rows hold an identifier, names of jobs and datasets among them."""
    return sum(
        1
        for table, columns in columns_by_table().items()
        for rows in _batches(table, columns, pattern)
        for row in rows
        if _changes(row, columns, pattern)
    )


def redact_tables(pattern: Pattern, *, said: Callable[[str], object]) -> int:
    """Redact every row but the names of jobs and datasets, in short transactions, and return how many changed."""
    total = 0
    for table, columns in columns_by_table().items():
        wanted = [column for column in columns if column.name not in NAMED.get(table, ())]
        for rows in _batches(table, wanted, pattern):
            total += _save(table, wanted, rows, pattern)
        said(f"{table}: {total} rows redacted")
    return total


def rows_named(table: str, pattern: Pattern) -> list[int]:
    """Return the ids of the jobs or datasets in `table` whose name or namespace holds an identifier."""
    columns = [column for column in columns_by_table()[table] if column.name in NAMED[table]]
    return [
        int(row[0]) for rows in _batches(table, columns, pattern) for row in rows if _changes(row, columns, pattern)
    ]


def _batches(table: str, columns: list[Column], pattern: Pattern) -> Iterator[list[Row]]:
    """Return the rows that may hold an identifier, BATCH at a time, each as its key (text) and the columns."""
    if not columns:
        return
    key, condition = _key(table), " OR ".join(column.may_hold for column in columns)
    statement = f"{_select(table, columns)} WHERE {key} > %s AND ({condition}) ORDER BY {key} LIMIT {BATCH}"
    last = "0" if key == "id" else "(0,0)"
    while rows := _rows(statement, [last, *parameters(pattern, len(columns))]):
        yield rows
        last = rows[-1][0]


def _key(table: str) -> str:
    """The rows' key: their id, or their place where a table has none (then its rows are never updated)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s "
            "AND column_name = 'id'",
            [table],
        )
        return "id" if cursor.fetchone() else "ctid"


def _select(table: str, columns: list[Column]) -> str:
    return f'SELECT {_key(table)}::text, {", ".join(column.as_value for column in columns)} FROM "{table}"'  # noqa: S608


def _rows(statement: str, values: list[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


@transaction.atomic
def _save(table: str, columns: list[Column], rows: list[Row], pattern: Pattern) -> int:
    """Read these rows again where no projector writes them, and write those that hold an identifier."""
    take_projector_lock(wait=True)
    key = _key(table)
    kind = "bigint" if key == "id" else "tid"
    statement = f"{_select(table, columns)} WHERE {key} = ANY(%s::{kind}[]) FOR UPDATE"
    found = _rows(statement, [[row[0] for row in rows]])
    changed = [(row[0], changes) for row in found if (changes := _changes(row, columns, pattern))]
    for place, changes in changed:
        _update(table, key, place, changes)
    return len(changed)


def _update(table: str, key: str, place: str, changes: dict[str, Any]) -> None:
    """Write one row; where it then says what another row says already, it goes, with what refers to it."""
    settings = ", ".join(f'"{name}" = %s' for name in changes)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET {settings} WHERE {key} = %s', [*changes.values(), place])  # noqa: S608
    except IntegrityError:
        model = next(each for each in apps.get_app_config("lineage_app").get_models() if each._meta.db_table == table)
        model._base_manager.filter(pk=place).delete()


def _changes(row: Row, columns: list[Column], pattern: Pattern) -> dict[str, Any]:
    """Return what the row's columns become, where they change."""
    pairs = ((column, value, _changed(column, value, pattern)) for column, value in zip(columns, row[1:], strict=True))
    return {column.name: new for column, value, new in pairs if new != value}


def _changed(column: Column, value: Any, pattern: Pattern) -> Any:
    if value is None:
        return None
    if column.type == "jsonb":
        return redacted_json(value, pattern, other_run)
    if column.type == "bytea":
        return _changed_bytes(bytes(value), pattern)
    if column.type == "ARRAY":
        return [pattern.redacted(item) if isinstance(item, str) else item for item in value]
    return pattern.redacted(value)[: column.longest]


def _changed_bytes(value: bytes, pattern: Pattern) -> bytes:
    """Return bytes without identifiers: those of another encoding than UTF-8 that hold one go whole."""
    new = pattern.redacted(value.decode(errors="surrogateescape")).encode(errors="surrogateescape")
    others = (value.decode(encoding, errors="replace") for encoding in _OTHER_ENCODINGS)
    return MARK.encode() if new == value and any(map(pattern.found_in, others)) else new
