"""Removing archives for good: the horizon moves, and what only their events said leaves the graph.

Afterwards the graph is what a rebuild from the events that are left would give.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from lineage_app.domain.aliases import read_symlinks
from lineage_app.domain.facts import facts_of_dataset
from lineage_app.domain.merging import current
from lineage_app.domain.names import Name
from lineage_app.domain.node_types import classify
from lineage_app.domain.projection import parent_of
from lineage_app.evidence_kinds import REMOVED
from lineage_app.models import ArchivedSubject, Dataset, Job, LineageArchive, LineageHorizon
from lineage_app.services import aliasing, archive_files, archives, facts, withdrawing
from lineage_app.services.naming import save_jobs
from lineage_app.services.projector import take_projector_lock
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor

CHUNK = 500
_OLD_FACETS = "EXISTS (SELECT 1 FROM jsonb_each(facets) AS one WHERE one.value ->> 0 < %s)"


class HorizonRefused(ValueError):
    """The archives cannot be removed; the sentence says why."""


def remove_due(now: datetime) -> int:
    """Remove the archives that the policy lets go (LINEAGE_ARCHIVE_DAYS, 0 is never), and return how many."""
    if not settings.LINEAGE_ARCHIVE_DAYS:
        return 0
    oldest = now.date() - timedelta(days=max(settings.LINEAGE_ARCHIVE_DAYS, settings.LINEAGE_RETENTION_DAYS))
    before = oldest.replace(day=1)
    if not LineageArchive.objects.filter(month__lt=before, removed_at=None).exists():
        return 0
    return remove_archives(before, actor=system_actor("lineage.archive"), at=now)


def remove_archives(before: date, *, actor: Actor, at: datetime) -> int:
    """Remove every event of the months before `before` and return the number of archives that went.

    HorizonRefused when `before` is no first of a month or lies within retention; archives.ArchiveBusy when another
    process is at the archives.
    """
    if before.day != 1 or before > archives.cutoff(at):
        raise HorizonRefused(f"Archives go by whole months, and none after {archives.cutoff(at):%Y-%m}: see retention.")
    with archives.alone():
        archives.archive_waiting(before, at)
        gone = _remove(before, actor, at)
        archives.sweep_files()
    return gone


@transaction.atomic
def _remove(before: date, actor: Actor, at: datetime) -> int:
    take_projector_lock(wait=True)
    going = list(LineageArchive.objects.filter(month__lt=before, removed_at=None))
    if not going:
        return 0
    for archive in going:
        fields: dict[str, str | int] = {
            "month": f"{archive.month:%Y-%m}",
            "digest": archive.digest,
            "events": archive.events,
        }
        record(REMOVED, actor=actor, payload=fields)
        transaction.on_commit(partial(archive_files.path_of(archive.digest).unlink, missing_ok=True))
    moment = datetime.combine(before, time(), UTC)
    LineageHorizon.objects.create(
        before=moment, moved_at=at, archives=len(going), events=sum(archive.events for archive in going)
    )
    for chunk in _take_subjects(going):
        withdrawing.rederive(chunk)
    _forget_facets(moment)
    withdrawing.remove_unused_column_sets()
    LineageArchive.objects.filter(pk__in=[archive.pk for archive in going]).update(removed_at=at)
    return len(going)


def _take_subjects(going: list[LineageArchive]) -> Iterator[list[UUID]]:
    """Take the index rows of these archives out, and return their subjects CHUNK at a time."""
    rows = ArchivedSubject.objects.filter(archive__in=going).order_by("subject")
    while chunk := list(rows.values_list("subject", flat=True).distinct()[:CHUNK]):
        rows.filter(subject__in=chunk).order_by()._raw_delete("default")
        yield chunk


def _forget_facets(before: datetime) -> None:
    """Drop the facets that were last said before the horizon, with the names and parents that they joined."""
    moment = before.isoformat(timespec="microseconds")
    loose: dict[int, set[Name]] = {}
    for row in _with_old_facets(Dataset, moment):
        row.facets = _since(row.facets, moment)
        known = current(row.facets)
        row.kind, row.layer, row.kind_rule, row.layer_rule = classify(Name(row.namespace, row.name), known)
        row.save(update_fields=["facets", "kind", "layer", "kind_rule", "layer_rule"])
        facts.save_dataset_facts({row.pk: facts_of_dataset(known)})
        if not read_symlinks(known.get("symlinks")):
            loose[row.pk] = set()
    if loose:
        aliasing.join(loose)
    for job in _with_old_facets(Job, moment):
        job.facets = _since(job.facets, moment)
        parent = parent_of(current(job.facets))
        job.parent = save_jobs([parent])[parent] if parent else None
        job.save(update_fields=["facets", "parent"])


def _with_old_facets(model, moment: str):  # type: ignore[no-untyped-def]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {model._meta.db_table} WHERE {_OLD_FACETS}", [moment])  # noqa: S608 - constants
        found = [pk for (pk,) in cursor.fetchall()]
    for start in range(0, len(found), CHUNK):
        yield from model.objects.filter(pk__in=found[start : start + CHUNK])


def _since(facets: dict[str, list[object]], moment: str) -> dict[str, list[object]]:
    return {key: entry for key, entry in facets.items() if str(entry[0]) >= moment}
