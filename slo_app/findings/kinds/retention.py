"""Retention: no row of the asset is older than the contract's `retention_days`."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from portal.core.clock.services import now

from ...domain.bounds import Bound
from ...domain.measurement import Result, shown
from ...models import Slo
from ...probing import look
from ..base import Case, Document, Fact, FindingKind, finding


@finding("retention")
class Retention(FindingKind):
    """The oldest row, read by the indicator of the same name."""

    label = "Retention"
    promise = "now - min(event time) ≤ retention_days"

    def promised(self, document: Document) -> str:
        return f"at most {document.retention_days:g} days" if document.retention_days else ""

    def look(self, case: Case) -> list[Fact]:
        spec = case.document.slo("retention")
        limit = Bound("<=", Decimal(str(case.document.retention_days)))
        reading = look(_unsaved(case, (spec and spec.element) or "", limit)).reading
        if reading.value is None:
            kept = {Result.NO_DATA: True, Result.BREACH: False}.get(reading.result or Result.PROBE_ERROR)
            return [Fact(kept, reading.reason)]
        said = f"The oldest row is {shown(reading.value, limit)} days old; {limit} are allowed. {reading.reason}"
        return [Fact(limit.holds(reading.value), said.strip())]


def _unsaved(case: Case, element: str, limit: Bound) -> Slo:
    """An SLO in memory only: what a probe needs to know."""
    return Slo(
        asset=case.asset, kind="retention", element=element, target_op=limit.op, target_value=limit.value,
        interval=timedelta(days=1), created_at=now(), next_due_at=now(),
    )  # fmt: skip
