"""What the pages show of an SLO's baselines."""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.paired_bars import PairedBars, pair_up
from ..indicators.base import Compared
from ..indicators.registry import find
from ..models import Baseline, Measurement, Slo


@dataclass(frozen=True, slots=True)
class BaselineView:
    """The newest baseline beside the newest distribution, and those before it; `broken` says what is wrong with it."""

    newest: Baseline | None
    bars: PairedBars | None
    measured: Measurement | None
    history: list[Baseline]
    method: str = ""
    broken: str = ""


def baseline_view(slo: Slo) -> BaselineView | None:
    """The baselines of an SLO; None where its indicator compares with none."""
    if not isinstance(find(slo.kind), Compared):
        return None
    history = list(slo.baselines.select_related("made_by"))
    if not history:
        return BaselineView(None, None, None, [])
    try:
        document = history[0].read
    except ValueError as error:
        return BaselineView(history[0], None, None, history, broken=str(error))
    labels = document.bins.labels
    measured = slo.measurements.filter(total__gt=0, at__gt=history[0].made_at).exclude(counts={}).first()
    fits = measured is not None and set(measured.counts) == set(labels)
    now = [int(measured.counts[label]) for label in labels] if measured is not None and fits else None
    bars = pair_up(labels, document.counts, now)
    return BaselineView(history[0], bars, measured if fits else None, history, document.method)
