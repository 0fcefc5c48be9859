"""Every write to the catalog."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from portal.core.catalog import evidence_kinds
from portal.core.catalog.domain.systems import SystemRefused, check_secret, check_settings
from portal.core.catalog.models import (
    Asset,
    AssetAlias,
    DataSystem,
    Flow,
    FlowStep,
    Placement,
    TeamAddress,
)
from portal.core.catalog.permitted import permitted_places
from portal.core.catalog.selectors import ANSWERED
from portal.core.clock.services import now
from portal.core.connectors import registry
from portal.core.events.services import publish
from portal.core.evidence.actors import Actor
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.evidence.services.recording import EMAIL, MAX_TEXT
from portal.core.identity.models import Team

MOST_STEPS = 50
LEAST_REASON = 10


@transaction.atomic
def adopt_asset(
    *,
    actor: Actor,
    namespace: str,
    name: str,
    kind: str = "",
    layer: str = "",
    tier: int | None = None,
    tier_reason: str = "",
    owner_team: Team | None = None,
) -> Asset:
    """Create or update one asset; empty values leave what is there. Evidence and an event only when it changed."""
    asset, created = Asset.objects.select_for_update().get_or_create(namespace=namespace, name=name)
    wanted: dict[str, Any] = {
        "kind": kind, "layer": layer, "tier": tier, "tier_reason": tier_reason, "owner_team": owner_team,
    }  # fmt: skip
    changed = [k for k, v in wanted.items() if v not in (None, "") and getattr(asset, k) != v]
    for field in changed:
        setattr(asset, field, wanted[field])
    if (
        asset.kind == "vector_index" and asset.tier != 1
    ):  # every vector index is tier 1 (architecture, "Names that join")
        asset.tier, asset.tier_reason = 1, "vector store"
        changed += ["tier", "tier_reason"]
    if not (created or changed):
        return asset
    asset.full_clean()
    asset.save(update_fields=None if created else sorted(set(changed)))
    _tell(asset, actor)
    return asset


def _tell(asset: Asset, actor: Actor) -> None:
    record(
        evidence_kinds.ASSET_CHANGED,
        actor=actor,
        team_id=asset.owner_team_id,
        payload={
            "asset": asset.key,
            "kind": asset.kind or "not typed",
            "layer": asset.layer or "none",
            "tier": str(asset.tier or "none"),
            "owner": asset.owner_team.slug if asset.owner_team else "nobody",
        },
    )
    publish("catalog.asset.changed", {"asset_id": asset.pk}, key=asset.key)


@transaction.atomic
def add_alias(*, text: str, asset: Asset) -> AssetAlias:
    """Let `text` name `asset`; raises ValidationError where it names another one already."""
    alias, _ = AssetAlias.objects.get_or_create(text=text.strip(), defaults={"asset": asset})
    if alias.asset_id != asset.pk:
        raise ValidationError(f"“{text}” already names {alias.asset.key}; take it away there first.")
    return alias


@transaction.atomic
def add_team_address(*, text: str, team: Team, kind: str) -> TeamAddress:
    """Let `text` name `team`; raises ValidationError where it names another one already."""
    address, _ = TeamAddress.objects.get_or_create(text=text.strip(), defaults={"team": team, "kind": kind})
    if address.team_id != team.pk:
        raise ValidationError(f"“{text}” already names the team {address.team.name}; take it away there first.")
    return address


@transaction.atomic
def register_system(
    *,
    actor: Actor,
    name: str,
    kind: str,
    settings: dict[str, Any],
    label: str = "",
    probe_secret: str = "",
    erase_secret: str = "",
    region: str = "",
    owner_team: Team | None = None,
) -> DataSystem:
    """Create or update a data system.

    Raises SystemRefused where a secret is not a reference, or a host or path is not on the allow-list.
    """
    if kind not in registry.kinds():
        raise SystemRefused(f"There is no connector of kind “{kind}”. Known: {', '.join(sorted(registry.kinds()))}.")
    check_secret(probe_secret)
    check_secret(erase_secret)
    check_settings(settings, permitted_places())
    system, _ = DataSystem.objects.update_or_create(
        name=name,
        defaults={
            "kind": kind, "settings": settings, "label": label, "probe_secret": probe_secret,
            "erase_secret": erase_secret, "region": region, "owner_team": owner_team,
        },
        create_defaults={
            "kind": kind, "settings": settings, "label": label, "probe_secret": probe_secret,
            "erase_secret": erase_secret, "region": region, "owner_team": owner_team, "created_at": now(),
        },
    )  # fmt: skip
    payload = {"system": name, "kind": kind, "settings_digest": digest(canonical_bytes(settings))}
    record(evidence_kinds.SYSTEM_REGISTERED, actor=actor, payload=payload)
    return system


@transaction.atomic
def note_test(*, actor: Actor, system: DataSystem, found: Sequence[tuple[str, bool, str]]) -> None:
    """Keep in the ledger whether a system answered with each of its secrets: a word, never what it said."""
    words = {purpose: ANSWERED if reached else "did not answer" for purpose, reached, _ in found}
    record(evidence_kinds.SYSTEM_TESTED, actor=actor, payload={"system": system.name, **words})


@transaction.atomic
def place(*, asset: Asset, system: DataSystem, object_name: str, settings: dict[str, Any] | None = None) -> Placement:
    """Say that `asset` lies in `system` as `object_name`."""
    placement, _ = Placement.objects.update_or_create(
        system=system, object_name=object_name, defaults={"asset": asset, "settings": settings or {}}
    )
    return placement


@transaction.atomic
def declare_flow(
    *, actor: Actor, name: str, owner_team: Team, assets: Sequence[Asset], flow: Flow | None = None
) -> Flow:
    """Declare, or declare anew, the ordered assets from source to product; the same words again change nothing.

    `flow` is the one to change; without it, the one of that name or a new one. Raises ValidationError below two
    assets, above MOST_STEPS, for an asset that stands in it twice, and for a name that another flow has.
    """
    _check_steps(assets)
    flow = flow or Flow.objects.filter(name=name).first() or Flow(declared_at=now())
    same = flow.pk and (flow.name, flow.owner_team_id) == (name, owner_team.pk)
    if same and list(flow.steps.values_list("asset", flat=True)) == [asset.pk for asset in assets]:
        return flow
    flow.name, flow.owner_team = name, owner_team
    flow.full_clean(exclude=["declared_at"])
    flow.save()
    flow.steps.all().delete()
    FlowStep.objects.bulk_create(FlowStep(flow=flow, position=i, asset=a) for i, a in enumerate(assets))
    record(evidence_kinds.FLOW_DECLARED, actor=actor, payload=_way(flow, assets), team_id=owner_team.pk)
    publish("catalog.flow.declared", {"flow_id": flow.pk}, key=name)
    return flow


@transaction.atomic
def withdraw_flow(*, actor: Actor, flow: Flow, reason: str) -> None:
    """Take a flow away, with the reason in the ledger; raises ValidationError where there is none."""
    reason = " ".join(reason.split())[:500]
    if len(reason) < LEAST_REASON:
        raise ValidationError(f"Say why in at least {LEAST_REASON} characters: fewer flows change the coverage.")
    if EMAIL.search(reason):
        raise ValidationError("Leave e-mail addresses out of the reason: the ledger keeps it for ever.")
    assets = [step.asset for step in flow.steps.select_related("asset")]
    payload = _way(flow, assets) | {"reason": reason}
    record(evidence_kinds.FLOW_WITHDRAWN, actor=actor, payload=payload, team_id=flow.owner_team_id)
    publish("catalog.flow.withdrawn", {"flow": flow.name}, key=flow.name)
    flow.delete()


def _check_steps(assets: Sequence[Asset]) -> None:
    if len(assets) < 2:
        raise ValidationError("A flow has at least two assets, from its source to its product.")
    if len(assets) > MOST_STEPS:
        raise ValidationError(f"A flow has at most {MOST_STEPS} assets: declare what leads to each product by itself.")
    twice = next((asset for place, asset in enumerate(assets) if asset in assets[:place]), None)
    if twice:
        raise ValidationError(f"{twice} stands in the flow twice: a flow passes each asset once.")


def _way(flow: Flow, assets: Sequence[Asset]) -> dict[str, str | int]:
    way = " > ".join(asset.key for asset in assets)
    return {"flow": flow.name, "steps": len(assets), "way": way if len(way) <= MAX_TEXT else digest(way.encode())}
