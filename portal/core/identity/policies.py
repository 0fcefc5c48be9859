"""Who may do what: the table of acts of the house as data, and the one function that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum, StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied

from portal.core.identity.roles import Role


class Act(StrEnum):
    """An act that somebody may or may not do; the value finishes the sentence "You may not …"."""

    READ = "read contracts, lineage and SLOs"
    WRITE_CONTRACT = "write this contract"
    PROPOSE_EDIT = "propose an edit to this contract"
    SIGN_PRODUCER = "sign as the producer"
    SIGN_ACCOUNTABLE = "sign as the accountable person"
    SIGN_PRIVACY = "sign for privacy"
    ANSWER_CONTRACT = "accept this contract or object to it"
    HANDLE_INCIDENT = "acknowledge, silence or resolve this incident"
    KEEP_ROTA = "change the rotations, the escalation and the addresses of this team"
    READ_REQUESTS = "read privacy requests"
    COUNT_REQUESTS = "see the number of privacy requests"
    UNMASK = "see an identifier in clear"
    PLAN_DELETION = "plan a deletion"
    APPROVE_DELETION = "approve this deletion"
    APPROVE_HIGH_RISK = "approve a deletion of high risk"
    ATTEST_DELETION = "attest a deletion by hand"
    READ_EVIDENCE = "read this evidence"
    WAIVE_GATE = "waive a gate"
    DECLARE_LINEAGE = "declare flows and expected runs of this team"
    SET_CONSUMER_CLASS = "set the class of a consumer"
    REPLAY_EVENTS = "take raw lineage events out"
    SET_SLO = "set the SLOs of this asset"
    SET_TIERS = "set the tier of an asset"
    ADMINISTER = "administer systems, tokens and roles"
    READ_REFUSED = "see an event that was refused"
    PROPOSE_RACI = "propose who is responsible, accountable, consulted and informed here"


class Reach(Enum):
    """How far a role's right to an act reaches."""

    EVERYWHERE = "everywhere"
    OWN_TEAM = "objects of the role's team"
    CONSUMED = "contracts that name the role's team as a consumer"


ANY, OWN, CONSUMED = Reach.EVERYWHERE, Reach.OWN_TEAM, Reach.CONSUMED

TABLE: dict[Act, dict[Role, Reach]] = {
    Act.READ: dict.fromkeys(Role, ANY),
    Act.WRITE_CONTRACT: {Role.CONTRIBUTOR: OWN, Role.OWNER: OWN},
    Act.PROPOSE_EDIT: {Role.CONTRIBUTOR: OWN, Role.OWNER: OWN, Role.CONSUMER: CONSUMED},
    Act.SIGN_PRODUCER: {Role.OWNER: OWN},
    Act.SIGN_ACCOUNTABLE: {Role.HEAD_OF_DATA: ANY},
    Act.SIGN_PRIVACY: {Role.PRIVACY_OFFICER: ANY},
    Act.ANSWER_CONTRACT: {Role.CONSUMER: CONSUMED},
    Act.HANDLE_INCIDENT: {Role.OWNER: OWN, Role.ON_CALL: OWN},
    Act.KEEP_ROTA: {Role.OWNER: OWN, Role.ADMINISTRATOR: ANY},
    Act.READ_REQUESTS: {Role.PRIVACY_OFFICER: ANY},
    Act.COUNT_REQUESTS: {Role.PRIVACY_OFFICER: ANY, Role.HEAD_OF_DATA: ANY},
    Act.UNMASK: {Role.PRIVACY_OFFICER: ANY},
    Act.PLAN_DELETION: {Role.PRIVACY_OFFICER: ANY},
    Act.APPROVE_DELETION: {Role.PRIVACY_OFFICER: ANY},
    Act.APPROVE_HIGH_RISK: {Role.HEAD_OF_DATA: ANY},
    Act.ATTEST_DELETION: {Role.OWNER: OWN, Role.PRIVACY_OFFICER: ANY},
    Act.READ_EVIDENCE: {
        Role.CONTRIBUTOR: OWN,
        Role.OWNER: OWN,
        Role.CONSUMER: CONSUMED,
        Role.PRIVACY_OFFICER: ANY,
        Role.AUDITOR: ANY,
        Role.HEAD_OF_DATA: ANY,
    },
    Act.WAIVE_GATE: {Role.HEAD_OF_DATA: ANY},
    Act.DECLARE_LINEAGE: {Role.OWNER: OWN, Role.ADMINISTRATOR: ANY},
    Act.SET_CONSUMER_CLASS: {Role.OWNER: ANY, Role.ADMINISTRATOR: ANY},
    Act.REPLAY_EVENTS: {Role.CONTRIBUTOR: OWN, Role.OWNER: OWN, Role.AUDITOR: ANY, Role.ADMINISTRATOR: ANY},
    Act.SET_SLO: {Role.OWNER: OWN},
    Act.SET_TIERS: {Role.HEAD_OF_DATA: ANY, Role.ADMINISTRATOR: ANY},
    Act.ADMINISTER: {Role.ADMINISTRATOR: ANY},
    Act.READ_REFUSED: {Role.CONTRIBUTOR: OWN, Role.OWNER: OWN, Role.ADMINISTRATOR: ANY},
    # an owner answers for what their team owns; the workstreams are the programme's, whose head keeps its matrix
    Act.PROPOSE_RACI: {Role.OWNER: OWN, Role.HEAD_OF_DATA: ANY},
}

