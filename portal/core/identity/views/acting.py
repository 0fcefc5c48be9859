"""Who acts on these pages: an administrator, whom @requires has let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from portal.core.identity.actors import actor_of
from portal.core.identity.roles import Role

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.core.evidence.actors import Actor
    from portal.core.identity.models import User


def administrator(request: HttpRequest) -> Actor:
    """The ledger's actor for the administrator behind the request."""
    return actor_of(cast("User", request.user), Role.ADMINISTRATOR)
