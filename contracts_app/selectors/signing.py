"""Whose turn it is: who may sign what, what blocks a version, and what waits on a person's list."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef

from contracts_app.domain.conditions import Condition, listed
from contracts_app.domain.document import load
from contracts_app.domain.lifecycle import SigningRole, State, missing, refusal
from contracts_app.models import SignatureLink, Version
from contracts_app.selectors.conditions import unmet_conditions
from contracts_app.selectors.duties import share_duties
from contracts_app.selectors.parties import signs_for
from contracts_app.selectors.prospects import ACT_OF, unsigned, writable
from portal.core.identity.policies import Act, may
from portal.core.identity.roles import Role

LOOKED_THROUGH = 1_000
"""Proposals that are looked through for those that somebody may sign."""
HELD_AS = {
    SigningRole.PRODUCER: Role.OWNER,
    SigningRole.NEW_OWNER: Role.OWNER,
    SigningRole.ACCOUNTABLE: Role.HEAD_OF_DATA,
    SigningRole.PRIVACY: Role.PRIVACY_OFFICER,
}


def held_as(user: Any, role: SigningRole) -> Role | None:
    """The role of the house in which the person signs; None where a row of the RACI names them and no role does."""
    return HELD_AS[role] if any(held is HELD_AS[role] for held, _ in user.grants()) else None


def signing_role(user: Any, version: Version) -> SigningRole | None:
    """The one role in which the person may sign the version now, or None."""
    return next((role for role in _roles_held(user, version) if _refusal(user, version, role) is None), None)


def holds_signing_role(user: Any, version: Version) -> bool:
    """Whether the version needs a role that the person holds for it, signed already or not."""
    return bool(_roles_held(user, version))


def why_not_sign(user: Any, version: Version) -> str:
    """Why the person may not sign, as a sentence."""
    if version.state != State.PROPOSED:
        return f"{version} is {version.state}; only a proposal can be signed."
    held = _roles_held(user, version)
    if not held:
        return f"{version} needs {listed(version.roles_needed)}; you hold none of these roles for it."
    return _refusal(user, version, held[0]) or "You may sign."


def next_blocker(version: Version) -> str:
    """The one thing that has to happen next, as a sentence; empty once the version is in force."""
    if version.state == State.DRAFT:
        return "Propose the draft." if version.loaded.ok else "Mend what the check found, then propose the draft."
    if version.state == State.PROPOSED:
        return f"Waits for the signature of {listed(missing(version.roles_needed, version.signed()))}."
    if version.state != State.SCHEDULED:
        return ""
    found = unmet_conditions(version)
    first = min(found, key=_urgency, default=None)
    if first is None:
        return "It comes into force within a minute."
    until = f" Until {first.until:%d %b %Y, %H:%M UTC}." if first.until else ""
    return f"{first.title}: {first.text}{until}"


def _urgency(one: Condition) -> tuple[bool, bool, bool]:
    """A hindrance first, then what the clock brings, then what people may still say."""
    return not one.failing, one.until is None, one.group == "answers"


def to_sign(user: Any, most: int) -> tuple[list[tuple[Version, SigningRole]], bool]:
    """The `most` oldest proposals that this person may sign now, each with the role; and whether there are more.

    What the database cannot tell, as who is accountable by a row of the RACI, is asked of the oldest first, and of
    the others only where that leaves too few.
    """
    given = SignatureLink.objects.filter(version=OuterRef("pk"), user=user, voided_at=None)
    waiting = unsigned(user).exclude(Exists(given))  # one person never gives two roles' signatures
    waiting = waiting.select_related("contract__asset").prefetch_related("signatures")
    waiting = waiting.defer("data", "report", "readiness").order_by("proposed_at", "pk")
    oldest = list(waiting[: most + 1])
    found = _with_roles(user, oldest)
    if len(oldest) > most >= len(found):
        found += _with_roles(user, list(waiting[most + 1 : LOOKED_THROUGH]))
    return found[:most], len(found) > most


def _with_roles(user: Any, versions: list[Version]) -> list[tuple[Version, SigningRole]]:
    share_duties(versions)
    roles = ((version, signing_role(user, version)) for version in versions)
    return [(version, role) for version, role in roles if role]


def drafts_with_findings(user: Any) -> list[tuple[Version, int]]:
    """Drafts that this person may write and that cannot be proposed yet, with the number of errors."""
    drafts = writable(user).filter(state=State.DRAFT).select_related("contract")
    mine = (draft for draft in drafts if may(user, Act.WRITE_CONTRACT, draft.contract))
    counted = ((draft, _errors_in(bytes(draft.authored))) for draft in mine)
    return [(draft, errors) for draft, errors in counted if errors]


@lru_cache(maxsize=4096)
def _errors_in(authored: bytes) -> int:
    """How many errors the check finds in these bytes: the same each time, and dear to ask on every first page."""
    return sum(found.is_error for found in load(authored).findings)


def _roles_held(user: Any, version: Version) -> list[SigningRole]:
    """Roles that the version needs and the table of acts gives to this person."""
    return [role for role in version.roles_needed if may(user, ACT_OF[role], signs_for(version, role))]


def _refusal(user: Any, version: Version, role: SigningRole) -> str | None:
    if version.state != State.PROPOSED:
        return f"{version} is {version.state}."
    return refusal(
        person=user.pk,
        role=role,
        proposer=version.proposed_by_id or 0,
        needed=version.roles_needed,
        signed=version.signed(),
    )


def signatures_by_role(version: Version) -> list[tuple[str, SignatureLink | None]]:
    """Each role that signs, with the signature that counts or None."""
    links = version.signatures.filter(voided_at=None).select_related("user", "signature")
    counting = {link.role: link for link in links}
    return [(role.value, counting.get(role.value)) for role in version.roles_needed]


def signature_link(version: Version, pk: str) -> SignatureLink | None:
    """The version's signature of that number, voided or not."""
    return version.signatures.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
