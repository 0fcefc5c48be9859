"""What was said of windows of event time before; no rights are asked, pages ask for the SLO first."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..domain.windows import Judged, Window
from ..models import JudgedWindow, Slo


def judged_before(slo: Slo, windows: Collection[Window]) -> Mapping[Window, Judged]:
    """The standing verdict of each of these windows that was judged; none for an SLO that is not saved."""
    if slo.pk is None:
        return {}
    asked = set(windows)
    rows = JudgedWindow.objects.filter(slo=slo, start__in=[window.start for window in asked])
    found = (row.latest for row in rows)
    return {judged.window: judged for judged in found if judged.window in asked}


def windows_of(slo: Slo, limit: int = 12) -> list[JudgedWindow]:
    """The newest windows, newest first."""
    return list(slo.windows.all()[:limit])
