"""Questions to the catalog."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length, Lower

from portal.core.catalog.domain.systems import SystemRefused
from portal.core.catalog.models import (
    Asset,
    AssetAlias,
    DataSystem,
    Flow,
    FlowStep,
    Kind,
    Layer,
    Placement,
    TeamAddress,
)
from portal.core.catalog.secrets import resolve_secret
from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Erasable, Measurable, Resolvable, SystemConfig
from portal.core.identity.models import Team
from portal.core.notify.registry import channels

MOST_PARTS = 20


def asset_named(namespace: str, name: str) -> Asset | None:
    """The asset with exactly this OpenLineage name."""
    return Asset.objects.filter(namespace=namespace, name=name).first()


def asset_of_key(text: str) -> Asset | None:
    """The asset whose namespace and name, joined by a slash, are `text`; namespaces hold slashes too."""
    parts = text.split("/")
    places = range(1, min(len(parts), MOST_PARTS))
    pairs = (Q(namespace="/".join(parts[:n]), name="/".join(parts[n:])) for n in places)
    either = reduce(or_, pairs, Q(pk=None))
    return Asset.objects.select_related("owner_team").filter(either).first()


def assets_by_id(ids: Iterable[int]) -> dict[int, Asset]:
    """Assets by their id, with their owners; ids that no asset has are left out."""
    return Asset.objects.select_related("owner_team").in_bulk(list(ids))


def resolve_asset(text: str) -> Asset | None:
    """The asset that `text` names: an alias first, else a name that only one asset has."""
    text = text.strip()
    alias = AssetAlias.objects.select_related("asset").filter(text=text).first()
    if alias:
        return alias.asset
    named = list(Asset.objects.filter(name=text)[:2])
    return named[0] if len(named) == 1 else None


def resolve_team(text: str) -> Team | None:
    """The team that `text` names: by address, slug or name."""
    text = text.strip()
    address = TeamAddress.objects.select_related("team").filter(text__iexact=text).first()
    if address:
        return address.team
    return Team.objects.filter(Q(slug__iexact=text) | Q(name__iexact=text)).first()


def resolve_teams(texts: Iterable[str]) -> dict[str, Team]:
    """Each of the texts that names a team, with that team; as `resolve_team`, in two queries for all of them."""
    asked = {text: text.strip().lower() for text in texts}
    wanted = set(asked.values())
    if not wanted:
        return {}
    teams = Team.objects.annotate(low_slug=Lower("slug"), low_name=Lower("name"))
    teams = teams.filter(Q(low_slug__in=wanted) | Q(low_name__in=wanted)).order_by("-name")
    found = {key: team for team in teams for key in (team.low_name, team.low_slug)}
    addresses = TeamAddress.objects.select_related("team").annotate(low=Lower("text")).filter(low__in=wanted)
    found |= {address.low: address.team for address in addresses}
    return {text: found[key] for text, key in asked.items() if key in found}


def resolve_assets(texts: Iterable[str]) -> dict[str, Asset]:
    """Each of the texts that names an asset, with that asset; as `resolve_asset`, in two queries for all of them."""
    asked = {text: text.strip() for text in texts}
    wanted = set(asked.values())
    if not wanted:
        return {}
    named: dict[str, list[Asset]] = {}
    for asset in Asset.objects.filter(name__in=wanted):
        named.setdefault(asset.name, []).append(asset)
    found = {name: assets[0] for name, assets in named.items() if len(assets) == 1}
    aliases = AssetAlias.objects.select_related("asset").filter(text__in=wanted)
    found |= {alias.text: alias.asset for alias in aliases}
    return {text: found[key] for text, key in asked.items() if key in found}


def addresses_of(team: Team, kind: str) -> list[str]:
    """The team's addresses of one kind (`email`, `channel`, `webhook`), as its channel takes them."""
    found = TeamAddress.objects.filter(team=team, kind=kind, purpose=TeamAddress.Purpose.ALERTS)
    return [address.told_at for address in found]


