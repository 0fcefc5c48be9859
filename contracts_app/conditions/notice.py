"""The notice to consumers has run its whole time."""

from __future__ import annotations

from collections.abc import Iterator

from contracts_app import selectors
from contracts_app.conditions import Condition, condition
from contracts_app.domain.lifecycle import State
from contracts_app.models import Version

TITLE = "Notice to consumers"


@condition(order=60)
def notice(version: Version) -> Iterator[Condition]:
    """It starts with the last signature; the old contract's window counts."""
    ends = version.notice_ends_at
    if version.state == State.DRAFT:
        return
    if ends is None:
        yield _not_started(selectors.days_of_notice(version))
    elif ends <= selectors.moment_of(version):
        text = f"It ended on {ends:%d %b %Y, %H:%M UTC}." if ends != version.signed_at else "This change needs none."
        yield Condition("notice", TITLE, True, text)
    else:
        text = "It runs its whole time, whatever consumers answer."
        yield Condition("notice", TITLE, False, text, who="the clock", until=ends)


def _not_started(days: float) -> Condition:
    if not days:
        return Condition("notice", TITLE, True, "This change needs none.")
    text = f"{days:g} day{'' if days == 1 else 's'}, from the last signature on."
    return Condition("notice", TITLE, False, text, who="the clock")
