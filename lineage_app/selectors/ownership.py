"""Who owns a job: the teams whose assets it writes; else those that its ownership facet names and the catalog knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from lineage_app.domain.merging import current
from lineage_app.models import Edge, Job, RunIO
from portal.core.catalog.selectors import resolve_teams


@dataclass(frozen=True)
class OwnedJob:
    """A job as the table of acts asks about it."""

    job: Any
    owners: frozenset[int]

    def team_ids(self) -> set[int]:
        """The owning teams' ids."""
        return set(self.owners)


def owned_job(job: Any) -> OwnedJob:
    """The job with the teams that own it."""
    return OwnedJob(job, frozenset(owners_of_jobs([job.pk])[job.pk]))


def owners_of_jobs(ids: Collection[int]) -> dict[int, set[int]]:
    """The ids of the teams that own each of the jobs; in three queries however many jobs."""
    found: dict[int, set[int]] = {pk: set() for pk in ids}
    written = Edge.objects.filter(job__in=ids, is_foreign=False, dst__asset__owner_team__isnull=False)
    _add(found, written.values_list("job", "dst__asset__owner_team").distinct())
    rest = [pk for pk, teams in found.items() if not teams]
    if rest:
        owner = Coalesce(F("dataset__root__asset__owner_team"), F("dataset__asset__owner_team"))
        outputs = RunIO.objects.filter(run__job__in=rest, role=RunIO.Role.OUTPUT, is_foreign=False)
        rows = outputs.annotate(team=owner).exclude(team=None).values_list("run__job", "team").distinct()
        _add(found, rows)
        _add_facets(found, [pk for pk in rest if not found[pk]])
    return found


def _add(found: dict[int, set[int]], rows: Iterable[tuple[int, int]]) -> None:
    for job, team in rows:
        found[job].add(team)


def _add_facets(found: dict[int, set[int]], rest: list[int]) -> None:
    """The owners that the jobs' newest own events name, as `team:data-platform` or any text that names a team."""
    names = {job.pk: _said(job) for job in Job.objects.filter(pk__in=rest)} if rest else {}
    teams = resolve_teams(name for said in names.values() for name in said)
    _add(found, ((pk, teams[name].pk) for pk, said in names.items() for name in said if name in teams))


def _said(job: Any) -> list[str]:
    facet = current(job.facets).get("ownership")
    owners = facet.get("owners") if isinstance(facet, dict) else None
    names = (
        [str(owner.get("name", "")) for owner in owners if isinstance(owner, dict)] if isinstance(owners, list) else []
    )
    return [text for name in names for text in (name, name.partition(":")[2]) if text]
