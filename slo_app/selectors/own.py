"""What a person may set SLOs for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.core.catalog.models import Asset
from portal.core.identity.policies import TABLE, Act, require

if TYPE_CHECKING:
    from portal.core.identity.models import User

SHOWN = 100


def own_assets(user: User) -> list[Asset]:
    """The first assets, by name, of the teams for which the person may set SLOs."""
    require(user, Act.SET_SLO)
    teams = [team for role, team in user.grants() if role in TABLE[Act.SET_SLO] and team]
    return list(Asset.objects.filter(owner_team__in=teams).order_by("name", "namespace")[:SHOWN])
