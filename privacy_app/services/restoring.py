"""Systems that were restored: noted, replayed by a worker, and live only after that; and rehearsals of it."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from portal.core.catalog import selectors as catalog
from portal.core.clock.services import now
from portal.core.connectors import base as connectors
from portal.core.connectors import registry
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.artifact import rfc3339
from privacy_app.models import Restore
from privacy_app.services import rechecking
from privacy_app.services.lifecycle import RequestRefused
from privacy_app.services.replay import Reached, Replayed, ReplayRefused, replay
from privacy_app.services.waking import wake_replays

LEASE = timedelta(minutes=30)
ACTOR = "privacy.replay"
FAILURES = (connectors.ConnectorError, ReplayRefused)
_log = logging.getLogger(__name__)


@transaction.atomic
def note(*, user: Any, system: Any, taken_at: datetime) -> Restore:
    """Say that a system was restored to a backup of `taken_at`; a worker replays the suppression list on it."""
    require(user, Act.PLAN_DELETION)
    if taken_at > now():
        raise RequestRefused("A backup cannot be taken in the future. Give the moment whose data it holds.")
    made = Restore.objects.create(system=system, taken_at=taken_at, noted_at=now(), noted_by=user)
    wake_replays()
    return made


@transaction.atomic
def begin(*, system: Any, taken_at: datetime | None) -> Restore:
    """The same for a program, which replays it itself: no worker takes it meanwhile."""
    return Restore.objects.create(system=system, taken_at=taken_at, noted_at=now(), lease_until=now() + LEASE)


@transaction.atomic
def rehearse(*, user: Any, system: Any, backup: str) -> Restore:
    """Have a backup restored into a scratch place and the list replayed there; the live system is not touched."""
    require(user, Act.PLAN_DELETION)
    chosen = next((each for each in backups_of(system) if each.name == backup), None)
    if chosen is None:
        raise RequestRefused(f"{system.name} has no backup of this name any more. Choose another one.")
    made = Restore.objects.create(
        system=system, taken_at=chosen.taken_at, rehearsal=True, backup=chosen.name, noted_at=now(), noted_by=user
    )
    wake_replays()
    return made


def backups_of(system: Any) -> list[connectors.Backup]:
    """The backups of a system that can be rehearsed with; none where its kind cannot, or its folder cannot be read."""
    connector = registry.kinds().get(system.kind)
    if not isinstance(connector, connectors.Restorable):
        return []
    try:
        return connector.backups(catalog.system_config(system, "erase"))
    except connectors.ConnectorError as error:
        _log.warning("the backups of system %s cannot be listed: %s", system.pk, error)
        return []


@transaction.atomic
def again(*, user: Any, restore_id: int) -> Restore:
    """Replay once more, after something was put right."""
    require(user, Act.PLAN_DELETION)
    restore = Restore.objects.select_for_update().get(pk=restore_id)
    if restore.state not in (Restore.State.FAILED, Restore.State.REPLAYED):
        raise RequestRefused(f"This restore is not to be replayed: {restore.get_state_display().lower()}.")
    restore.state, restore.lease_until = Restore.State.NOTED, None
    restore.save(update_fields=["state", "lease_until"])
    wake_replays()
    return restore


@transaction.atomic
def go_live(*, actor: Actor, restore_id: int) -> Restore:
    """Let a restored system be used again, and look for every completed subject in it.

    Raises RequestRefused unless the list was replayed on it and nobody was left.
    """
    restore = Restore.objects.select_for_update().select_related("system").get(pk=restore_id)
    if restore.rehearsal:
        raise RequestRefused("A rehearsal never goes live: its scratch copy is gone.")
    if restore.state != Restore.State.REPLAYED:
        raise RequestRefused(
            f"{restore.system.name} may not go live before the suppression list was replayed on it and nobody is left. "
            f"Now: {restore.get_state_display().lower()}. {restore.sentence}".strip()
        )
    restore.state, restore.live_at = Restore.State.LIVE, now()
    restore.save(update_fields=["state", "live_at"])
    payload: dict[str, str | int] = {"system": restore.system.name, "taken_at": _age(restore)}
    record(kinds.WENT_LIVE, actor=actor, payload=payload)
    rechecking.schedule_after_restore(restore.system.name, now())
    return restore


def run_due(limit: int = 10) -> int:
    """Replay what waits; returns how many were tried."""
    done = 0
    while done < limit and (restore := _claim()):
        run(restore)
        done += 1
    return done


@transaction.atomic
def _claim() -> Restore | None:
    free = Q(lease_until=None) | Q(lease_until__lte=now())
    waiting = Restore.objects.filter(free, state=Restore.State.NOTED).select_related("system", "noted_by")
    restore = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("noted_at").first()
    if restore is not None:
        restore.lease_until = now() + LEASE
        restore.save(update_fields=["lease_until"])
    return restore


def run(restore: Restore) -> Restore:
    """Replay on the restored system, or on a scratch copy of a backup, and keep the result."""
    actor = actor_of(restore.noted_by) if restore.noted_by else system_actor(ACTOR)
    try:
        result = _rehearsed(restore, actor) if restore.rehearsal else _replayed(restore, actor)
    except FAILURES as error:
        return _keep_failure(restore, str(error))
    return _keep(restore, result)


def _replayed(restore: Restore, actor: Actor) -> Replayed:
    return replay(restore.system, actor, taken_at=restore.taken_at)


def _rehearsed(restore: Restore, actor: Actor) -> Replayed:
    """The same, on a copy: the erase secret restores, reads and erases there."""
    connector = registry.capable(restore.system.kind, connectors.Restorable)  # type: ignore[type-abstract]
    with connector.scratch(catalog.system_config(restore.system, "erase"), restore.backup) as config:
        reached = Reached(config, config)
        return replay(restore.system, actor, taken_at=restore.taken_at, reached=reached, rehearsal=True)


@transaction.atomic
def _keep(restore: Restore, result: Replayed) -> Restore:
    restore.state = Restore.State.REPLAYED if result.clean else Restore.State.FAILED
    for name in ("listed", "matched", "rows", "left"):
        setattr(restore, name, result.total(name))
    restore.datasets, restore.sentence, restore.entry = result.kept(), result.sentence[:500], result.entry
    restore.replayed_at, restore.lease_until = now(), None
    restore.save()
    return restore


@transaction.atomic
def _keep_failure(restore: Restore, sentence: str) -> Restore:
    restore.state, restore.sentence, restore.lease_until = Restore.State.FAILED, sentence[:500], None
    restore.save(update_fields=["state", "sentence", "lease_until"])
    return restore


def _age(restore: Restore) -> str:
    return rfc3339(restore.taken_at) if restore.taken_at else "unknown"