BINDING = frozenset(
    {
        Act.SIGN_PRODUCER,
        Act.SIGN_ACCOUNTABLE,
        Act.SIGN_PRIVACY,
        Act.APPROVE_DELETION,
        Act.APPROVE_HIGH_RISK,
        Act.WAIVE_GATE,
        Act.ADMINISTER,
    }
)
"""Acts that bind the organisation: only people with a second factor reach them."""

FOUR_EYES = frozenset({Act.APPROVE_DELETION, Act.APPROVE_HIGH_RISK})
"""Acts refused to whoever planned the object (`obj.planner_ids() -> set[int]`, where it has that method)."""

Decider = Callable[[Any, Any], bool | None]
_deciders: dict[Act, Decider] = {}


def decides(act: Act) -> Callable[[Decider], Decider]:
    """Register the function below it (person, object -> yes, no, or None for "as the table says") for an act."""

    def register(decider: Decider) -> Decider:
        _deciders[act] = decider
        return decider

    return register


def may(user: Any, act: Act, obj: Any = None) -> bool:
    """Whether `user` may do `act` to `obj`.

    Without an object the answer is whether some object could exist for which the answer is yes: that is what
    a page needs to know before it has looked anything up. With one, rows of the table that are bound to a team ask
    `obj.team_ids()`, or, where a consumer is meant and it exists, `obj.consumer_team_ids()`. Where somebody has to
    answer for an object by a signed row of the RACI, that row decides before the table (see `decides`).
    """
    if not getattr(user, "is_active", False):
        return False
    if act in FOUR_EYES and _planned_by(user, obj):
        return False
    decided = _deciders[act](user, obj) if act in _deciders else None
    if decided is not None:
        return decided
    reaches = TABLE[act]
    return any(role in reaches and _covers(reaches[role], team_id, obj) for role, team_id in user.grants())


def require(user: Any, act: Act, obj: Any = None) -> None:
    """Do nothing where `user` may do `act` to `obj`; else raise PermissionDenied with a sentence for its reader."""
    if may(user, act, obj):
        return
    if act in FOUR_EYES and _planned_by(user, obj):
        raise PermissionDenied(
            "You planned this deletion, so somebody else has to approve it. Ask another privacy officer."
        )
    raise PermissionDenied(refusal(act, of_this_object=obj is not None))


def refusal(*acts: Act, of_this_object: bool = False) -> str:
    """The sentence of a refusal: what may not be done, and the roles that could.

    >>> refusal(Act.WAIVE_GATE)
    'You may not waive a gate. This needs the role head of data.'
    >>> refusal(Act.SIGN_PRODUCER, of_this_object=True)
    'You may not sign as the producer. This needs the role owner in the team that it belongs to.'
    """
    roles = list(dict.fromkeys(role for role in Role for act in acts if role in TABLE[act]))
    bound = of_this_object and any(TABLE[act][role] is not ANY for act in acts for role in roles if role in TABLE[act])
    where = " in the team that it belongs to" if bound else ""
    return f"You may not {acts[0]}. This needs the role {_either(role.label for role in roles)}{where}."


def who_may(act: Act) -> str:
    """The roles that may do it, in words.

    >>> who_may(Act.HANDLE_INCIDENT)
    'owner or on-call engineer'
    """
    return _either(role.label for role in Role if role in TABLE[act])


def _covers(reach: Reach, team_id: int | None, obj: Any) -> bool:
    if reach is ANY or obj is None:
        return True
    if reach is CONSUMED and hasattr(obj, "consumer_team_ids"):
        return team_id in obj.consumer_team_ids()
    return team_id in obj.team_ids()


def _planned_by(user: Any, obj: Any) -> bool:
    return hasattr(obj, "planner_ids") and user.pk in obj.planner_ids()


def _either(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
