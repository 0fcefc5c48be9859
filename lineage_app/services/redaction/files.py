"""Archives: read line by line, and written anew where one of their events holds an identifier."""

from collections.abc import Callable, Iterator
from functools import partial

import msgspec
from django.db import transaction

from lineage_app.domain.archive import Line, merged, order
from lineage_app.domain.events import body_digest
from lineage_app.domain.redaction import Pattern
from lineage_app.evidence_kinds import REWRITTEN
from lineage_app.models import LineageArchive, RedactionRecord
from lineage_app.services import archive_files, archives
from lineage_app.services.redaction.events import changed_body
from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record

Changes = dict[str, tuple[Line, Line]]
"""By digest: an archived event that held an identifier, as it was and as it becomes."""


def redact_archives(
    pattern: Pattern, *, actor: Actor, reference: str, said: Callable[[str], object]
) -> tuple[int, int]:
    """Rewrite every archive that holds an identifier; return how many events and how many archives changed.

    Each archive is a transaction of its own after its new file is durable. Call within archives.alone().
    """
    events = rewritten = 0
    for archive in LineageArchive.objects.filter(removed_at=None):
        changes = _changes(archive, pattern)
        if changes:
            _rewrite(archive, changes, actor, reference)
            events, rewritten = events + len(changes), rewritten + 1
        said(f"archive of {archive}: {len(changes)} events redacted")
    archives.sweep_files()
    return events, rewritten


def count_lines(pattern: Pattern) -> int:
    """Return how many archived events hold an identifier."""
    return sum(len(_changes(archive, pattern)) for archive in LineageArchive.objects.filter(removed_at=None))


def _changes(archive: LineageArchive, pattern: Pattern) -> Changes:
    found: Changes = {}
    for line in archive_files.lines_of(archive.digest):
        changed = changed_body(line.body, line.subject, pattern)
        if changed is not None:
            body, subject = changed
            digest = body_digest(body.encode()).hex()
            new = msgspec.structs.replace(line, body=body, subject=subject, redacted=digest)
            found[line.digest] = line, new
    return found


def _rewrite(archive: LineageArchive, changes: Changes, actor: Actor, reference: str) -> None:
    replaced, at = archive.digest, now()
    moved = sorted((new for _, new in changes.values()), key=order)
    file = archive_files.write(merged(moved, _others(replaced, changes)))
    with transaction.atomic():
        archive.digest, archive.size, archive.written_at = file.digest, file.size, at
        archives.save_index(archive)
        RedactionRecord.objects.bulk_create(
            RedactionRecord(
                original=bytes.fromhex(old.digest),
                redacted=bytes.fromhex(new.redacted),
                at=at,
                reference=reference,
                archived=True,
                subject=old.subject,
                moved_to=new.subject,
            )
            for old, new in changes.values()
        )
        what: dict[str, str | int] = {"month": f"{archive}", "digest": archive.digest, "events": archive.events}
        record(REWRITTEN, actor=actor, payload={**what, "replaced": replaced, "why": f"an erasure, {reference}"})
        transaction.on_commit(partial(archive_files.path_of(replaced).unlink, missing_ok=True))


def _others(digest: str, changes: Changes) -> Iterator[Line]:
    return (line for line in archive_files.lines_of(digest) if line.digest not in changes)
