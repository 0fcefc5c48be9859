"""What came in, counted: read from the tallies, never from the events themselves."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Sum

from lineage_app.models import OutsideNamespace, Producer, Tally

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
LINE_STEP = timedelta(hours=6)
WAITING_AT_MOST = 1_000_000
_TOTALS = """
SELECT what, sum(count)::bigint FROM (
    SELECT what, count FROM lineage_app_tally WHERE detail = ''
    UNION ALL SELECT CASE WHEN refused = '' THEN 'kept' ELSE 'refused' END, events FROM lineage_app_receipt
    UNION ALL SELECT 'lenient', events FROM lineage_app_receipt WHERE lenient <> ''
    UNION ALL SELECT 'foreign', events FROM lineage_app_receipt WHERE outside <> '[]'
    UNION ALL SELECT 'waiting', count(*) FROM
        (SELECT FROM lineage_app_inbox WHERE failed_at IS NULL LIMIT %s) AS inbox
) AS said GROUP BY what
"""
_SUMS = """
SELECT coalesce(producer.token_id, 0), tally.what, sum(tally.count)::bigint,
       coalesce(sum(tally.count) FILTER (WHERE tally.since > %s), 0)::bigint,
       coalesce(sum(tally.count) FILTER (WHERE tally.since > %s), 0)::bigint
FROM lineage_app_tally AS tally JOIN lineage_app_producer AS producer ON producer.id = tally.producer_id
WHERE tally.detail = '' GROUP BY 1, 2
"""
_LINES = """
SELECT coalesce(producer.token_id, 0), floor(extract(epoch FROM tally.since - %s) / %s)::int, sum(tally.count)::bigint
FROM lineage_app_tally AS tally JOIN lineage_app_producer AS producer ON producer.id = tally.producer_id
WHERE tally.what = 'kept' AND tally.detail = '' AND tally.since >= %s GROUP BY 1, 2
"""


@dataclass
class Counted:
    """The counts of one token: in all, in the last hour and day (true to ten minutes), and kept over seven days."""

    kept: int = 0
    lenient: int = 0
    foreign: int = 0
    refused: int = 0
    hour: int = 0
    day: int = 0
    line: list[int] = field(default_factory=lambda: [0] * int(WEEK / LINE_STEP))
    uris: list[str] = field(default_factory=list)
    last_at: datetime | None = None


def totals() -> dict[str, int]:
    """Return how many events were kept, lenient, foreign and refused in all, and how many wait to be projected.

    Receipts that are not added up yet are counted as well, so an event shows at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [WAITING_AT_MOST])
        return dict.fromkeys(("kept", "lenient", "foreign", "refused", "waiting"), 0) | dict(cursor.fetchall())


def by_token(at: datetime) -> dict[int, Counted]:
    """Return the counts by token number; 0 is the portal itself."""
    found: dict[int, Counted] = defaultdict(Counted)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [at - HOUR, at - DAY])
        for token, what, count, hour, day in cursor.fetchall():
            setattr(found[token], what, count)
            if what == Tally.What.KEPT:
                found[token].hour, found[token].day = hour, day
        cursor.execute(_LINES, [at - WEEK, LINE_STEP.total_seconds(), at - WEEK])
        for token, place, count in cursor.fetchall():
            if 0 <= place < len(found[token].line):
                found[token].line[place] += count
    for one in Producer.objects.order_by("uri"):
        counted = found[one.token_id or 0]
        counted.uris.append(one.uri)
        counted.last_at = max(counted.last_at or one.last_at, one.last_at)
    return dict(found)


def by_uri(token: int) -> list[tuple[Producer, dict[str, int]]]:
    """Return each producer URI of a token with its counts, the one heard last first."""
    rows = Tally.objects.filter(producer__token=token or None, detail="")
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for producer, what, count in rows.values_list("producer", "what").annotate(n=Sum("count")):
        counts[producer][what] = count
    found = Producer.objects.filter(token=token or None).order_by("-last_at", "uri")
    return [(one, dict.fromkeys(Tally.What.values, 0) | counts[one.pk]) for one in found]


def details(token: int, what: str) -> list[tuple[str, int]]:
    """Return (mark or reason, count) of a token's lenient or refused events, the most frequent first."""
    rows = Tally.objects.filter(producer__token=token or None, what=what).exclude(detail="")
    return list(rows.values_list("detail").annotate(n=Sum("count")).order_by("-n", "detail"))


def outside(token: int) -> list[OutsideNamespace]:
    """Return the namespaces that the token's events spoke about and that it does not cover, the latest first."""
    return list(OutsideNamespace.objects.filter(token=token).order_by("-last_at", "namespace"))


def kept_since(token: int, until: datetime, wanted: int) -> datetime | None:
    """Return the beginning of the stretch up to `until` that holds `wanted` kept events, or all; None where none are.

    With it a list of the newest events reads a stretch of time and not the whole table. The bucket that holds `until`
    counts for nothing, since some of its events may be newer.
    """
    rows = Tally.objects.filter(producer__token=token or None, what=Tally.What.KEPT, detail="", since__lte=until)
    buckets: list[tuple[datetime, int]] = list(rows.values_list("since").annotate(n=Sum("count")).order_by("-since"))
    seen = 0
    for since, count in buckets[1:]:
        seen += count
        if seen >= wanted:
            return since
    return buckets[-1][0] if buckets else None
