"""Fields that go have been deprecated for their whole window (gate D)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from contracts_app import selectors
from contracts_app.conditions import Condition, condition
from contracts_app.models import Version


@condition(order=70)
def deprecation(version: Version) -> Iterator[Condition]:
    """One condition a field; the dates were fixed by the proposal, from the versions then in force."""
    for removal in version.report.get("removals", ()):
        path, due = removal["path"], datetime.fromisoformat(removal["due"])
        title, key = f"Removal of {path.removeprefix('schema.')}", f"deprecation.{path}"
        if due <= selectors.moment_of(version):
            yield Condition(key, title, True, f"Its deprecation ended on {due:%d %b %Y, %H:%M UTC}.")
        else:
            text = "It is deprecated, and may only go when its date and its window have come."
            yield Condition(key, title, False, text, who="the clock", until=due)
