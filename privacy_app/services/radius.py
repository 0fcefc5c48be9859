"""Whom a plan touches: who reads the datasets, who owns them, what is critical, and how long it took before."""

from collections.abc import Iterable
from statistics import median
from typing import Any

from lineage_app import selectors as lineage
from privacy_app.models import Attempt, Step
from privacy_app.services.targets import Scope

MOST_READERS = 50
EARLIER = 20
"""Attempts of one dataset that an expected duration is taken from, the latest."""


def arrows(scope: Scope) -> list[dict[str, str]]:
    """How the datasets of a plan fed each other when it was made, by the names that its page uses."""
    label = _labels(scope)
    pairs = {(label[src], label[dst]) for src, dst in scope.arrows if label.get(src) and label.get(dst)}
    return [{"from": src, "to": dst} for src, dst in sorted(pairs) if src != dst]


def _labels(scope: Scope) -> dict[str, str]:
    """By lineage's name: the dataset as its step calls it, or as a finding or model is called; "" for the rest."""
    found: dict[str, str] = {}
    for copy in scope.copies.found.values():
        name = scope.mask(copy.asset.key if copy.asset is not None else copy.key)
        named = name if name in scope.findings or name in scope.models else ""
        found[copy.key] = copy.asset.name if scope.planned(copy.asset) else named
    return found


def blast(scope: Scope) -> dict[str, Any]:
    """Readers of the planned datasets by dataset, owners of them and of what lies downstream, and tier-1 assets."""
    planned = {pk: copy for pk, copy in scope.copies.found.items() if scope.planned(copy.asset)}
    read = lineage.readers_of(planned)
    assets = [copy.asset for copy in scope.copies.found.values() if copy.asset is not None]
    assets += [each.placement.asset for each in scope.candidates.values()]
    first = {scope.mask(asset.key) for asset in assets if asset.tier == 1 or asset.kind == "vector_index"}
    owners = {asset.owner_team.name for asset in assets if asset.owner_team is not None}
    readers = sorted({(planned[pk].asset.name, scope.mask(job)) for pk, jobs in read.items() for job in jobs})
    return {
        "readers": [{"dataset": dataset, "job": job} for dataset, job in readers[:MOST_READERS]],
        "readers_total": len(readers),
        "owners": sorted(owners),
        "tier_one": sorted(first),
        "downstream": sum(not each.is_start for each in scope.copies.found.values()),
    }


def expected_seconds(steps: Iterable[Step]) -> dict[int, tuple[int, int]]:
    """By step, the median seconds of earlier attempts at the same dataset and their number; unknown is left out."""
    wanted = {(step.system_name, step.object_name): step.pk for step in steps if step.system_id}
    rows = Attempt.objects.filter(
        outcome="done", step__system_name__in={system for system, _ in wanted}, ended_at__isnull=False
    ).order_by("-ended_at")
    took: dict[int, list[float]] = {}
    for system, name, began, ended in rows.values_list(
        "step__system_name", "step__object_name", "started_at", "ended_at"
    )[: EARLIER * max(len(wanted), 1)]:
        if ended is not None and (pk := wanted.get((system, name))) is not None:
            took.setdefault(pk, []).append((ended - began).total_seconds())
    return {pk: (max(round(median(each)), 1), len(each)) for pk, each in took.items()}
