"""Questions to the catalog."""

import time
from collections.abc import Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Concat, Lead, Length, Lower

from portal.core.catalog.domain.systems import SystemRefused
from portal.core.catalog.evidence_kinds import SYSTEM_TESTED
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
from portal.core.connectors.base import ByHand, ConnectorError, Erasable, Measurable, Resolvable, SystemConfig
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import newest_of_kind
from portal.core.identity.models import Team
from portal.core.notify.registry import channels

MOST_PARTS = 20
ANSWERED = "answered"
"""What the ledger says of a secret with which a system answered."""


@dataclass(frozen=True, slots=True)
class SystemTest:
    """A test of a system's connection, as the ledger tells of it; `good` is whether the probe secret was answered."""

    entry: Entry
    good: bool

    @property
    def at(self) -> datetime:
        """When."""
        return self.entry.created_at


def asset_named(namespace: str, name: str) -> Asset | None:
    """The asset with exactly this OpenLineage name."""
    return Asset.objects.filter(namespace=namespace, name=name).first()


def assets_named(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Asset]:
    """The assets with exactly these (namespace, name) pairs, with their owners, in one query."""
    wanted = set(names)
    found = Asset.objects.select_related("owner_team").filter(name__in={name for _, name in wanted})
    return {(each.namespace, each.name): each for each in found if (each.namespace, each.name) in wanted}


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


def systems_in_short() -> QuerySet[DataSystem]:
    """Every registered system with its owner and `.assets`, the number of objects that are placed in it."""
    return DataSystem.objects.select_related("owner_team").annotate(assets=Count("placements")).order_by("name")


def flows() -> QuerySet[Flow]:
    """Every declared flow with its steps."""
    return Flow.objects.select_related("owner_team").prefetch_related("steps__asset")


def flow_named(name: str) -> Flow | None:
    """The flow of exactly this name."""
    return flows().filter(name=name).first()


def flow_ways(through: QuerySet[Asset] | None = None) -> dict[int, tuple[str, int, list[int]]]:
    """Every flow as its name, its owner team's id and the ids of its assets in order; light, for many flows.

    With `through`, only those that pass through one of these assets.
    """
    found: dict[int, tuple[str, int, list[int]]] = {}
    steps = FlowStep.objects.order_by("flow__name", "position")
    if through is not None:
        steps = steps.filter(flow__in=FlowStep.objects.filter(asset__in=through).values("flow"))
    for flow, name, team, asset in steps.values_list("flow", "flow__name", "flow__owner_team", "asset"):
        found.setdefault(flow, (name, team, []))[2].append(asset)
    return found


class OnTheWay(NamedTuple):
    """An asset of a flow, as much of it as a list of flows shows."""

    pk: int
    name: str
    kind: str
    tier: int | None


def flow_assets(flows: Collection[int]) -> dict[int, list[OnTheWay]]:
    """The assets of each of these flows (by id), in order; light, for a list."""
    found: dict[int, list[OnTheWay]] = {flow: [] for flow in flows}
    steps = FlowStep.objects.filter(flow__in=found).order_by("flow", "position")
    for flow, *asset in steps.values_list("flow", "asset", "asset__name", "asset__kind", "asset__tier"):
        found[flow].append(OnTheWay(*asset))
    return found


def tier_one_hops(through: QuerySet[Asset] | None = None) -> QuerySet[FlowStep, Any]:
    """Each step of the flows that pass through a tier-1 asset: its `flow_id`, its asset as `start`, the next as `end`.

    The last step of a flow has no `end`. With `through`, only flows that pass through one of these assets as well.
    """
    top = FlowStep.objects.filter(asset__in=tier_one_assets().order_by()).order_by()
    follows = Window(Lead("asset"), partition_by=F("flow"), order_by="position")
    steps = FlowStep.objects.filter(flow__in=top.values("flow")).order_by()
    if through is not None:
        steps = steps.filter(flow__in=FlowStep.objects.filter(asset__in=through).order_by().values("flow"))
    return steps.annotate(start=F("asset"), end=follows).values("flow_id", "start", "end")


def without_a_flow(found: QuerySet[Asset]) -> QuerySet[Asset]:
    """Those of the assets that no flow leads to: one that a flow only starts from is without."""
    earlier = FlowStep.objects.filter(flow=OuterRef("flow"), position__lt=OuterRef("position"))
    return found.exclude(Exists(FlowStep.objects.filter(Exists(earlier), asset=OuterRef("pk"))))


