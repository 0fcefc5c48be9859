"""A test alert was fired by a real probe, delivered, and acknowledged by a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from portal.core.identity.policies import Act
from portal.core.web.times import duration
from portal.pages.scoreboard.points import Done, Point
from portal.pages.scoreboard.registry import point
from slo_app.selectors.drills import drill_passed_last

FRESH = timedelta(days=90)
"""As long as a drill keeps an SLO live (design/slo.md)."""


@point("fire_drill", title="A test alert fired and was acknowledged", order=30)
def fire_drill(day: Any, at: datetime) -> Point:
    """Done where the last fire drill that passed is not older than ninety days."""
    del day
    url, label = reverse("slos:drill-new"), "Start a fire drill"
    found = drill_passed_last()
    if found is None:
        return Point(Done.NOT_DONE, "No fire drill has ever passed.", url=url, label=label, needs=Act.HANDLE_INCIDENT)
    took = duration(found.acknowledged_at - found.started_at)
    text = f"{found} of {found.team}: acknowledged by {found.acknowledged_by.name} {took} after the breach was planted."
    done = Done.DONE if at - found.acknowledged_at <= FRESH else Done.NOT_DONE
    old = "" if done is Done.DONE else " That is more than 90 days ago."
    return Point(done, text + old, found.acknowledged_at, found.get_absolute_url(), url, label, Act.HANDLE_INCIDENT)
