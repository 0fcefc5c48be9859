"""Whom GDPR Art. 19 wants told: every recipient to whom the erased data was disclosed, unless that is impossible.

What a recipient answers, and whether it has one open. Pure.
"""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

REMIND_EVERY = timedelta(days=7)
MOST_REMINDERS = 3


class Outcome(StrEnum):
    """What a recipient says it did."""

    ERASED = "erased"
    NOT_HELD = "not_held"
    KEPT = "kept"


OUTCOMES = {
    Outcome.ERASED: "The data is erased",
    Outcome.NOT_HELD: "No such data was held",
    Outcome.KEPT: "The data is kept on a legal basis, which we name to the controller",
}


def is_told(
    *, kinds: Collection[str], systems: Collection[str], of_plan: Collection[str], resolved: Collection[str]
) -> bool:
    """Whether a recipient gets a letter: it holds a kind of identifier of the subject, and its systems are in the plan.

    A recipient without systems got data from everywhere.

    >>> is_told(kinds=["email"], systems=[], of_plan=["shop"], resolved=["email"])
    True
    >>> is_told(kinds=["email"], systems=["crm"], of_plan=["shop"], resolved=["email"])
    False
    """
    return bool(set(kinds) & set(resolved)) and (not systems or bool(set(systems) & set(of_plan)))
