"""Everything that is on its way into force, what each version waits for, and for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from contracts_app.domain.conditions import Condition, unmet
from contracts_app.domain.lifecycle import State
from contracts_app.models import Version
from contracts_app.selectors.answers import Standing, answering, answers_are_asked, answers_of
from contracts_app.selectors.conditions import conditions_of_all, prepare
from contracts_app.selectors.duties import Answered
from contracts_app.selectors.prospects import asking, signable, weighable
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


def open_versions(*, team: str = "", state: str = "") -> QuerySet[Version]:
    """Every proposed or scheduled version, oldest proposal first; those of a team (its slug) or in a state alone."""
    found = Version.objects.filter(state__in=(State.PROPOSED, State.SCHEDULED)).select_related(*RELATED)
    if team:
        found = found.filter(contract__owner_team__slug=team)
    if state:
        found = found.filter(state=state)
    return found.order_by("proposed_at", "pk")


def version_on_its_way(name: str, *, number: str = "") -> Version | None:
    """The version of the contract that is not in force yet: the furthest, or the one of that number."""
    order = [State.SCHEDULED, State.PROPOSED, State.DRAFT]
    found = Version.objects.filter(contract__name=name, state__in=order).select_related(*RELATED)
    found = found.filter(number=number) if number else found
    return min(found, key=lambda each: order.index(State(each.state)), default=None)


def approval_queue(
    user: Any, *, mine: bool = False, team: str = "", state: str = "", waits_for: str = ""
) -> Sequence[Version] | QuerySet[Version]:
    """What waits, oldest first: by what this person can move on, owner's team, state and group of condition.

    The conditions of a version read its document: they are asked of those that are shown (`standing_in_queue`), and of
    all only where the list is filtered by them.
    """
    require(user, Act.READ)
    found = open_versions(team=team, state=state)
    if not (mine or waits_for):
        return found
    listed = _movable(user, found) if mine else list(found)
    if not waits_for:
        return listed
    asked = zip(listed, conditions_of_all(listed), strict=True)
    return [version for version, held in asked if any(each.group == waits_for for each in unmet(held))]


def standing_in_queue(user: Any, versions: Iterable[Version]) -> list[Waiting]:
    """What holds each of these back, and what this person could do about it."""
    listed = list(versions)
    return [_waiting(user, version, held) for version, held in zip(listed, conditions_of_all(listed), strict=True)]


def movable(user: Any) -> list[Version]:
    """Versions on their way that this person can move on, oldest proposal first."""
    require(user, Act.READ)
    return _movable(user, open_versions())


def _movable(user: Any, found: QuerySet[Version]) -> list[Version]:
    """Those that somebody with this person's roles may move on at all are looked at one by one.

    The conditions are not asked: they read every document, which a filter over a long list cannot wait for.
    """
    versions = list(found.filter(Q(pk__in=signable(user)) | Q(pk__in=asking(user)) | Q(pk__in=weighable(user))))
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
    if version.proposed_by_id == user.pk or not may(user, Act.SIGN_ACCOUNTABLE, Answered(version)):
        return False
    asked = bool(version.answers.all()) and answers_are_asked(version)
    return asked and any(one.objects for one in answers_of(version))