def channels_of(team: Team, purpose: str = TeamAddress.Purpose.ALERTS) -> list[tuple[str, str]]:
    """(channel, address) pairs that are told whatever is wrong; or those for post-mortems, mailboxes among them."""
    found = TeamAddress.objects.filter(team=team, purpose=purpose)
    alerts = purpose == TeamAddress.Purpose.ALERTS
    kinds = [kind for kind, channel in channels().items() if channel.for_everything or not alerts]
    return [(address.kind, address.told_at) for address in found.filter(kind__in=kinds)]


def assets() -> QuerySet[Asset]:
    """Every asset, with its owner."""
    return Asset.objects.select_related("owner_team")


def kinds_and_layers() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What an asset may be and where it may stand, as (value, label) pairs for filters."""
    return list(Kind.choices), list(Layer.choices)


def placements_of(asset: Asset) -> list[Placement]:
    """Where the asset lies."""
    return list(asset.placements.select_related("system"))


def systems() -> QuerySet[DataSystem]:
    """Every registered system, with its owner."""
    return DataSystem.objects.select_related("owner_team").prefetch_related("placements__asset")


def flows() -> QuerySet[Flow]:
    """Every declared flow with its steps."""
    return Flow.objects.select_related("owner_team").prefetch_related("steps__asset")


def flow_ways() -> dict[int, tuple[str, int, list[int]]]:
    """Every flow as its name, its owner team's id and the ids of its assets in order; light, for many flows."""
    found: dict[int, tuple[str, int, list[int]]] = {}
    steps = FlowStep.objects.order_by("flow__name", "position")
    for flow, name, team, asset in steps.values_list("flow", "flow__name", "flow__owner_team", "asset"):
        found.setdefault(flow, (name, team, []))[2].append(asset)
    return found


def tier_one_assets() -> QuerySet[Asset]:
    """The assets of tier 1; every vector index is one, whatever the catalog says of it."""
    return Asset.objects.filter(Q(tier=1) | Q(kind=Kind.VECTOR_INDEX))


def assets_like(text: str) -> QuerySet[Asset]:
    """Assets whose name, namespace or alias holds `text`, the shortest names first."""
    words = Q(name__icontains=text) | Q(namespace__icontains=text) | Q(aliases__text__icontains=text)
    found = Asset.objects.select_related("owner_team").filter(words).distinct()
    return found.annotate(size=Length("name")).order_by("size", "name", "pk")


def system_config(system: DataSystem, purpose: str = "probe") -> SystemConfig:
    """What a connector needs to reach `system`, its secret resolved; `purpose` is `probe` or `erase`."""
    reference = {"probe": system.probe_secret, "erase": system.erase_secret}[purpose]
    settings: dict[str, Any] = dict(system.settings)
    return SystemConfig(name=system.name, kind=system.kind, settings=settings, secret=resolve_secret(reference))


def reachability(system: DataSystem) -> list[tuple[str, bool, str]]:
    """Whether the system answers with its `probe` and its `erase` secret: (purpose, reached, sentence)."""
    return [(purpose, *_reach(system, purpose)) for purpose in ("probe", "erase")]


def _reach(system: DataSystem, purpose: str) -> tuple[bool, str]:
    try:
        connector, config = registry.get(system.kind), system_config(system, purpose)
        connector.ping(config)
        cautions = connector.cautions(config) if purpose == "probe" else []
    except (ConnectorError, SystemRefused) as error:
        return False, str(error)
    return True, " ".join(["the system answered.", *cautions])


def capabilities(kind: str) -> list[str]:
    """What the connector of `kind` can do, in words."""
    connector = registry.get(kind)
    words = ((Measurable, "measured"), (Resolvable, "asked for identities"), (Erasable, "erased from"))
    return [word for capability, word in words if isinstance(connector, capability)]


def systems_with(setting: str) -> dict[int, Any]:
    """The number of each system that has this key in its settings, with the value."""
    found = DataSystem.objects.filter(settings__has_key=setting)
    return {pk: settings[setting] for pk, settings in found.values_list("pk", "settings")}
