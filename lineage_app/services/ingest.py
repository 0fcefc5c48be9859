"""Keeping an event: one durable statement, so that a 201 is a promise.

The raw event, its place in the inbox and the receipt by which it is counted are one statement. A body that is known
already changes nothing, unless it came first with a token that did not cover it and now with one that does.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from django.db import connection
from psycopg import Cursor

from lineage_app.domain.events import Event, body_digest
from lineage_app.domain.spoken import namespaces

_KEEP = """
WITH kept AS (
    INSERT INTO lineage_app_rawevent AS known
        (event_month, event_time, received_at, body_sha256, body, subject, kind, token_id, is_foreign, lenient)
    {rows}
    ON CONFLICT (event_month, body_sha256) DO UPDATE
        SET is_foreign = false, token_id = excluded.token_id
        WHERE known.is_foreign AND NOT excluded.is_foreign
    RETURNING id, subject, body_sha256, token_id, received_at, lenient
), waiting AS (
    INSERT INTO lineage_app_inbox (raw_id, subject, received_at, error) SELECT id, subject, received_at, '' FROM kept
)
INSERT INTO lineage_app_receipt (token_id, producer, received_at, events, lenient, outside, refused)
SELECT token_id, {receipt}, received_at, 1, lenient, {outside}, '' FROM {kept}
"""
_KEEP_ONE = _KEEP.format(
    rows="VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", receipt="%s::text", outside="%s::jsonb", kept="kept"
)
_KEEP_MANY = _KEEP.format(
    rows="""SELECT * FROM unnest(%b::date[], %b::timestamptz[], %b::timestamptz[], %b::bytea[], %b::text[],
                                 %b::uuid[], %b::text[], %b::bigint[], %b::boolean[], %b::text[])""",
    receipt="said.producer",
    outside="said.outside::jsonb",
    kept="kept JOIN unnest(%b::text[], %b::text[], %b::bytea[]) AS said (producer, outside, digest)"
    " ON said.digest = kept.body_sha256",
)
NAMED_AT_MOST = 20
TEXT_AT_MOST = 500


class Token(Protocol):
    """What is asked of a service token; one without a number is the portal itself."""

    @property
    def pk(self) -> int | None:
        """Its number."""

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
    outside = _outside(event, token)
    row = _row(body_digest(body), Sent(event, body), token, at, outside)
    return _execute(_KEEP_ONE, [*row, *_said(event, outside)]) == 1


def keep_many(sent: Iterable[Sent], *, token: Token, at: datetime) -> int:
    """Keep several events in one statement and return how many were new; all of them are durable or none."""
    unique = {body_digest(item.body): item for item in sent}
    if not unique:
        return 0
    rows = []
    for digest, item in unique.items():
        outside = _outside(item.event, token)
        rows.append((*_row(digest, item, token, at, outside), *_said(item.event, outside), digest))
    return _execute(_KEEP_MANY, [list(column) for column in zip(*rows, strict=True)])


def _execute(statement: str, values: Sequence[object]) -> int:
    """Run one of the two statements and return how many events were new.

    A server-side cursor and a prepared statement, since planning these costs more than running them.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        return int(cursor.rowcount)


def _outside(event: Event, token: Token) -> list[str]:
    """Return the namespaces that the event speaks about and the token does not cover."""
    return sorted(name for name in namespaces(event) if not token.covers(name))


def _said(event: Event, outside: list[str]) -> tuple[str, str]:
    """Return the producer and the JSON of some of the namespaces outside, as the receipt has them."""
    return storable_text(event.producer), json.dumps([storable_text(name) for name in outside[:NAMED_AT_MOST]])


def storable_text(text: str) -> str:
    """Return the text cut to TEXT_AT_MOST characters, without NUL, which PostgreSQL cannot hold."""
    return text[:TEXT_AT_MOST].replace("\0", "\ufffd")


def _row(digest: bytes, item: Sent, token: Token, at: datetime, outside: list[str]) -> tuple[object, ...]:
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
        bool(outside),
        "; ".join(event.lenient),
    )
