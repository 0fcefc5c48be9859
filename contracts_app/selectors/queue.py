"""Everything that is on its way into force, what each version waits for, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts_app.domain.conditions import Condition, unmet
from contracts_app.domain.lifecycle import State
from contracts_app.models import Version
from contracts_app.selectors.answers import Standing, answering, answers_are_asked, answers_of
from contracts_app.selectors.conditions import conditions_of_all, prepare
from contracts_app.selectors.signing import signing_role
from portal.core.identity.policies import Act, may, require

RELATED = ("contract__owner_team", "contract__asset", "proposed_by")
GROUPS = {
    "signature": "a signature",
    "answers": "an answer",
    "notice": "the end of its notice",
    "deprecation": "the end of a deprecation",
    "readiness": "live data",
    "check": "a mended document",
    "names": "a name",
    "evidence": "evidence",
    "bump": "a version number",
}
"""What a version may wait for: the group of a condition, in words."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that is not in force yet: what holds it back, and what this person could do about it."""

    version: Version
    unmet: tuple[Condition, ...]
    role: str
    answers: tuple[Standing, ...]
    overrules: bool

    @property
    def mine(self) -> bool:
        """Whether the person who asked can move it on."""
        return bool(self.role or self.answers or self.overrules)

    @property
    def shown(self) -> tuple[Condition, ...]:
        """What to say of it: live data is asked last, so waiting for it says nothing while something else is open."""
        first = tuple(one for one in self.unmet if one.group != "readiness" or one.failing)
        return first or self.unmet

    @property
    def until(self) -> datetime | None:
        """The latest moment that it waits for by the clock alone."""
        return max((one.until for one in self.unmet if one.until), default=None)


def open_versions() -> list[Version]:
    """Every proposed or scheduled version, oldest proposal first."""
    found = Version.objects.filter(state__in=(State.PROPOSED, State.SCHEDULED)).select_related(*RELATED)
    return list(found.order_by("proposed_at", "pk"))


def version_on_its_way(name: str, *, number: str = "") -> Version | None:
    """The version of the contract that is not in force yet: the furthest, or the one of that number."""
    order = [State.SCHEDULED, State.PROPOSED, State.DRAFT]
    found = Version.objects.filter(contract__name=name, state__in=order).select_related(*RELATED)
    found = found.filter(number=number) if number else found
    return min(found, key=lambda each: order.index(State(each.state)), default=None)


def approval_queue(
    user: Any, *, mine: bool = False, team: str = "", state: str = "", waits_for: str = ""
) -> list[Waiting]:
    """What waits, oldest first: by what this person can move on, owner's team, state and group of condition."""
    require(user, Act.READ)
    versions = open_versions()
    found = [_waiting(user, version, held) for version, held in zip(versions, conditions_of_all(versions), strict=True)]
    return [
        one
        for one in found
        if (one.mine or not mine)
        and (not team or _slug(one.version) == team)
        and (not state or one.version.state == state)
        and (not waits_for or any(each.group == waits_for for each in one.unmet))
    ]


def movable(user: Any) -> list[Version]:
    """Versions on their way that this person can move on, oldest proposal first.

    The conditions are not asked: they read every document, which a filter over a long list cannot wait for.
    """
    require(user, Act.READ)
    versions = open_versions()
    prepare(versions)
    return [
        version
        for version in versions
        if signing_role(user, version) or _to_answer(user, version) or _overrules(user, version)
    ]


def _waiting(user: Any, version: Version, conditions: list[Condition]) -> Waiting:
    return Waiting(
        version=version,
        unmet=tuple(unmet(conditions)),
        role=str(signing_role(user, version) or ""),
        answers=_to_answer(user, version),
        overrules=_overrules(user, version),
    )


def _to_answer(user: Any, version: Version) -> tuple[Standing, ...]:
    """The consumers that this person speaks for and that have not answered; cheap for who speaks for nobody."""
    if not may(user, Act.ANSWER_CONTRACT):
        return ()
    return tuple(one for one in answering(user, version) if one.latest is None)


def _overrules(user: Any, version: Version) -> bool:
    if version.proposed_by_id == user.pk or not may(user, Act.SIGN_ACCOUNTABLE, version.contract):
        return False
    asked = bool(version.answers.all()) and answers_are_asked(version)
    return asked and any(one.objects for one in answers_of(version))


def _slug(version: Version) -> str:
    team = version.contract.owner_team
    return team.slug if team else ""
