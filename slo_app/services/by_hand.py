"""SLOs that a team sets by hand, for an asset without a promise in a contract or beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.kinds import Kind
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require

from .. import evidence_kinds
from ..models import Slo
from .burning import arm

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset
    from portal.core.identity.models import User


@transaction.atomic
def create_slo(*, user: User, asset: Asset, kind: str, facts: dict[str, Any], key: UUID) -> Slo:
    """Begin to measure a new SLO; the same key again gives the same SLO.

    Raises PermissionDenied for people who do not own the asset, ValidationError where the name is taken.
    """
    require(user, Act.SET_SLO, asset)
    made = Slo.objects.filter(made_with=key).first()
    if made is not None:
        return made
    _check_name(asset, kind, str(facts["name"]))
    present = now()
    slo = Slo.objects.create(asset=asset, kind=kind, created_at=present, next_due_at=present, made_with=key, **facts)
    arm(slo)
    _record(evidence_kinds.MADE, user, slo, target=str(slo.target), alert=str(slo.alert))
    return slo


@transaction.atomic
def change_slo(*, user: User, slo: Slo, facts: dict[str, Any]) -> Slo:
    """Change the terms of an SLO set by hand; its history stays, and it is measured at once.

    Raises PermissionDenied for people who do not own the asset, ValidationError for a contract's SLO.
    """
    slo = _locked(user, slo)
    if facts["name"] != slo.name:
        _check_name(slo.asset, slo.kind, str(facts["name"]))
    if all(getattr(slo, name) == value for name, value in facts.items()):
        return slo
    for name, value in facts.items():
        setattr(slo, name, value)
    slo.next_due_at = now()
    slo.save()
    arm(slo)
    _record(evidence_kinds.CHANGED, user, slo, target=str(slo.target), alert=str(slo.alert))
    return slo


@transaction.atomic
def switch_slo(*, user: User, slo: Slo, on: bool) -> Slo:
    """Stop measuring an SLO set by hand, or begin again; raises as `change_slo`."""
    slo = _locked(user, slo)
    if slo.enabled == on:
        return slo
    slo.enabled, slo.next_due_at = on, now()
    slo.save(update_fields=["enabled", "next_due_at"])
    _record(evidence_kinds.SWITCHED_ON if on else evidence_kinds.SWITCHED_OFF, user, slo)
    return slo


def _locked(user: User, slo: Slo) -> Slo:
    slo = Slo.objects.select_for_update(of=("self",)).select_related("asset").get(pk=slo.pk)
    require(user, Act.SET_SLO, slo.asset)
    if slo.contract:
        raise ValidationError(
            f"{slo.contract} {slo.contract_version} promises this SLO, so only the contract changes it."
        )
    return slo


def _check_name(asset: Asset, kind: str, name: str) -> None:
    if Slo.objects.filter(asset=asset, kind=kind, name=name).exists():
        raise ValidationError({"name": f"{asset} has an SLO of this indicator and name. Choose another name."})


def _record(kind: Kind, user: User, slo: Slo, **more: str) -> None:
    subject: dict[str, str | int] = {"slo": slo.pk, "asset": slo.asset.key, "kind": slo.kind, "name": slo.name}
    record(kind, actor=actor_of(user), payload=subject | more, team_id=slo.owner_team_id)
