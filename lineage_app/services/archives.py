"""Months beyond retention leave the database for archives, in an order that a kill at any point does no harm to.

The file is durable first. Then one transaction records it, indexes its subjects and drops the month's partition: it
happens whole or not at all, and what it leaves behind (a file that no row names) is swept by the next run.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import OperationalError, connection, transaction

from lineage_app.domain.archive import Line, merged
from lineage_app.domain.events import body_digest
from lineage_app.evidence_kinds import ARCHIVED, REWRITTEN
from lineage_app.models import ArchivedSubject, LineageArchive, RawEvent, RedactionRecord
from lineage_app.services import archive_files, partitions
from lineage_app.services.projector import take_projector_lock
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor

LATE_WAIT = timedelta(days=30)  # late events of an archived month gather for so long before its archive is rewritten
_LOCK = 0x61726368  # "arch": who writes or rewrites archives holds this advisory lock
_TRIES = 3
_STATE = """
SELECT count(*), coalesce(sum(id), 0), count(*) FILTER (WHERE NOT is_foreign), coalesce(sum(token_id), 0) FROM {}
"""
_log = logging.getLogger(__name__)


class ArchiveBusy(RuntimeError):
    """Somebody else is at the archives, or at the month's events; the next run goes on."""


class _State(NamedTuple):
    """What a month's partition holds, to see whether it changed: rows, sum of ids, own rows, sum of tokens."""

    rows: int
    ids: int
    own: int
    tokens: int


def cutoff(now: datetime) -> date:
    """Return the first month that stays in the database."""
    oldest = (now - timedelta(days=settings.LINEAGE_RETENTION_DAYS)).date()
    return oldest.replace(day=1)


def due_months(now: datetime) -> list[date]:
    """Return the months to archive, the oldest first; an archived month is due again when events came late for it."""
    archived = set(LineageArchive.objects.filter(removed_at=None).values_list("month", flat=True))
    return [
        month
        for month in partitions.stored_months(cutoff(now))
        if month not in archived or _late_long_enough(month, now)
    ]


def archive_old(now: datetime, *, said: Callable[[str], object] = str) -> list[LineageArchive]:
    """Archive every month that is due, and return the archives; ArchiveBusy when another process is at it."""
    done = []
    with alone():
        for month in due_months(now):
            try:
                archive = archive_month(month, now)
            except ArchiveBusy as error:
                _log.warning("lineage archive of %s postponed: %s", month, error)
                said(f"{month:%Y-%m}: postponed. {error}")
                continue
            if archive is not None:
                done.append(archive)
                said(f"{month:%Y-%m}: {archive.events} events, {archive.size} bytes, {archive.digest}")
        sweep_files()
    return done


