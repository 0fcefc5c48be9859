"""What the scoreboard puts on people's work list: targets that are missed, for whoever answers for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.core.catalog.worklist import WorkItem, worklist
from portal.pages.scoreboard.selectors import lost_targets


@worklist(order=60)
def missed_targets(user: Any) -> Iterator[WorkItem]:
    """The missed targets of the roles that the person holds."""
    held = {str(role) for role, _ in user.grants()}
    for target, figure, day in lost_targets(held):
        value = figure.shown or "no value"
        text = f"{target.title}: {value}, {figure.missing} missing"
        yield WorkItem("To fix", text, target.get_absolute_url(), day.counted_at, "Target missed", "bad")
