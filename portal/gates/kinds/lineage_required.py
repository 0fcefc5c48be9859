"""Gate 3: the job tells what it does, with inputs, outputs, commit and image, and proves its hops of tier-1 flows."""

from __future__ import annotations

from collections.abc import Iterator

from portal.gates.domain import coverage, lineage
from portal.gates.domain.verdict import Found
from portal.gates.registry import gate
from portal.gates.selectors.facts import Case


@gate(key="lineage", title="Lineage required", order=30)
def lineage_required(case: Case) -> Iterator[Found]:
    """A complete run within seven days, or the events of this CI run; the same for each hop of a tier-1 flow."""
    yield from lineage.judged(case.question, case.runs, case.told, known=case.job_is_known, waiting=case.events_waiting)
    yield from coverage.judged(case.question, case.hops, waiting=case.events_waiting)
