"""Which versions can be a person's business at all, as the database sees it: what is then looked at one by one.

Each of these is a superset of the answer, by the person's roles and teams; rights are asked of every version after it.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts_app.domain.answers import Said
from contracts_app.domain.lifecycle import SigningRole, State
from contracts_app.models import Answer, SignatureLink, Version
from portal.core.catalog.selectors import resolve_teams
from portal.core.identity.policies import TABLE, Act, Reach, may

ACT_OF = {
    SigningRole.PRODUCER: Act.SIGN_PRODUCER,
    SigningRole.NEW_OWNER: Act.SIGN_PRODUCER,
    SigningRole.ACCOUNTABLE: Act.SIGN_ACCOUNTABLE,
    SigningRole.PRIVACY: Act.SIGN_PRIVACY,
}
HEAVY = ("authored", "data", "report", "readiness")
"""What a list of versions need not read."""
ASKS = Q(state__in=(State.PROPOSED, State.SCHEDULED)) | Q(state=State.ACTIVE, ends_at__isnull=False)
"""When a version may ask its consumers."""


def signable(user: Any) -> QuerySet[Version]:
    """Proposals that need a role which the person holds, everywhere or in the team that signs."""
    return _needing(user, {role: Q() for role in ACT_OF})


def unsigned(user: Any) -> QuerySet[Version]:
    """Of these, those not signed in that role yet; of one's own proposals, those to be signed as producer."""
    links = SignatureLink.objects.filter(version=OuterRef("pk"), voided_at=None)
    own = {role: Q() if role is SigningRole.PRODUCER else ~Q(proposed_by=user) for role in ACT_OF}
    return _needing(user, {role: Q(~Exists(links.filter(role=role.value))) & own[role] for role in ACT_OF})


def _needing(user: Any, still: dict[SigningRole, Q]) -> QuerySet[Version]:
    may_be = Q(pk=None)
    for role, act in ACT_OF.items():
        everywhere, teams = reach_of(user, act)
        everywhere |= role is SigningRole.ACCOUNTABLE and may(user, act)  # a row of the RACI may name anybody
        signs = Q() if everywhere else _signs(role, teams)
        if everywhere or teams:
            may_be |= Q(roles__contains=[role.value]) & signs & still[role]
    return Version.objects.filter(may_be, state=State.PROPOSED)


def asking(user: Any) -> list[int]:
    """Versions on their way, or to be ended, that name one of the teams for which the person answers; their ids."""
    _, teams = reach_of(user, Act.ANSWER_CONTRACT)
    if not teams:
        return []
    asked = Version.objects.filter(ASKS).order_by().values_list("pk", "report__consumers")
    known = resolve_teams({each["team"] for _, named in asked for each in named or ()})
    theirs = {text for text, team in known.items() if team.pk in teams}
    return [pk for pk, named in asked if named is None or any(each["team"] in theirs for each in named)]


def weighable(user: Any) -> QuerySet[Version]:
    """Versions with an objection, for whoever may overrule one."""
    if not may(user, Act.SIGN_ACCOUNTABLE):
        return Version.objects.none()
    objected = Answer.objects.filter(version=OuterRef("pk"), said=Said.OBJECTED)
    return Version.objects.filter(Exists(objected)).exclude(proposed_by=user)


def writable(user: Any) -> QuerySet[Version]:
    """Versions of contracts that the person may write."""
    everywhere, teams = reach_of(user, Act.WRITE_CONTRACT)
    return Version.objects.all() if everywhere else Version.objects.filter(contract__owner_team__in=teams)


def reach_of(user: Any, act: Act) -> tuple[bool, set[int]]:
    """Whether the person may do the act everywhere, and the teams whose roles let them do it."""
    held = [(TABLE[act][role], team) for role, team in user.grants() if role in TABLE[act]]
    return any(reach is Reach.EVERYWHERE for reach, _ in held), {team for _, team in held if team is not None}


def _signs(role: SigningRole, teams: set[int]) -> Q:
    """One of these teams signs in the role: the party that the proposal fixed, else the contract's owner."""
    fixed = f"parties__{role.value}"
    party = [Q(**{f"{fixed}__team": team}) for team in teams]
    unfixed = ~Q(parties__has_key=role.value) & Q(contract__owner_team__in=teams)
    return reduce(or_, party, unfixed)
