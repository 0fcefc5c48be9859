"""Adding people and teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db import transaction

from portal.core.events.services import publish
from portal.core.evidence.services import record
from portal.core.identity.evidence_kinds import PERSON_ADDED, TEAM_ADDED
from portal.core.identity.models import Team, User

if TYPE_CHECKING:
    from portal.core.evidence.actors import Actor


@transaction.atomic
def add_person(*, actor: Actor, email: str, name: str, password: str | None = None) -> User:
    """Save and return a person. Who adds them vouches for the address, so it counts as verified."""
    user = User.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    record(PERSON_ADDED, actor=actor, payload={"person": str(user.public_id)})
    publish("identity.person.added", {"person": str(user.public_id)}, key=str(user.public_id))
    return user


@transaction.atomic
def add_team(*, actor: Actor, slug: str, name: str) -> Team:
    """Save and return a team."""
    team = Team.objects.create(slug=slug, name=name)
    record(TEAM_ADDED, actor=actor, payload={"team": slug})
    publish("identity.team.added", {"team": slug}, key=slug)
    return team
