"""Counting what came in: receipts are added up and deleted in one transaction, so that each counts exactly once."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from lineage_app.domain.tallies import Outside, Received, add_up, outside_of
from lineage_app.models import OutsideNamespace, Producer

BATCH = 20_000
PRODUCERS_AT_MOST = 50
NAMESPACES_AT_MOST = 200
OTHERS = "(others)"
_LOCK = 0x74616C6C  # "tall": an advisory lock's number
_ROLL = {timedelta(days=2): "hour", timedelta(days=40): "day"}
_TAKE = """
DELETE FROM lineage_app_receipt WHERE ctid = ANY (ARRAY(SELECT ctid FROM lineage_app_receipt LIMIT %s))
RETURNING token_id, producer, received_at, events, lenient, outside::text, refused
"""
_ADD = """
INSERT INTO lineage_app_tally (producer_id, since, what, detail, count)
SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::bigint[])
ON CONFLICT (producer_id, since, what, detail) DO UPDATE SET count = lineage_app_tally.count + excluded.count
"""
_SEEN = """
INSERT INTO lineage_app_producer (token_id, uri, first_at, last_at)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[])
ON CONFLICT (token_id, uri) DO UPDATE
    SET first_at = least(lineage_app_producer.first_at, excluded.first_at),
        last_at = greatest(lineage_app_producer.last_at, excluded.last_at)
RETURNING id, token_id, uri
"""
_OUTSIDE = """
INSERT INTO lineage_app_outsidenamespace (token_id, namespace, events, first_at, last_at)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
ON CONFLICT (token_id, namespace) DO UPDATE
    SET events = lineage_app_outsidenamespace.events + excluded.events,
        last_at = greatest(lineage_app_outsidenamespace.last_at, excluded.last_at)
"""
_ROLL_UP = """
WITH old AS (
    DELETE FROM lineage_app_tally WHERE since < %s AND since <> date_trunc(%s, since, 'UTC')
    RETURNING producer_id, since, what, detail, count
)
INSERT INTO lineage_app_tally (producer_id, since, what, detail, count)
SELECT producer_id, date_trunc(%s, since, 'UTC'), what, detail, sum(count) FROM old GROUP BY 1, 2, 3, 4
ON CONFLICT (producer_id, since, what, detail) DO UPDATE SET count = lineage_app_tally.count + excluded.count
"""


def count_all() -> int:
    """Count every receipt that waits and return how many there were."""
    total = 0
    while done := count_batch():
        total += done
    return total


@transaction.atomic
def count_batch() -> int:
    """Add the oldest receipts to the tallies, delete them, and return how many; 0 when another worker counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_TAKE, [BATCH])
        rows = cursor.fetchall()
    taken = [
        Received(token, producer, at, events, lenient, tuple(json.loads(outside)), refused)
        for token, producer, at, events, lenient, outside, refused in rows
    ]
    known = _living({one.token for one in taken if one.token is not None})
    received = [one for one in taken if one.token is None or one.token in known]
    if received:
        _add(_few_producers(received))
        _add_outside(outside_of(received))
    return len(rows)


@transaction.atomic
def roll_up(at: datetime) -> None:
    """Turn buckets older than two days into hours, and those older than forty days into days."""
    with connection.cursor() as cursor:
        for age, unit in _ROLL.items():
            cursor.execute(_ROLL_UP, [at - age, unit, unit])


def _living(tokens: set[int]) -> set[int]:
    """Return which of the tokens still exist."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM identity_servicetoken WHERE id = ANY (%s)", [sorted(tokens)])
        return {pk for (pk,) in cursor.fetchall()}


def _few_producers(received: list[Received]) -> list[Received]:
    """Gather the URIs beyond PRODUCERS_AT_MOST of a token under OTHERS: what a URI says is its sender's choice."""
    tokens = {one.token for one in received}
    seen = Producer.objects.filter(Q(token__in=tokens - {None}) | Q(token=None)).values_list("token", "uri")
    known: set[tuple[int | None, str]] = set(seen)
    room: Counter[int | None] = Counter(dict.fromkeys(tokens, PRODUCERS_AT_MOST))
    room.subtract(token for token, _ in known)
    for token, uri in dict.fromkeys((one.token, one.producer) for one in received):
        if (token, uri) not in known and room[token] > 0:
            known.add((token, uri))
            room[token] -= 1
    return [one if (one.token, one.producer) in known else one._replace(producer=OTHERS) for one in received]


def _add(received: list[Received]) -> None:
    seen: dict[tuple[int | None, str], tuple[datetime, datetime]] = {}
    for one in received:
        first, last = seen.get((one.token, one.producer), (one.at, one.at))
        seen[one.token, one.producer] = min(first, one.at), max(last, one.at)
    rows: list[tuple[object, ...]] = [(*who, *when) for who, when in sorted(seen.items(), key=str)]
    counts = add_up(received)
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, _columns(rows))
        numbers = {(token, uri): pk for pk, token, uri in cursor.fetchall()}
        added = [(numbers[k.token, k.producer], k.since, k.what, k.detail, n) for k, n in counts.items()]
        cursor.execute(_ADD, _columns(added))


def _add_outside(outside: dict[tuple[int, str], Outside]) -> None:
    tokens = {token for token, _ in outside}
    known = set(OutsideNamespace.objects.filter(token__in=tokens).values_list("token", "namespace"))
    room = Counter(dict.fromkeys(tokens, NAMESPACES_AT_MOST))
    room.subtract(token for token, _ in known)
    rows: list[tuple[object, ...]] = []
    for (token, name), seen in sorted(outside.items()):
        if (token, name) in known or room[token] > 0:
            room[token] -= (token, name) not in known
            rows.append((token, name, *seen))
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_OUTSIDE, _columns(rows))


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
