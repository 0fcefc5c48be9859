"""The life of a version and who must sign it: a state machine and a table, with no clock of their own.

draft -> proposed -> scheduled -> active -> deprecated -> retired, only forward; a proposal may be withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from contracts_app.domain.model import DEFAULT_NOTICE_DAYS, Document


class State(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"


class SigningRole(StrEnum):
    """In what capacity a person signs."""

    PRODUCER = "producer"
    ACCOUNTABLE = "accountable"
    PRIVACY = "privacy officer"
    NEW_OWNER = "new owner"


NEXT: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.PROPOSED}),
    State.PROPOSED: frozenset({State.SCHEDULED, State.WITHDRAWN}),
    State.SCHEDULED: frozenset({State.ACTIVE, State.WITHDRAWN}),
    State.ACTIVE: frozenset({State.DEPRECATED, State.RETIRED}),
    State.DEPRECATED: frozenset({State.RETIRED}),
    State.RETIRED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
IN_FORCE = (State.ACTIVE, State.DEPRECATED)


class LifecycleError(ValueError):
    """A step that the rules do not allow; the sentence says why and what to do."""


def step(now: State, then: State) -> State:
    """The next state; raises LifecycleError for a step back or a leap.

    >>> step(State.DRAFT, State.PROPOSED).value
    'proposed'
    """
    if then not in NEXT[now]:
        raise LifecycleError(f"A version that is {now} cannot become {then}.")
    return then


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature that counts: who, in which capacity."""

    person: int
    role: SigningRole


def roles_needed(
    document: Document, *, tier: int | None, first: bool, gates: Collection[str], owner_changes: bool = False
) -> list[SigningRole]:
    """Producer always, accountable at tier 1, privacy officer where a person's data is at stake.

    Gate S: where the owner changes, somebody of the new owner's team signs too.
    """
    roles = [SigningRole.PRODUCER]
    if owner_changes:
        roles.append(SigningRole.NEW_OWNER)
    if tier == 1:
        roles.append(SigningRole.ACCOUNTABLE)
    if "PO" in gates or (first and document.holds_personal_data):
        roles.append(SigningRole.PRIVACY)
    return roles


def refusal(
    *, person: int, role: SigningRole, proposer: int, needed: Iterable[SigningRole], signed: Iterable[Signed]
) -> str | None:
    """Why this person may not sign in this role now, or None."""
    signed = list(signed)
    if role not in needed:
        return f"This version needs no signature as {role}."
    if any(one.role == role for one in signed):
        return f"It is already signed as {role}."
    if any(one.person == person for one in signed):
        return "You have signed in another role; one person never gives two roles' signatures."
    if person == proposer and role is not SigningRole.PRODUCER:
        return f"You proposed this version, so you may sign as producer only; somebody else signs as {role}."
    return None


def missing(needed: Iterable[SigningRole], signed: Iterable[Signed]) -> list[SigningRole]:
    """Roles still to sign, in their order."""
    done = {one.role for one in signed}
    return [role for role in needed if role not in done]


def removal_due(removal_date: date, deprecated_since: datetime, window_days: float) -> datetime:
    """When a deprecated field may go: on its date, and never before the window has run since it was deprecated.

    >>> removal_due(date(2026, 3, 1), datetime(2026, 2, 20, tzinfo=UTC), 30).date().isoformat()
    '2026-03-22'
    """
    promised = datetime.combine(removal_date, time(), tzinfo=UTC)
    return max(promised, deprecated_since + timedelta(days=window_days))


def notice_days(old: Document | None, new: Document, gates: Collection[str]) -> float:
    """Days of notice before the version may be active; the old contract's window counts.

    A first version has a notice only where consumers are named.
    """
    if old is None:
        return _window(new) if new.consumers else 0
    return _window(old) if "N" in gates else 0


def notice_ends(signed_at: datetime, days: float) -> datetime:
    """The moment from which the version may be active."""
    return signed_at + timedelta(days=days)


def _window(document: Document) -> float:
    return DEFAULT_NOTICE_DAYS if document.notice_days is None else document.notice_days
