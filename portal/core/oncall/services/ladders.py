"""Setting a team's ladder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.models import Team, User
from portal.core.identity.policies import Act, require

from .. import evidence_kinds
from ..domain.escalation import MOST_REPEATS
from ..models import Level, Policy, Rotation

MOST_LEVELS = 8


class LadderRefused(ValueError):
    """A ladder that cannot be; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One level to set."""

    target: str
    wait: timedelta
    rotation: Rotation | None = None
    person: User | None = None
    channel: str = ""


@transaction.atomic
def set_ladder(*, user: User, team: Team, rungs: Sequence[Rung], repeats: int) -> Policy | None:
    """Replace the team's ladder; without rungs the usual ladder holds again (None).

    Pages that are open climb on along the new one. Raises PermissionDenied, or LadderRefused.
    """
    require(user, Act.KEEP_ROTA, team)
    if len(rungs) > MOST_LEVELS or not 0 <= repeats <= MOST_REPEATS:
        raise LadderRefused(f"A ladder has at most {MOST_LEVELS} levels and {MOST_REPEATS} repeats.")
    if any(rung.rotation and rung.rotation.team_id != team.pk for rung in rungs):
        raise LadderRefused(f"Only rotations of {team} can stand in its ladder.")
    Policy.objects.filter(team=team).delete()
    policy = None
    if rungs:
        policy = Policy.objects.create(team=team, repeats=repeats, changed_at=now())
        Level.objects.bulk_create(
            Level(
                policy=policy, position=place, target=rung.target, rotation=rung.rotation, person=rung.person,
                channel=rung.channel, wait=rung.wait,
            )
            for place, rung in enumerate(rungs, 1)
        )  # fmt: skip
    payload: dict[str, str | int] = {"team": team.slug, "levels": len(rungs), "repeats": repeats}
    record(evidence_kinds.POLICY_SET, actor=actor_of(user), payload=payload, team_id=team.pk)
    return policy
