"""Finding and deleting a subject's rows in PostgreSQL."""

import struct
from typing import Any

from psycopg import sql

from portal.core.connectors import spelling
from portal.core.connectors.base import Deleted, Fence, Found, Subject, Target, check_fence
from portal.core.connectors.postgres.session import Session, scalar
from portal.core.connectors.postgres.table import Table


def find(session: Session, target: Target, subject: Subject) -> Found:
    """Rows of the subject: how many, their surrogate keys, and the bytes of their embeddings."""
    table = Table.of(session, target)
    predicate, values = table.holds(subject)
    key = _column(table.surrogate, "{}::text")
    vector = _column(table.vector, "{}::real[]")
    rows = session.execute(
        sql.SQL("SELECT {}, {} FROM {} WHERE {}").format(key, vector, table.name, predicate), values
    ).fetchall()
    keys = tuple(sorted(key for key, _ in rows if key is not None))
    return Found(len(rows), keys, tuple(packed(vector) for _, vector in rows if vector))


def packed(vector: list[float]) -> bytes:
    """An embedding as stores keep it: little-endian float32."""
    return struct.pack(f"<{len(vector)}f", *vector)


def count(session: Session, target: Target, subject: Subject) -> int:
    """How many rows of the subject a query still finds."""
    table = Table.of(session, target)
    predicate, values = table.holds(subject)
    return int(
        scalar(session, sql.SQL("SELECT count(*) FROM {} WHERE {}").format(table.name, predicate), tuple(values))
    )


def delete(session: Session, target: Target, subject: Subject, still_mine: Fence) -> Deleted:
    """Lock the subject's rows, then delete them by surrogate key, or by row address where there is none.

    The statement that deletes names no identifier: it is what logs, audit triggers and replicas repeat.
    """
    table = Table.of(session, target)
    predicate, values = table.holds(subject)
    rows = session.execute(
        sql.SQL("SELECT tableoid, ctid::text, {} FROM {} WHERE {} FOR UPDATE").format(
            _column(table.surrogate, "{}::text"), table.name, predicate
        ),
        values,
    ).fetchall()
    check_fence(still_mine)
    removed = _remove(session, table, rows)
    check_fence(still_mine)
    return Deleted(removed, ids=tuple(sorted(key for _, _, key in rows if key is not None)))


def _remove(session: Session, table: Table, rows: list[Any]) -> int:
    """Delete locked rows given as (table, address, surrogate key)."""
    if table.surrogate and all(key is not None for *_, key in rows):
        predicate, keys = table.among(table.surrogate, [key for *_, key in rows])
        statement = sql.SQL("DELETE FROM {} WHERE {}").format(table.name, predicate)
        return session.execute(statement, [keys]).rowcount
    statement = sql.SQL(
        "DELETE FROM {} AS t USING unnest(%s::oid[], %s::tid[]) AS gone(o, c)"
        " WHERE t.tableoid = gone.o AND t.ctid = gone.c"
    ).format(table.name)
    return session.execute(statement, [[row[0] for row in rows], [row[1] for row in rows]]).rowcount


def live_neighbours(session: Session, target: Target, subject: Subject) -> list[str]:
    """Identifiers of others that contain one of the subject's ("joana@…" contains "ana@…"): not hits in a scan."""
    table = Table.of(session, target)
    neighbours: set[str] = set()
    for kind, column in table.columns.items():
        held = "lower({}::text)" if spelling.is_caseless(kind) else "{}::text"
        for value in subject.folded(kind):
            statement = sql.SQL("SELECT DISTINCT {column}::text FROM {table} WHERE position(%s in {held}) > 0").format(
                column=sql.Identifier(column), held=_column(column, held), table=table.name
            )
            neighbours.update(row[0] for row in session.execute(statement, (value,)))
    return sorted(each for each in neighbours if not subject.owns(each))


def _column(name: str | None, template: Any) -> sql.Composable:
    """A quoted column in a template, or NULL where the placement names none."""
    return sql.SQL(template).format(sql.Identifier(name)) if name else sql.SQL("NULL")
