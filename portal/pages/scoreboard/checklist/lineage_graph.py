"""The lineage graph renders, and its coverage reaches the goal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from portal.pages.scoreboard.figures import Standing, read
from portal.pages.scoreboard.points import Done, Point
from portal.pages.scoreboard.registry import point, target_named


@point("lineage_graph", title="The lineage graph renders with its coverage", order=20)
def lineage_graph(day: Any, at: datetime) -> Point:
    """Done where the file of the graph was drawn at the last count and coverage is reached."""
    del at
    url, label = reverse("lineage:flows-graph"), "Draw the graph now"
    drawn = day.facts.get("graph") if day else None
    if not drawn or "lineage" not in day.figures:
        return Point(Done.NOT_MEASURED, "The graph was not drawn yet.", url=url, label=label)
    if drawn["problem"]:
        return Point(Done.NOT_DONE, drawn["problem"], day.counted_at, url=url, label=label)
    figure, target = read(day.figures["lineage"]), target_named("lineage")
    evidence = reverse("lineage:coverage")
    goal = f", wanted is {target.goal}" if target else ""
    drew = f"{drawn['flows']} flow{'' if drawn['flows'] == 1 else 's'} drawn, {drawn['bytes']:,} bytes"
    if figure.standing is Standing.NOT_MEASURED:
        return Point(Done.NOT_MEASURED, f"{drew}. {figure.note}", day.counted_at, evidence, url, label)
    done = Done.DONE if figure.standing is Standing.REACHED and drawn["flows"] else Done.NOT_DONE
    text = f"{drew}; coverage {figure.shown} ({figure.covered} of {figure.total} hops{goal})."
    return Point(done, text, day.counted_at, evidence, url, label)
