"""The charts of an SLO's page: its value, what is left of its budget, and the further figures that its looks gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ..domain.chart import Chart, Dot, draw
from ..domain.measurement import Result
from ..indicators.registry import find
from ..models import Grain, Measurement, Slo, Tally
from .budgets import burn_down

HOUR_S = 3600.0
MOST_FIGURES = 6


@dataclass(frozen=True, slots=True)
class Graph:
    """One chart with its words; `target` and `alert` name its lines, and are empty where it has none."""

    key: str
    title: str
    chart: Chart
    target: str = ""
    alert: str = ""
    unit: str = ""
    note: str = ""


def graphs_of(slo: Slo, newest: Sequence[Measurement], at: datetime, *, whole: bool) -> list[Graph]:
    """Every chart that has something to show; `whole` draws the value over the budget's window, by the hour."""
    value = _value_by_hour(slo, at) if whole else _value(slo, newest)
    return [each for each in (value, _budget(slo, at), *_figures(slo, newest)) if each is not None]


def _value(slo: Slo, newest: Sequence[Measurement]) -> Graph | None:
    dots = [Dot(each.at, _float(each.value), each.result == Result.BREACH) for each in reversed(newest)]
    return _with_lines(slo, dots, slo.interval.total_seconds(), f"the newest {len(newest)} looks")


def _value_by_hour(slo: Slo, at: datetime) -> Graph | None:
    """The worst value of each hour, so that no breach is averaged away."""
    worst = "high" if slo.target_op in ("<=", "<") else "low"
    hours = Tally.objects.filter(slo=slo, grain=Grain.HOUR, start__gte=at - slo.budget_window, start__lte=at)
    rows = hours.order_by("start").values_list("start", worst)
    dots = [Dot(start, _float(value), value is not None and not slo.target.holds(value)) for start, value in rows]
    return _with_lines(slo, dots, HOUR_S, f"the worst of each hour, {slo.budget_days} days")


def _with_lines(slo: Slo, dots: list[Dot], interval_s: float, note: str) -> Graph | None:
    chart = draw(dots, float(slo.target_value), float(slo.alert_value), interval_s)
    indicator = find(slo.kind)
    title, unit = (indicator.label, indicator.unit) if indicator else (slo.kind, "")
    return chart and Graph("value", title, chart, str(slo.target), str(slo.alert), unit, note)


def _budget(slo: Slo, at: datetime) -> Graph | None:
    points = burn_down(slo, at)
    if not points:
        return None
    full = Dot(points[0][0] - timedelta(hours=1), 100.0, breach=False)
    dots = [full, *(Dot(when, float(100 * left), left <= 0) for when, left in points)]
    chart = draw(dots, None, 0.0, slo.budget_window.total_seconds())
    note = f"{slo.budget_days} days; unmeasured time spends nothing"
    return chart and Graph("budget", "Error budget left", chart, alert="spent", unit="%", note=note)


def _figures(slo: Slo, newest: Sequence[Measurement]) -> list[Graph]:
    """A series of its own for each further figure of the newest look that gave any."""
    names = next((list(each.figures) for each in newest if each.figures), [])[:MOST_FIGURES]
    interval = slo.interval.total_seconds()
    found = []
    for number, name in enumerate(names):
        dots = [Dot(each.at, _number(each.figures.get(name)), breach=False) for each in reversed(newest)]
        chart = draw(dots, None, None, interval)
        if chart:
            found.append(Graph(f"figure-{number}", name.replace("_", " ").capitalize(), chart))
    return found


def _number(text: str | None) -> float | None:
    return None if text is None else _float(Decimal(text))


def _float(value: Decimal | None) -> float | None:
    return None if value is None or not value.is_finite() else float(value)