def archive_waiting(before: date, now: datetime) -> None:
    """Archive every event of the months before `before`, those that came late among them. Call within alone()."""
    for month in partitions.stored_months(before):
        archive_month(month, now)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Be the only one who writes archives or redacts events; ArchiveBusy when somebody else is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise ArchiveBusy("Another process archives, redacts or rebuilds lineage: try again when it is done.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def sweep_files() -> list[str]:
    """Remove files that no row names: drafts and replaced archives of runs that were killed. Call within alone()."""
    return archive_files.sweep(LineageArchive.objects.filter(removed_at=None).values_list("digest", flat=True))


def save_index(archive: LineageArchive) -> None:
    """Write down which subjects are in an archive and where; reads the whole file back and checks its digest."""
    ArchivedSubject.objects.filter(archive=archive)._raw_delete("default")
    subjects = 0
    with connection.cursor() as cursor:
        statement = 'COPY lineage_app_archivedsubject (archive_id, subject, start, "end") FROM STDIN'
        with cursor.copy(statement) as copy:
            for subject, start, end in _places(archive.digest):
                copy.write_row((archive.pk, subject, start, end))
                subjects += 1
    archive.subjects = subjects
    archive.save()


def _places(digest: str) -> Iterator[tuple[object, int, int]]:
    """Return each subject of an archive with the range of members that holds its lines."""
    known: list[object] | None = None
    for member in archive_files.checked_members(digest):
        for line in member.lines:
            if known is not None and known[0] == line.subject:
                known[2] = member.end
                continue
            if known is not None:
                yield tuple(known)  # type: ignore[misc]
            known = [line.subject, member.start, member.end]
    if known is not None:
        yield tuple(known)  # type: ignore[misc]


def archive_month(month: date, now: datetime) -> LineageArchive | None:
    """Archive one month with what came late for it; None when its partition was empty. Call within alone()."""
    partitions.ensure_partition(month)
    for _ in range(_TRIES):
        old = LineageArchive.objects.filter(month=month).first()
        state = _state(month)
        if not state.rows:
            _settle(month, state, None)
            return None
        archive = _written(month, old, now)
        if _settle(month, state, archive):
            return archive
    raise ArchiveBusy("Events of this month keep coming in.")


def _written(month: date, old: LineageArchive | None, now: datetime) -> LineageArchive:
    """Write the month's file and return its row, not saved yet."""
    seen = _Seen()
    with transaction.atomic():
        before = archive_files.lines_of(old.digest) if old and not old.removed_at else iter(())
        file = archive_files.write(seen.counted(merged(before, _stored_lines(month))))
    archive = old or LineageArchive(month=month)
    archive.digest, archive.size = file
    archive.events, archive.first_at, archive.last_at = seen.events, seen.first, seen.last
    archive.subjects, archive.written_at, archive.removed_at = 0, now, None
    return archive


class _Seen:
    """What went by while lines were written."""

    events = 0
    first = datetime.max.replace(tzinfo=UTC)
    last = datetime.min.replace(tzinfo=UTC)

    def counted(self, lines: Iterator[Line]) -> Iterator[Line]:
        for line in lines:
            self.events += 1
            self.first, self.last = min(self.first, line.event_time), max(self.last, line.event_time)
            yield line


def _settle(month: date, state: _State, archive: LineageArchive | None) -> bool:
    """Record the archive and drop the partition in one transaction; False when the month has changed meanwhile."""
    try:
        with transaction.atomic():
            if archive is not None:
                _record(archive)
            _lock(month)
            if _state(month) != state:
                transaction.set_rollback(True)
                return False
            partitions.drop_partition(month)
    except OperationalError as error:
        raise ArchiveBusy("A long transaction reads the events.") from error
    return True


def _record(archive: LineageArchive) -> None:
    kept = LineageArchive.objects.filter(month=archive.month, removed_at=None)
    replaced = kept.values_list("digest", flat=True).first()
    archive.save()
    save_index(archive)
    fields: dict[str, str | int] = {
        "month": f"{archive.month:%Y-%m}", "digest": archive.digest, "events": archive.events,
    }  # fmt: skip
    actor = system_actor("lineage.archive")
    if replaced:
        record(REWRITTEN, actor=actor, payload={**fields, "replaced": replaced, "why": "events came late"})
    else:
        record(ARCHIVED, actor=actor, payload={**fields, "bytes": archive.size})


def _lock(month: date) -> None:
    """Keep the projector, a rebuild, and new events of this month out until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        take_projector_lock(wait=True)
        cursor.execute(f"LOCK TABLE {partitions.partition_of(month)} IN EXCLUSIVE MODE")


def _state(month: date) -> _State:
    with connection.cursor() as cursor:
        cursor.execute(_STATE.format(partitions.partition_of(month)))
        return _State(*map(int, cursor.fetchone()))


def _stored_lines(month: date) -> Iterator[Line]:
    """The month's events in the order of archives, without what an erasure took out of an archive and came again."""
    known = {bytes(digest).hex() for digest in RedactionRecord.objects.values_list("original", flat=True).iterator()}
    rows = RawEvent.objects.filter(event_month=month).order_by("subject", "event_time", "body_sha256")
    for row in rows.iterator(chunk_size=1000):
        line = line_of(row)
        if line.redacted or line.digest not in known:
            yield line


def line_of(row: RawEvent) -> Line:
    """Return a raw event as an archive keeps it."""
    digest, hashed = bytes(row.body_sha256).hex(), body_digest(row.body.encode()).hex()
    return Line(
        subject=row.subject,
        event_time=row.event_time,
        digest=digest,
        received_at=row.received_at,
        kind=row.kind,
        token=row.token_id,
        foreign=row.is_foreign,
        lenient=row.lenient,
        body=row.body,
        redacted="" if hashed == digest else hashed,
    )


def _late_long_enough(month: date, now: datetime) -> bool:
    oldest = RawEvent.objects.filter(event_month=month).order_by("received_at").values_list("received_at", flat=True)
    first = oldest.first()
    return first is None or now - first >= LATE_WAIT
