"""One look with terms that nobody has saved: what an SLO would read now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.core.identity.policies import Act, require

from ..domain.budget import BurnAlert
from ..domain.burn import standard
from ..domain.measurement import Reading, Result, judge, shown
from ..indicators.registry import find
from ..models import Slo
from ..probing import look

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset
    from portal.core.identity.models import User

PATIENCE_S = 10  # a person waits for it


@dataclass(frozen=True, slots=True)
class Tried:
    """The SLO as it would be, what it read, and what that would mean; nothing of it is kept."""

    slo: Slo
    reading: Reading
    cost_ms: int
    result: Result
    alerting: bool
    burns: list[tuple[BurnAlert, str]]
    statements: tuple[str, ...]

    @property
    def value(self) -> str:
        """The value with its unit; empty where there is none."""
        if self.reading.value is None:
            return ""
        indicator = find(self.slo.kind)
        return f"{shown(self.reading.value, self.slo.target)} {indicator.unit if indicator else ''}".rstrip()

    @property
    def often(self) -> bool:
        """Whether one look takes more than a tenth of the interval."""
        return self.cost_ms > 100 * self.slo.interval.total_seconds()


def try_out(*, user: User, asset: Asset, kind: str, facts: dict[str, Any]) -> Tried:
    """Measure now with these terms. Raises PermissionDenied for people who do not own the asset."""
    require(user, Act.SET_SLO, asset)
    slo = Slo(asset=asset, kind=kind, **facts)
    seen = look(slo, timeout_s=PATIENCE_S)
    verdict = judge(seen.reading, slo.target, slo.alert)
    burns = list(standard(slo.objective, slo.interval))
    return Tried(slo, seen.reading, seen.cost_ms, verdict.result, verdict.alerting, burns, seen.statements)
