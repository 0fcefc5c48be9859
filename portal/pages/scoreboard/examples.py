"""Example days for the demo, whose estate is as old as its first start: without them no trend could be seen.

Each is worked out from what was really counted today: the estate as if its covered rows had come one by one over the
days. A target without a value today has none on example days. The days are marked, and never go to the ledger.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from portal.pages.scoreboard.figures import Figure, not_measured, read, share
from portal.pages.scoreboard.models import Day
from portal.pages.scoreboard.registry import Target, targets

DAYS = 60
NOTE = "An example of the demo: today's rows, as if they had come one by one."


@transaction.atomic
def fill(today: Day) -> int:
    """Add the days before `today` that were not counted, sixty at most; the number of days."""
    days = {today.day - timedelta(days=ago): ago for ago in range(1, DAYS + 1)}
    known = set(Day.objects.filter(day__in=days).values_list("day", flat=True))
    rows = [
        Day(
            day=day,
            counted_at=datetime.combine(day, today.counted_at.timetz()),
            figures={each.key: _example(each, today, ago).numbers() for each in targets()},
            example=True,
        )
        for day, ago in days.items()
        if day not in known
    ]
    return len(Day.objects.bulk_create(rows))


def _example(target: Target, today: Day, ago: int) -> Figure:
    real = read(today.figures[target.key])
    if target.unit != "%" or not real.total or real.covered is None:
        return not_measured(NOTE)
    covered = real.covered * (DAYS - ago) // DAYS
    goal = float(target.line if target.line is not None else 100)
    return replace(share(covered, real.total, goal=goal), note=NOTE)
