"""Keeping an event: one durable statement, so that a 201 is a promise.

The raw event and its place in the inbox are one INSERT. A body that is known already changes nothing, unless it came
first with a token that did not cover it and now with one that does.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from django.db import connection
from psycopg import Cursor

from lineage_app.domain.events import Event, body_digest

_KEEP = """
WITH kept AS (
    INSERT INTO lineage_app_rawevent AS known
        (event_month, event_time, received_at, body_sha256, body, subject, kind, token_id, is_foreign, lenient)
    {rows}
    ON CONFLICT (event_month, body_sha256) DO UPDATE
        SET is_foreign = false, token_id = excluded.token_id
        WHERE known.is_foreign AND NOT excluded.is_foreign
    RETURNING id, subject
)
INSERT INTO lineage_app_inbox (raw_id, subject, error) SELECT id, subject, '' FROM kept
"""
_KEEP_ONE = _KEEP.format(rows="VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)")
_KEEP_MANY = _KEEP.format(
    rows="""SELECT * FROM unnest(%s::date[], %s::timestamptz[], %s::timestamptz[], %s::bytea[], %s::text[],
                                 %s::uuid[], %s::text[], %s::bigint[], %s::boolean[], %s::text[])"""
)


class Token(Protocol):
    """What is asked of a service token."""

    pk: int

    def covers(self, namespace: str) -> bool:
        """Whether the token may speak about `namespace`."""


class Sent(NamedTuple):
    """A parsed event with its unpacked body."""

    event: Event
    body: bytes


def keep(event: Event, body: bytes, *, token: Token, at: datetime) -> bool:
    """Keep one event and return whether it was new; it is durable when this returns.

    `at` is the time of receipt. An event outside the token's namespaces is kept and marked foreign. Raises
    django.db.Error when it could not be kept.
    """
    return _execute(_KEEP_ONE, _row(body_digest(body), Sent(event, body), token, at)) == 1


def keep_many(sent: Iterable[Sent], *, token: Token, at: datetime) -> int:
    """Keep several events in one statement and return how many were new; all of them are durable or none."""
    rows = {body_digest(item.body): item for item in sent}
    if not rows:
        return 0
    columns = zip(*(_row(digest, item, token, at) for digest, item in rows.items()), strict=True)
    return _execute(_KEEP_MANY, [list(column) for column in columns])


def _execute(statement: str, values: Sequence[object]) -> int:
    """Run one of the two statements and return how many events were new.

    A server-side cursor and a prepared statement, since planning these costs more than running them.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        return int(cursor.rowcount)


def _row(digest: bytes, item: Sent, token: Token, at: datetime) -> tuple[object, ...]:
    event = item.event
    return (
        event.time.date().replace(day=1),
        event.time,
        at,
        digest,
        item.body.decode(),
        event.subject,
        str(event.kind),
        token.pk,
        not all(token.covers(namespace) for namespace in event.namespaces()),
        "; ".join(event.lenient),
    )
