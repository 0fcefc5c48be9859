"""The daily count of contract coverage, for its trend."""

from __future__ import annotations

from contracts_app import selectors
from contracts_app.models import CoverageDay
from portal.core.clock.services import now


def record_coverage() -> CoverageDay:
    """Write today's count of tier-1 assets and of those under contract; a later look of the day replaces it."""
    figure = selectors.coverage_figure(selectors.governed_assets(tier="1"))
    counts = {"total": figure.total, "covered": figure.covered}
    return CoverageDay.objects.update_or_create(day=now().date(), defaults=counts)[0]
