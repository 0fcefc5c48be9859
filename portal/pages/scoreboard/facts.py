"""What a board pack says, as one JSON document without fractions: the same rows give the same bytes.

People are named by their role only: the pack is kept for years, and names are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings

from portal.core.evidence.domain.leaves import timestamp
from portal.core.web.times import duration
from portal.pages.scoreboard import drawing
from portal.pages.scoreboard.counting import as_text, figures_digest
from portal.pages.scoreboard.figures import Figure
from portal.pages.scoreboard.models import Day, SignOff
from portal.pages.scoreboard.registry import Target, targets
from portal.pages.scoreboard.selectors import figure_of
from privacy_app.selectors.punctuality import punctuality, tallied
from slo_app.selectors.programme import incidents_between

FORMAT = "custody-board@v1"
MOST_GAPS = 20
MOST_INCIDENTS = 60
NOT_COVERED = [
    "Whether the goals are the right ones.",
    "Names of the missing rows of days whose lists were deleted; their numbers are kept.",
    "What was counted before the first day that the portal counted.",
    "Requests by name: deletions are numbers here, each one's proof has its own bundle.",
]


class NothingCounted(ValueError):
    """No day of the period was counted."""


def facts_of(since: date, until: date) -> dict[str, Any]:
    """The facts of a period, both days in it; raises NothingCounted where it holds no counted day."""
    days = list(Day.objects.filter(day__gte=since, day__lte=until).select_related("entry").order_by("day"))
    if not days:
        raise NothingCounted(f"No day from {since} to {until} was counted. Choose a later period.")
    last = days[-1]
    begin, end = _start(since), min(_start(until + timedelta(days=1)), last.counted_at)
    return {
        "format": FORMAT,
        "organisation": settings.ORGANISATION,
        "since": str(since),
        "until": str(until),
        "as_of": timestamp(last.counted_at),
        "days_counted": len(days),
        "days_of_period": (until - since).days + 1,
        "example_days": sum(day.example for day in days),
        "targets": [_target(each, days) for each in targets()],
        "incidents": _incidents(begin, end),
        "deletions": _deletions(begin, end),
        "raci": last.facts.get("raci", {}),
        "closings": _closings(since, until),
        "evidence": _evidence(days),
    }


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _target(target: Target, days: Sequence[Day]) -> dict[str, Any]:
    figure = figure_of(days[-1], target.key, named=True)
    values = [(day.day, figure_of(day, target.key).value) for day in days]
    return {
        "key": target.key,
        "title": target.title,
        "goal": target.goal,
        "unit": target.unit,
        "line": as_text(float(target.line)) if target.line is not None else "",
        "owner": days[-1].facts.get("owners", {}).get(target.key, [target.owner.label])[0],
        "alert": target.alert,
        "runbook": list(target.runbook),
        "standing": figure.standing.word,
        "kind": figure.standing.kind,
        "shown": figure.shown,
        "covered": figure.covered,
        "total": figure.total,
        "note": figure.note,
        "change": drawing.change(values, target.unit),
        "parts": [[part.label, part.covered, part.total, part.standing.word] for part in figure.parts],
        "missing": figure.missing,
        "gaps": _gaps(target, figure),
        "days": [[str(day), "" if value is None else as_text(value)] for day, value in values],
    }


def _gaps(target: Target, figure: Figure) -> list[list[str]]:
    """The first of what is missing; none where their names are not everybody's to read."""
    return [[gap.text, gap.why] for gap in figure.gaps[:MOST_GAPS]] if target.lists is target.sees else []


def _incidents(begin: datetime, end: datetime) -> dict[str, Any]:
    found = incidents_between(begin, end)
    rows = [[each.number, each.slo.asset.key, each.severity, *_times(each, end)] for each in found[:MOST_INCIDENTS]]
    total = found.count()
    return {
        "fired": total,
        "resolved": found.filter(resolved_at__lt=end).count(),
        "never_acknowledged": found.filter(resolved_at__lt=end, first_acknowledged_at=None).count(),
        "rows": rows,
        "more": max(total - len(rows), 0),
    }


def _times(incident: Any, end: datetime) -> Iterable[str]:
    """When it fired, and how long it took to be acknowledged and resolved, as far as that was known at `end`."""
    yield f"{incident.fired_at:%Y-%m-%d %H:%M}"
    for moment, none in ((incident.first_acknowledged_at, "Never"), (incident.resolved_at, "Open")):
        yield duration(moment - incident.fired_at) if moment and moment < end else none


def _deletions(begin: datetime, end: datetime) -> dict[str, Any]:
    timely = punctuality(begin, end)
    return {
        **tallied(begin, end),
        "in_time": timely.in_time,
        "late": timely.late,
        "overdue": timely.overdue,
        "median": duration(timely.median) if timely.median is not None else "",
    }


def _closings(since: date, until: date) -> dict[str, Any]:
    found = list(SignOff.objects.filter(day__gte=since, day__lte=until).select_related("entry").order_by("day"))
    return {
        "closed": len(found),
        "with_open_points": sum(bool(each.open_points) for each in found),
        "rows": [[str(each.day), each.open_points, each.entry.payload["points_digest"]] for each in found],
    }


def _evidence(days: Sequence[Day]) -> dict[str, Any]:
    """Each counted day's digest with the number of its entry in the ledger, empty while the day is not over."""
    rows = [[str(day.day), figures_digest(day.figures), str(day.entry_id or "")] for day in days if not day.example]
    return {"days": rows}
