"""Refused events: each is counted, and the newest of each reason are kept for their owner to see.

A flood must neither fill the disk nor become the slow path: counts go by the same receipts as events, without waiting
for the disk; bodies are cut, kept for NEWEST events of a token and reason, and taken at most A_MINUTE times a minute
by each process. Bodies may hold personal data: they stand in no log, ledger or address, and leave after some days.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.db import Error, connection, transaction

from lineage_app.models import RefusedEvent
from lineage_app.services.ingest import Token, storable_text

NEWEST = 20
A_MINUTE = 20
BODY_BYTES = 64 * 1024
_log = logging.getLogger(__name__)
_COUNT = """
WITH unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS set)
INSERT INTO lineage_app_receipt (token_id, producer, received_at, events, lenient, outside, refused)
SELECT %s, said.producer, %s, said.events, '', '[]', said.reason
FROM unhurried, unnest(%s::text[], %s::text[], %s::int[]) AS said (producer, reason, events) WHERE set = 'off'
"""


class Refused(NamedTuple):
    """One refused event; `place` is where it stood in its batch."""

    status: int
    reason: str
    sentence: str
    body: bytes
    place: int | None = None


class _Said(msgspec.Struct):
    producer: str = ""


class _Pace:
    """How many bodies of each token and reason this process has kept in the present minute."""

    minute = 0
    kept: Counter[tuple[int | None, str]] = Counter()


def refuse(refused: Iterable[Refused], *, token: Token, at: datetime) -> None:
    """Count refused events and keep the newest bodies; where the database is away that is logged, never raised:
    a bad event stays a 4xx, since a client would send a 503 again and again.
    """
    listed = list(refused)
    if not listed or token.pk is None:
        return
    producers = [producer_in(one.body) for one in listed]
    counts = Counter((producer, one.reason) for producer, one in zip(producers, listed, strict=True))
    try:
        _count(counts, token, at)
        for producer, one in zip(producers, listed, strict=True):
            if _in_pace(token, one.reason):
                _keep_body(one, producer, token.pk, at)
    except Error as error:
        _log.warning("%d refused events could not be counted: %s", len(listed), type(error).__name__)


def purge(at: datetime) -> int:
    """Delete refused events older than LINEAGE_REFUSED_DAYS and return how many went."""
    before = at - timedelta(days=settings.LINEAGE_REFUSED_DAYS)
    return RefusedEvent.objects.filter(received_at__lt=before).delete()[0]


def producer_in(body: bytes) -> str:
    """Return the producer that a broken event names, "" where that cannot be read."""
    try:
        return storable_text(msgspec.json.decode(body, type=_Said).producer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _count(counts: Counter[tuple[str, str]], token: Token, at: datetime) -> None:
    rows: Sequence[tuple[str, str, int]] = [(producer, reason, n) for (producer, reason), n in counts.items()]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [token.pk, at, *(list(column) for column in zip(*rows, strict=True))])


def _in_pace(token: Token, reason: str) -> bool:
    minute = int(time.monotonic() // 60)
    if minute != _Pace.minute:
        _Pace.minute, _Pace.kept = minute, Counter()
    _Pace.kept[token.pk, reason] += 1
    return _Pace.kept[token.pk, reason] <= A_MINUTE


@transaction.atomic
def _keep_body(one: Refused, producer: str, token_id: int, at: datetime) -> None:
    newest = RefusedEvent.objects.filter(token=token_id, reason=one.reason).order_by("-pk")
    newest.filter(pk__in=newest.values_list("pk", flat=True)[NEWEST - 1 :]).delete()
    RefusedEvent.objects.create(
        token_id=token_id,
        received_at=at,
        status=one.status,
        reason=one.reason,
        sentence=one.sentence.replace("\0", "\ufffd"),
        producer=producer,
        place=one.place,
        body=one.body[:BODY_BYTES],
        size=len(one.body),
    )
