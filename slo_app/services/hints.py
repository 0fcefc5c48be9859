"""Hints to subscribed consumers that a decision about them changed: signed, at least once, and no more than a hint.

What holds is what a consumer pulls; a hint only saves it the wait until its answer expires.
"""

from __future__ import annotations

import json

from django.db import transaction

from portal.core.catalog.selectors import assets_by_id
from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.notify.services import enqueue

from ..models import Consumer, ThrottleOverride, ThrottleReach
from ..selectors.throttle import Told, decision
from .reach import refresh_reach
from .throttling import TOPIC


def hint(asset_id: int) -> int:
    """Put a hint into the outbox for each subscribed consumer whose decision is another than it was last told."""
    asset = assets_by_id([asset_id]).get(asset_id)
    if asset is None:
        return 0
    subscribed = dict(Consumer.objects.exclude(webhook="").values_list("consumer", "webhook"))
    reached = ThrottleReach.objects.select_for_update().filter(asset=asset_id, consumer__in=list(subscribed))
    return sum(_hint_one(asset.key, row, subscribed[row.consumer]) for row in reached)


def _hint_one(asset: str, row: ThrottleReach, address: str) -> bool:
    told = decision(asset, f"{row.namespace}/{row.name}")
    if told is None or words(told) == row.told:
        return False
    row.told = words(told)
    row.save(update_fields=["told"])
    subject = f"Throttle of {asset}: {row.told} for {row.name}"[:150]
    key = f"throttle:{row.pk}:{told.etag}:{told.as_of.isoformat()}"
    enqueue(channel="webhook", address=address, subject=subject, body=json.dumps(told.as_json()), dedup_key=key)
    return True


def words(told: Told) -> str:
    """A decision in two words, as it is remembered: `degrade 0.5`."""
    return f"{told.answer.decision.value} {told.answer.rate_factor}"


def on_change(asset_id: int, *, new: bool) -> None:
    """What follows a change of an asset's level: its consumers are read where nobody has, and those who asked hear."""
    if new:
        refresh_reach(asset_id=asset_id, at=now())
    hint(asset_id)


@transaction.atomic
def note_ended_overrides(limit: int = 200) -> int:
    """Tell of overrides whose end has come since; returns how many."""
    ended = ThrottleOverride.objects.select_for_update(skip_locked=True).filter(over=False, ends_at__lte=now())[:limit]
    for override in ended:
        override.over = True
        override.save(update_fields=["over"])
        publish(TOPIC, {"asset_id": override.asset_id})
    return len(ended)
