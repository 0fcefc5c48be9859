"""Raw events in the database: found by a scan in windows of pages, redacted in place."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from lineage_app.domain.events import EventRefused, body_digest, parse
from lineage_app.domain.redaction import Pattern, redacted_json
from lineage_app.models import RedactionRecord
from lineage_app.services import partitions
from lineage_app.services.reading import storable
from lineage_app.services.redaction.sieve import may_hold, parameters
from portal.core.clock.services import now

PAGES = 512  # of 8 kB a window: what one short transaction reads
_SCAN = """
SELECT event_month, body_sha256, body, subject FROM {table}
WHERE ctid >= %s::tid AND ctid < %s::tid AND {condition}
"""
_UPDATE = """
UPDATE lineage_app_rawevent SET body = %s, subject = %s WHERE event_month = %s AND body_sha256 = %s
"""


class Change(NamedTuple):
    """An event that held an identifier: what it was, and what it becomes."""

    month: date
    digest: bytes
    old_subject: UUID
    subject: UUID
    body: str


def redact_events(pattern: Pattern, *, reference: str, said: Callable[[str], object]) -> int:
    """Redact every raw event that holds an identifier and return their number; durable window by window."""
    total = 0
    for place, changes in _windows(pattern):
        if changes:
            _save(changes, reference)
            total += len(changes)
        said(f"{place}: {total} events redacted")
    return total


def count_events(pattern: Pattern) -> int:
    """Return how many raw events hold an identifier."""
    return sum(len(changes) for _, changes in _windows(pattern))


def bodies_redacted(pattern: Pattern) -> Iterator[str]:
    """Return each raw event that holds an identifier, as it would be without; nothing is written."""
    for _, changes in _windows(pattern):
        yield from (change.body for change in changes)


def changed_body(body: str, subject: UUID, pattern: Pattern) -> tuple[str, UUID] | None:
    """Return the event without the identifiers and what it accumulates under then; None when it holds none."""
    new = redacted_json(body, pattern, other_run)
    if new == body:
        return None
    try:
        return new, parse(storable(new)).subject
    except EventRefused:  # an event of old, which today would be refused: it stays where it was
        return new, subject


def other_run(old: str) -> str:
    """Return another run's id for `old`: always the same, and not to be found out without the portal's secret."""
    return str(UUID(bytes=salted_hmac("lineage.redaction", old, algorithm="sha256").digest()[:16], version=4))


def _windows(pattern: Pattern) -> Iterator[tuple[str, list[Change]]]:
    """Return where the scan is and the changes found there, window by window."""
    statement = _SCAN.format(table="{table}", condition=may_hold("body"))
    for table in partitions.tables():
        pages, start = _pages(table), 0
        while start < pages:
            end = start + PAGES
            with connection.cursor() as cursor:
                bounds = [f"({start},0)", f"({end},0)"]
                cursor.execute(statement.format(table=table), [*bounds, *parameters(pattern)])
                found = [change for row in cursor for change in _change(row, pattern)]
            yield f"{table}, {min(end, pages)} of {pages} pages", found
            start = end


def _change(row: tuple[Any, ...], pattern: Pattern) -> list[Change]:
    month, digest, body, subject = row
    changed = changed_body(body, subject, pattern)
    return [Change(month, bytes(digest), subject, changed[1], changed[0])] if changed else []


def _pages(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s) / current_setting('block_size')::int", [table])
        return int(cursor.fetchone()[0])


@transaction.atomic
def _save(changes: list[Change], reference: str) -> None:
    """Write redacted events, each with a record that has its subject derived anew even if this process dies."""
    at = now()
    with connection.cursor() as cursor:
        cursor.executemany(_UPDATE, [(one.body, one.subject, one.month, one.digest) for one in changes])
    RedactionRecord.objects.bulk_create(
        RedactionRecord(
            original=one.digest,
            redacted=body_digest(one.body.encode()),
            at=at,
            reference=reference,
            subject=one.old_subject,
            moved_to=one.subject,
        )
        for one in changes
    )
