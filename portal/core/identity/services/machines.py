"""The account under which a machine writes where the portal keeps who wrote: nobody can sign in as it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portal.core.evidence.services import record
from portal.core.identity.actors import token_actor
from portal.core.identity.evidence_kinds import PERSON_ADDED
from portal.core.identity.models import User
from portal.core.identity.roles import Role

if TYPE_CHECKING:
    from portal.core.identity.models import ServiceToken

DOMAIN = "tokens.invalid"  # RFC 2606: no mail ever reaches it


@transaction.atomic
def machine_user(token: ServiceToken, *, team_id: int | None) -> User:
    """The token's account, with the rights of a contributor to that team in this object only.

    In the database it is inactive and holds no role: it cannot sign in, and no other request acts as it.
    """
    email = f"{token.prefix.lower()}@{DOMAIN}"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=f"Service token {token.name}"[:150], is_active=False)
        record(PERSON_ADDED, actor=token_actor(token), payload={"person": str(user.public_id)})
    user.is_active = True
    user._grants = frozenset({(Role.CONTRIBUTOR, team_id)} if team_id is not None else ())
    return user