def flow_names(flows: Collection[int]) -> dict[int, str]:
    """The names of the flows of these ids, by id, in the order of the names."""
    return dict(Flow.objects.filter(pk__in=flows).order_by("name").values_list("pk", "name"))


def tier_one_assets() -> QuerySet[Asset]:
    """The assets of tier 1; every vector index is one, whatever the catalog says of it."""
    return Asset.objects.filter(Q(tier=1) | Q(kind=Kind.VECTOR_INDEX))


def assets_like(text: str) -> QuerySet[Asset]:
    """Assets whose key (namespace/name) or alias holds `text`, the shortest names first."""
    key = Concat("namespace", Value("/"), "name")
    words = Q(whole__icontains=text) | Q(Exists(AssetAlias.objects.filter(asset=OuterRef("pk"), text__icontains=text)))
    found = Asset.objects.select_related("owner_team").alias(whole=key).filter(words)
    return found.annotate(size=Length("name")).order_by("size", "name", "pk")


def system_config(system: DataSystem, purpose: str = "probe") -> SystemConfig:
    """What a connector needs to reach `system`, its secret resolved; `purpose` is `probe` or `erase`."""
    reference = {"probe": system.probe_secret, "erase": system.erase_secret}[purpose]
    settings: dict[str, Any] = dict(system.settings)
    return SystemConfig(name=system.name, kind=system.kind, settings=settings, secret=resolve_secret(reference))


def reachability(system: DataSystem, *, within_s: float = 20) -> list[tuple[str, bool, str]]:
    """Whether the system answers with its `probe` and its `erase` secret: (purpose, reached, sentence).

    Both are tried at once, and neither is waited for longer than `within_s` seconds: the thread of one that hangs
    ends by the connector's own time limits.
    """
    pool = ThreadPoolExecutor(2, thread_name_prefix="reach")
    try:
        tries = [(purpose, _begin(pool, system, purpose)) for purpose in ("probe", "erase")]
        deadline = time.monotonic() + within_s
        return [(purpose, *_ended(trial, deadline, within_s)) for purpose, trial in tries]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _begin(pool: ThreadPoolExecutor, system: DataSystem, purpose: str) -> "Future[list[str]] | str":
    """The trial as it runs, or why there is none; the secret is resolved here, so that no thread asks the database."""
    try:
        connector, config = registry.get(system.kind), system_config(system, purpose)
    except (ConnectorError, SystemRefused) as error:
        return str(error)
    return pool.submit(_reach, connector, config, purpose)


def _reach(connector: Any, config: SystemConfig, purpose: str) -> list[str]:
    connector.ping(config)
    return list(connector.cautions(config)) if purpose == "probe" else []


def _ended(trial: "Future[list[str]] | str", deadline: float, within_s: float) -> tuple[bool, str]:
    if isinstance(trial, str):
        return False, trial
    try:
        cautions = trial.result(timeout=max(deadline - time.monotonic(), 0))
    except TimeoutError:
        return False, f"it did not answer within {within_s:g} seconds."
    except (ConnectorError, SystemRefused) as error:
        return False, str(error)
    return True, " ".join(["the system answered.", *cautions])


def tests_of_systems() -> dict[str, SystemTest]:
    """The newest test of each system by its name, among the last thousand that the ledger holds."""
    entries = reversed(newest_of_kind(SYSTEM_TESTED.name, 1000))
    return {each.payload["system"]: SystemTest(each, each.payload["probe"] == ANSWERED) for each in entries}


def capabilities(kind: str) -> list[str]:
    """What the connector of `kind` can do, in words."""
    connector = registry.get(kind)
    words = (
        (Measurable, "measured"),
        (Resolvable, "asked for identities"),
        (Erasable, "erased from"),
        (ByHand, "erased from by hand"),
    )
    return [word for capability, word in words if isinstance(connector, capability)]


def systems_with(setting: str) -> dict[int, Any]:
    """The number of each system that has this key in its settings, with the value."""
    found = DataSystem.objects.filter(settings__has_key=setting)
    return {pk: settings[setting] for pk, settings in found.values_list("pk", "settings")}
