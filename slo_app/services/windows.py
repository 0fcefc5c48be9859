"""Keeping what was said of windows of event time: the first verdict as it was, the second after late rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from ..models import JudgedWindow

if TYPE_CHECKING:
    from ..domain.windows import Judged
    from ..models import Slo


def keep(slo: Slo, at: datetime, judged: Iterable[Judged]) -> None:
    """Write new windows down, and the second verdict where the numbers changed; in the caller's transaction."""
    found = {each.window: each for each in judged}
    if not found:
        return
    rows = slo.windows.select_for_update().filter(start__in=[window.start for window in found])
    known = {row.latest.window: row for row in rows}
    for window, row in known.items():
        if window in found and found[window] != row.latest:
            row.again_at, row.again_expected, row.again_ingested = at, found[window].expected, found[window].ingested
            row.save(update_fields=["again_at", "again_expected", "again_ingested"])
    JudgedWindow.objects.bulk_create(
        JudgedWindow(slo=slo, start=window.start, end=window.end, judged_at=at, expected=each.expected,
                     ingested=each.ingested)
        for window, each in found.items() if window not in known
    )  # fmt: skip
