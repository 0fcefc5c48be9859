"""Somebody's word against the level: with a reason and an end, kept as evidence."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require

from .. import evidence_kinds as evidence
from ..domain.durations import words
from ..models import ThrottleOverride
from ..models.throttle import FACTORS, digest_of
from .throttling import TOPIC, level_for

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset
    from portal.core.identity.models import User

LONGEST = timedelta(days=7)


class ThrottleRefused(ValueError):
    """What was asked cannot be set; the sentence says why."""


@transaction.atomic
def override(
    *,
    user: User,
    asset: Asset,
    consumer: str,
    factor: float,
    ends_at: datetime,
    reason: str,
    key: uuid.UUID | None = None,
) -> ThrottleOverride:
    """Let one consumer, or with an empty name every one, read at `factor` until `ends_at`, whatever the level says.

    Raises PermissionDenied for people outside the asset's team, ThrottleRefused where reason or end are missing.
    """
    require(user, Act.HANDLE_INCIDENT, asset)
    known = ThrottleOverride.objects.filter(key=key).first() if key else None
    if known is not None:
        return known
    present, consumer = now(), consumer.strip()
    _check(factor, ends_at, reason, present)
    level_for(asset.pk, present)
    made = ThrottleOverride.objects.create(
        asset=asset,
        consumer=digest_of(consumer) if consumer else "",
        consumer_name=consumer,
        factor=factor,
        reason=reason.strip()[:400],
        author=user,
        created_at=present,
        ends_at=ends_at,
        key=key,
    )
    said = {"factor": str(factor), "until": ends_at.isoformat(), "reason_digest": digest(made.reason.encode())}
    record(evidence.OVERRIDDEN, actor=actor_of(user), payload=_subject(made) | said, team_id=asset.owner_team_id)
    publish(TOPIC, {"asset_id": asset.pk})
    return made


@transaction.atomic
def end_override(*, user: User, override: ThrottleOverride) -> ThrottleOverride:
    """End it before its time. Raises PermissionDenied, or ThrottleRefused where it is over already."""
    require(user, Act.HANDLE_INCIDENT, override)
    current = ThrottleOverride.objects.select_for_update().get(pk=override.pk)
    if current.ended_by_id or current.ends_at <= now():
        raise ThrottleRefused("It has ended already.")
    current.ended_by, current.ends_at, current.over = user, now(), True
    current.save(update_fields=["ended_by", "ends_at", "over"])
    team = current.asset.owner_team_id
    record(evidence.OVERRIDE_ENDED, actor=actor_of(user), payload=_subject(current), team_id=team)
    publish(TOPIC, {"asset_id": current.asset_id})
    return current


def _check(factor: float, ends_at: datetime, reason: str, present: datetime) -> None:
    if factor not in dict(FACTORS):
        raise ThrottleRefused("Choose one of the factors 1, 0.5, 0.1 and 0.")
    if not reason.strip():
        raise ThrottleRefused("Say why the level should not hold.")
    if not present < ends_at <= present + LONGEST:
        raise ThrottleRefused(f"An override ends within {words(LONGEST)}; set its end.")


def _subject(made: ThrottleOverride) -> dict[str, Any]:
    return {"override": made.pk, "asset": made.asset.key, "consumer": made.consumer_name or "every consumer"}
