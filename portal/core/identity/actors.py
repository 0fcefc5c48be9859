"""Turns a person or a part of the portal into the opaque actor that the ledger records."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from portal.core.evidence.actors import Actor
from portal.core.identity.models import ActorName

if TYPE_CHECKING:
    from portal.core.identity.models import ServiceToken, User
    from portal.core.identity.roles import Role


def actor_of(user: User, role: Role | None = None) -> Actor:
    """The actor for a person who acts in `role`; without one, in all the roles that they hold at this time."""
    held = role.value if role else "+".join(sorted({str(held) for held, _ in user.grants()})) or "none"
    return _actor(str(user.public_id), user.name, held)


def token_actor(token: ServiceToken) -> Actor:
    """The actor for a machine that shows a service token."""
    return _actor(f"token:{token.prefix}", token.name, "service_token")


def system_actor(part: str) -> Actor:
    """The actor for a part of the portal that acts by itself, such as "lineage.projector"; its name is no secret."""
    return Actor(id=f"system:{part}", role="system", name_digest=_digest(part, salt=""))


def purge_name(actor_id: str) -> None:
    """Erase the name and the salt behind an actor id: entries keep the id and a digest that no longer opens."""
    ActorName.objects.filter(actor_id=actor_id).delete()


def _actor(actor_id: str, name: str, role: str) -> Actor:
    row, _ = ActorName.objects.get_or_create(actor_id=actor_id, defaults={"name": name, "salt": secrets.token_hex(32)})
    if row.name != name:
        row.name = name
        row.save(update_fields=["name"])
    return Actor(id=actor_id, role=role, name_digest=_digest(name, salt=row.salt))


def _digest(name: str, *, salt: str) -> str:
    """A commitment to the name: names are few and guessable, so without the salt the digest must say nothing."""
    return "sha256:" + hmac.new(salt.encode(), name.encode(), hashlib.sha256).hexdigest()
