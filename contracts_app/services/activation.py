"""From the last signature into force: the notice, the activation, and the end of the version before."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from contracts_app import evidence_kinds, selectors
from contracts_app.domain.answers import Said
from contracts_app.domain.lifecycle import State, notice_ends, step
from contracts_app.domain.model import DEFAULT_DEPRECATION_DAYS
from contracts_app.models import Contract, Version
from contracts_app.services.answers import note_silence
from contracts_app.services.readiness import run_checks
from portal.core.catalog.selectors import resolve_team
from portal.core.catalog.services import adopt_asset
from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset
    from portal.core.identity.models import User

_log = logging.getLogger(__name__)
CLOCK = "contracts.activation"
READINESS = "readiness"


@transaction.atomic
def schedule(*, user: User, version: Version) -> Version:
    """Start the notice of a fully signed proposal; where there is none it comes into force at once."""
    days = selectors.days_of_notice(version)
    version.state = step(State(version.state), State.SCHEDULED).value
    version.signed_at = now()
    version.notice_ends_at = notice_ends(version.signed_at, days)
    version.save(update_fields=["state", "signed_at", "notice_ends_at"])
    payload = {**selectors.evidence_payload(version), "notice_ends": version.notice_ends_at.isoformat()}
    record(evidence_kinds.SCHEDULED, actor=actor_of(user), payload=payload, team_id=version.contract.owner_team_id)
    publish("contracts.version.scheduled", {"version_id": version.pk}, key=version.contract.name)
    return version if days else activate(version=version)


@transaction.atomic
def activate(*, version: Version) -> Version:
    """Put a scheduled version in force if every condition is met; else leave it be, with what its checks found.

    Consumers that let the notice pass are recorded as notified first.

    The checks on live data run last, and only when nothing else holds the version back: they cost the most.
    """
    contract = Contract.objects.select_for_update().get(pk=version.contract_id)
    version = Version.objects.get(pk=version.pk)
    version.contract = contract
    note_silence(version)
    if version.state != State.SCHEDULED or any(one.group != READINESS for one in selectors.unmet_conditions(version)):
        return version
    version.readiness, version.readiness_at = run_checks(version), now()
    version.save(update_fields=["readiness", "readiness_at"])
    return version if selectors.unmet_conditions(version) else _come_into_force(version)


def _come_into_force(version: Version) -> Version:
    actor = system_actor(CLOCK)
    _end_previous(actor, version)
    version.state, version.activated_at = step(State.SCHEDULED, State.ACTIVE).value, now()
    version.save(update_fields=["state", "activated_at"])
    asset = _adopt(actor, version)
    payload = {**selectors.evidence_payload(version), "asset": asset.key}
    record(evidence_kinds.ACTIVATED, actor=actor, payload=payload, team_id=version.contract.owner_team_id)
    _announce(version, asset)
    return version


def activate_due() -> int:
    """Activate every version whose notice has run out; the number that came into force.

    One that fails is logged and tried again at the next tick: it must not keep the others from coming into force.
    """
    done = 0
    due = Version.objects.filter(state=State.SCHEDULED, notice_ends_at__lte=now()).order_by("notice_ends_at")
    for version in due:
        try:
            done += activate(version=version).state == State.ACTIVE
        except Exception:  # noqa: BLE001 - whatever one version raises, it is logged and the others go on
            _log.exception("version %s could not be activated; it will be tried again", version.pk)
    return done


def retire_due() -> int:
    """Retire versions whose window is over, or whose every consumer accepted the end; the number retired.

    One that fails is logged and does not stop the others.
    """
    done = 0
    ending = Q(state=State.DEPRECATED, deprecated_until__lte=now()) | Q(state=State.ACTIVE, ends_at__isnull=False)
    for version in Version.objects.filter(ending):
        try:
            done += _retire(version)
        except Exception:  # noqa: BLE001 - whatever one version raises, it is logged and the others go on
            _log.exception("version %s could not be retired; it will be tried again", version.pk)
    return done


@transaction.atomic
def _retire(version: Version) -> bool:
    Contract.objects.select_for_update().get(pk=version.contract_id)
    version = Version.objects.select_related("contract").get(pk=version.pk)
    if version.state == State.ACTIVE:
        if not _may_end(version):
            return False
    elif version.state != State.DEPRECATED:
        return False
    active = version.contract.versions.filter(state=State.ACTIVE).exclude(pk=version.pk).first()
    _finish(system_actor(CLOCK), version, State.RETIRED, active.number if active else "none")
    return True


def _may_end(version: Version) -> bool:
    """Whether the window of an ending contract has passed, or each of its consumers has accepted before that."""
    if version.ends_at is None:
        return False
    standings = selectors.answers_of(version)
    accepted = all(one.latest is not None and one.latest.word is Said.ACCEPTED for one in standings)
    return version.ends_at <= now() or (bool(standings) and accepted)


def _end_previous(actor: Actor, successor: Version) -> None:
    """A MAJOR change leaves the old version deprecated for its window; any other replaces it at once."""
    previous = successor.contract.versions.filter(state=State.ACTIVE).first()
    if previous is None:
        return
    days = previous.document.deprecation_days
    days = DEFAULT_DEPRECATION_DAYS if days is None else days
    if successor.report.get("required_bump") == "major" and days:
        previous.deprecated_at = now()
        previous.deprecated_until = previous.deprecated_at + timedelta(days=days)
        _finish(actor, previous, State.DEPRECATED, successor.number)
    else:
        _finish(actor, previous, State.RETIRED, successor.number)


def _finish(actor: Actor, version: Version, state: State, successor: str) -> None:
    version.state = step(State(version.state), state).value
    version.ended_at = now() if state is State.RETIRED else None
    version.save(update_fields=["state", "ended_at", "deprecated_at", "deprecated_until"])
    payload = {**selectors.evidence_payload(version), "state": state.value, "successor": successor}
    record(evidence_kinds.ENDED, actor=actor, payload=payload, team_id=version.contract.owner_team_id)
    news = {"version_id": version.pk, "successor": successor}
    publish(f"contracts.version.{state.value}", news, key=version.contract.name)


def _adopt(actor: Actor, version: Version) -> Asset:
    """Write what the contract says of the asset to the catalog; rights follow its owner from now on."""
    ref, known = version.document.asset, selectors.asset_of(version)
    tier = ref.tier if ref.tier is not None else (known.tier if known else None)
    reason = ref.tier_reason or (known.tier_reason if known else "") or "stated by its contract"
    asset = adopt_asset(
        actor=actor,
        namespace=known.namespace if known else ref.namespace,
        name=known.name if known else ref.name,
        kind=ref.kind if not ref.derived or not (known and known.kind) else known.kind,
        layer=ref.layer,
        tier=tier,
        tier_reason=reason if tier == 1 else "",
        owner_team=resolve_team(version.document.owner or "") or version.contract.owner_team,
    )
    contract = version.contract
    contract.asset, contract.owner_team = asset, asset.owner_team
    contract.save(update_fields=["asset", "owner_team"])
    contract.consumer_teams.set(selectors.consumer_teams(version.document))
    return asset


def _announce(version: Version, asset: Asset) -> None:
    news = {
        "contract_id": version.contract_id,
        "version_id": version.pk,
        "asset_id": asset.pk,
        "canonical_hash": version.digest,
    }
    publish("contracts.version.activated", news, key=asset.key)
