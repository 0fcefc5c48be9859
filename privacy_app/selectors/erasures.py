"""Deletions that were proved after a moment, by asset: numbers for everybody, proofs for who may read requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.catalog.models import Placement
from portal.core.identity.policies import Act, may
from privacy_app.domain.steps import StepState
from privacy_app.domain.verdict import Verdict
from privacy_app.models import Step

TOUCHED = (Verdict.ERASED, Verdict.RESIDUAL)
"""Verdicts of a step that took something out; a step that found nothing touched nothing."""


@dataclass(frozen=True)
class Erased:
    """How many requests took rows out of an asset, and when the first and last did; `proofs` as (reference, url)."""

    requests: int
    first: datetime
    last: datetime
    proofs: tuple[tuple[str, str], ...]


def erased_since(user: Any, since: Mapping[int, datetime]) -> dict[int, Erased]:
    """For each asset (number -> moment) what completed deletions took out of it later; assets without any left out.

    An asset's steps are found by the places where it lies now. Proofs are told only to who may read requests; a
    `user` of None is told numbers.
    """
    places: dict[tuple[int, str], set[int]] = defaultdict(set)
    rows = Placement.objects.filter(asset__in=since).values_list("asset", "system", "object_name")
    for asset, system, name in rows:
        places[system, name].add(asset)
    done: dict[int, dict[int, Step]] = defaultdict(dict)
    for step in _steps(places, since):
        for asset in places[step.system_id or 0, step.object_name]:
            if step.done_at is not None and step.done_at > since[asset]:
                done[asset][step.request_id] = step
    named = user is not None and may(user, Act.READ_REQUESTS)
    return {asset: _told(list(steps.values()), named=named) for asset, steps in done.items()}


def _steps(places: Mapping[tuple[int, str], set[int]], since: Mapping[int, datetime]) -> list[Step]:
    if not places:
        return []
    found = Step.objects.filter(
        system__in={system for system, _ in places},
        object_name__in={name for _, name in places},
        state=StepState.DONE,
        verdict__in=TOUCHED,
        done_at__gt=min(since.values()),
        request__completed_at__isnull=False,
    )
    wanted = found.select_related("request").only(
        "system_id", "object_name", "done_at", "request__req_id", "request__completed_at"
    )
    return [step for step in wanted.order_by("done_at") if (step.system_id, step.object_name) in places]


def _told(steps: list[Step], *, named: bool) -> Erased:
    times = [step.done_at for step in steps if step.done_at]
    proofs = tuple((step.request.req_id, step.request.get_absolute_url()) for step in steps) if named else ()
    return Erased(len(steps), min(times), max(times), proofs)
