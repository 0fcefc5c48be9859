"""The level of an asset, computed anew in the transaction that changed one of its SLOs.

Bounded by the asset's own SLOs: its consumers, be they ten thousand, are not touched. Each of them reads the level
with its own distance and class (selectors.throttle). The level's row is locked first, so that two SLOs of one asset
that step at the same time do not overwrite each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from portal.core.catalog.selectors import assets_by_id
from portal.core.clock.services import now
from portal.core.events.services import publish

from ..domain.alert import LOST_INTERVALS, OPEN, Phase
from ..domain.bounds import plain
from ..domain.measurement import Result
from ..domain.throttle import KINDS, Cause, Held, Level, Seen, level_of, step
from ..models import Alert, Slo, ThrottleLevel, ThrottleSource
from ..models.throttle import digest_of

_THROTTLING = Q(kind__in=KINDS, enabled=True, incomplete="", drill=False)
TOPIC = "slo.throttle.changed"
GRACE = timedelta(minutes=1)
"""How much later than "no data" a level may be that nobody has refreshed, before it counts as unknown."""


def follow(slo: Slo, at: datetime) -> None:
    """Refresh the level of its asset where this SLO is of a kind that throttles; in the caller's transaction."""
    if slo.kind in KINDS:
        refresh(asset_id=slo.asset_id, at=at)


@transaction.atomic
def refresh(*, asset_id: int, at: datetime) -> ThrottleLevel | None:
    """Compute the asset's level; None where nothing of it throttles and nothing ever did."""
    slos = list(Slo.objects.filter(_THROTTLING, asset=asset_id).select_related("asset"))
    if not slos and not ThrottleLevel.objects.filter(asset=asset_id).exists():
        return None
    level = level_for(asset_id, at)
    was = {source.slo_id: source for source in ThrottleSource.objects.filter(asset=asset_id)}
    alerts = {alert.slo_id: alert for alert in Alert.objects.filter(slo__in=slos, burn="")}
    looked = [(slo, *_look(slo, alerts.get(slo.pk), was.get(slo.pk), at)) for slo in slos]
    ThrottleSource.objects.filter(asset=asset_id).exclude(slo__in=slos).delete()
    for slo, _, held in looked:
        _keep(slo, was.get(slo.pk), held)
    stale_at = min((_stale_at(slo, seen, at) for slo, seen, _ in looked if seen.phase not in OPEN), default=None)
    _take(level, level_of([held for _, _, held in looked]), _reasons(looked), stale_at, at)
    return level


def level_for(asset_id: int, at: datetime) -> ThrottleLevel:
    """The asset's row, locked; made where there is none, and its consumers are read from lineage soon after."""
    asset = assets_by_id([asset_id])[asset_id]
    key = digest_of(asset.key)
    level, new = ThrottleLevel.objects.get_or_create(asset_id=asset_id, defaults={"key": key, "changed_at": at})
    if new:
        publish(TOPIC, {"asset_id": asset_id, "new": True})
    level = ThrottleLevel.objects.select_for_update().get(pk=level.pk)
    level.key = key
    return level


def refresh_outdated(limit: int = 200) -> int:
    """Refresh assets whose SLOs came, went or were closed by hand since; returns how many."""
    gone = Q(slo__enabled=False) | ~Q(slo__incomplete="") | Q(slo__alerts__phase__in=_CLOSED, cause__in=_BREACHES)
    assets = set(ThrottleSource.objects.filter(gone).values_list("asset", flat=True)[:limit])
    new = Slo.objects.filter(_THROTTLING, throttle=None)
    assets |= set(new.values_list("asset", flat=True)[:limit])
    for asset_id in sorted(assets)[:limit]:
        refresh(asset_id=asset_id, at=now())
    return len(assets)


_CLOSED = [Phase.OK.value, Phase.RESOLVED.value]
_BREACHES = [Cause.FIRING.name, Cause.FAR.name, Cause.SPENT.name]


def _look(slo: Slo, alert: Alert | None, source: ThrottleSource | None, at: datetime) -> tuple[Seen, Held]:
    seen = seen_of(slo, alert)
    return seen, step(source.held if source else Held(since=at), seen, at)


def seen_of(slo: Slo, alert: Alert | None) -> Seen:
    """What the newest look at an SLO and the alert of its threshold say, for the rule."""
    sampled_at = alert.last_sample_at if alert else None
    return Seen(
        phase=Phase(alert.phase) if alert else Phase.OK,
        target=slo.target,
        alert=slo.alert,
        value=slo.last_value,
        spent=slo.spent_at is not None,
        on_target=slo.last_result == Result.OK.value and slo.last_at == sampled_at,
        sampled_at=sampled_at,
    )


def _keep(slo: Slo, source: ThrottleSource | None, held: Held) -> None:
    if source is not None and source.held == held:
        return
    values: dict[str, Any] = {each.name: getattr(held, each.name) for each in fields(held)}
    values |= {"cause": held.cause.name, "asset_id": slo.asset_id}
    ThrottleSource.objects.update_or_create(slo=slo, defaults=values)


def _stale_at(slo: Slo, seen: Seen, at: datetime) -> datetime:
    return (seen.sampled_at or at) + LOST_INTERVALS * slo.interval + GRACE


def _reasons(looked: Iterable[tuple[Slo, Seen, Held]]) -> list[dict[str, Any]]:
    return [reason(slo, seen, held) for slo, seen, held in looked if held.cause is not Cause.NONE]


def reason(slo: Slo, seen: Seen, held: Held) -> dict[str, Any]:
    """One reason as the API gives it: which SLO, its value and the bound it is held against, and since when."""
    bound = slo.target if held.cause is Cause.RECOVERING else slo.alert
    return {
        "slo": str(slo),
        "slo_id": slo.pk,
        "kind": slo.kind,
        "state": held.cause.name.lower(),
        "value": None if seen.value is None or held.cause is Cause.NO_DATA else plain(seen.value),
        "threshold": f"{bound.op} {plain(bound.value)}",
        "since": held.since.isoformat(),
        "text": f"{slo} is {held.cause.value}.",
    }


def _take(
    level: ThrottleLevel, now_is: Level, reasons: list[dict[str, Any]], stale_at: datetime | None, at: datetime
) -> None:
    was = Level(level.factor, level.denies, level.unknown)
    level.factor, level.denies, level.unknown = now_is.factor, now_is.denies, now_is.unknown
    level.reasons, level.stale_at = reasons, stale_at
    if was != now_is:
        level.changed_at = at
        publish(TOPIC, {"asset_id": level.asset_id})
    level.save()
