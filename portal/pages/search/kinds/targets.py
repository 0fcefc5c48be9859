"""Targets of the scoreboard by their title and their goal."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from portal.core.identity.policies import may
from portal.pages.scoreboard.registry import Target
from portal.pages.scoreboard.registry import targets as every_target
from portal.pages.search.base import Group, Hit, Query, provider


@provider(5, "target")
def targets(user: Any, query: Query) -> Iterator[Group]:
    """The targets whose title or key holds the text, of those whose numbers the person may see."""
    if query.id:
        return
    sought = query.text.casefold()
    rows = [each for each in every_target() if sought in f"{each.title} {each.key}".casefold() and may(user, each.sees)]
    if rows:
        hits = tuple(_hit(row) for row in rows[: query.shown])
        yield Group("target", "Targets", "scoreboard", hits, len(rows), reverse("scoreboard:board"))


def _hit(row: Target) -> Hit:
    return Hit(row.title, row.get_absolute_url(), f"goal: {row.goal}")
