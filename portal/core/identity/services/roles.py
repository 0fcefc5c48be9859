"""Giving and taking roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from portal.core.events.services import publish
from portal.core.evidence.services import record
from portal.core.identity.evidence_kinds import ROLE_GIVEN, ROLE_TAKEN
from portal.core.identity.models import Membership
from portal.core.identity.roles import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.core.evidence.actors import Actor
    from portal.core.identity.models import Team, User

EVERYWHERE = "the organisation"


@transaction.atomic
def give_role(*, actor: Actor, user: User, role: Role, team: Team | None = None) -> Membership:
    """Give `user` the role, in a team where the role is one of a team.

    Raises ValidationError where role and team do not fit. A role that is held already is returned, not recorded twice.
    """
    _check_fit(role, team)
    membership, new = Membership.objects.get_or_create(user=user, role=role.value, team=team)
    if new:
        payload = _payload(membership)
        record(ROLE_GIVEN, actor=actor, payload=payload)
        publish("identity.role.given", dict(payload), key=str(payload["person"]))
        user.forget_grants()
    return membership


@transaction.atomic
def take_role(*, actor: Actor, membership: Membership) -> None:
    """Take a role back. Raises ValidationError for the last administrator, whom nobody could bring back."""
    if membership.role == Role.ADMINISTRATOR and _administrators().exclude(pk=membership.pk).count() == 0:
        raise ValidationError(
            "This is the last administrator. Give the role to somebody else first: without one, nobody can give roles."
        )
    payload = _payload(membership)
    membership.delete()
    record(ROLE_TAKEN, actor=actor, payload=payload)
    publish("identity.role.taken", dict(payload), key=str(payload["person"]))


def _administrators() -> QuerySet[Membership]:
    """The rows of all administrators, locked, so that two of them cannot take each other's role at once."""
    return Membership.objects.select_for_update().filter(role=Role.ADMINISTRATOR.value)


def _check_fit(role: Role, team: Team | None) -> None:
    if role.of_a_team and team is None:
        raise ValidationError(f"The role {role.label} is held in a team. Choose the team.")
    if not role.of_a_team and team is not None:
        raise ValidationError(f"The role {role.label} is held for the whole organisation. Leave the team empty.")


def _payload(membership: Membership) -> dict[str, str | int]:
    where = membership.team.slug if membership.team else EVERYWHERE
    return {"person": str(membership.user.public_id), "role": membership.role, "team": where}
