"""Where a team is told, and what became of a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.core.catalog.models import TeamAddress
from portal.core.identity.models import Team, User
from portal.core.identity.policies import Act, require
from portal.core.notify.registry import channels
from portal.core.notify.selectors import deliveries


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a test came: waiting, delivered or given up, and why."""

    state: str
    delivered_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Place:
    """An address as its page shows it."""

    address: TeamAddress
    has_own_key: bool


def places_of(team: Team) -> Sequence[Place]:
    """The team's addresses that are told; mere names are left out."""
    found = TeamAddress.objects.filter(team=team, kind__in=channels()).select_related("team").order_by("kind", "text")
    return [Place(each, each.kind == TeamAddress.Kind.WEBHOOK and not each.secret) for each in found]


def address_for(reader: User, pk: int) -> TeamAddress | None:
    """One address that can be told; rights on its team are the caller's to ask."""
    require(reader, Act.KEEP_ROTA)
    return TeamAddress.objects.select_related("team").filter(pk=pk, kind__in=channels()).first()


def tested(address: TeamAddress, mark: str) -> Outcome | None:
    """What became of the test of that mark; None where there was none."""
    key = f"oncall.test:{address.pk}:{mark}:trigger"
    found = deliveries([key]).get(key)
    return Outcome(*found) if found else None
