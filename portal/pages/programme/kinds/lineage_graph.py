"""`lineage/graph.md`: every declared flow with its drawing, its hops and its evidence; what is shown of how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lineage_app.selectors.graph_file import CHUNK, declared_assets, graph_file
from portal.core.catalog.selectors import asset_named, flow_named, flows, kinds_and_layers, resolve_team
from portal.core.catalog.services import adopt_asset, declare_flow
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, may, require
from portal.pages.programme.definitions import block, definitions_of
from portal.pages.programme.registry import Document, File, Outcome, Scene, Word, document
from portal.pages.programme.taking import one_by_one, text_in

if TYPE_CHECKING:
    from portal.core.identity.models import Team, User


@dataclass(frozen=True, slots=True)
class _Of:
    """Stands for something of a team that is not there yet, in the table of acts."""

    team: Team | None

    def team_ids(self) -> set[int]:
        return {self.team.pk} if self.team else set()


@document("lineage_graph")
class LineageGraph(Document):
    """The declared flows. What runs proved is written for people; what is read back are flows and their assets."""

    path = r"lineage/graph\.md"
    label = "lineage/graph.md"
    about = "The declared flows: drawing, hops, newest runs, evidence. Imported are flows and assets, never runs."
    order = 20

    def count(self) -> int:
        """One a flow, and the head."""
        return flows().count() + 1

    def files(self, scene: Scene) -> Iterator[File]:
        """One file."""
        yield File("lineage/graph.md", (piece.encode() for piece in _pieces(scene)))

    def take(self, user: User, path: str, content: bytes) -> Iterator[Outcome]:
        """First the assets that are not known, then the flows over them."""
        yield from one_by_one(path, definitions_of(content.decode()), lambda given: _take(user, given))


def _pieces(scene: Scene) -> Iterator[str]:
    yield from graph_file(scene.at, site=scene.site)
    yield from block(_definitions())


def _definitions() -> Iterator[dict[str, Any]]:
    for asset in declared_assets():
        yield _asset(asset)
    found = flows().order_by("name")
    for start in range(0, found.count(), CHUNK):
        for flow in found[start : start + CHUNK]:
            yield _flow(flow)


def _asset(asset: Any) -> dict[str, Any]:
    return {
        "asset": asset.name,
        "namespace": asset.namespace,
        "kind": asset.kind,
        "layer": asset.layer,
        "tier": asset.tier,
        "tier_reason": asset.tier_reason,
        "owner": asset.owner_team.slug if asset.owner_team else "",
    }


def _flow(flow: Any) -> dict[str, Any]:
    way = [[step.asset.namespace, step.asset.name] for step in flow.steps.all()]
    return {"flow": flow.name, "owner": flow.owner_team.slug, "way": way}


def _take(user: User, given: dict[str, Any]) -> tuple[Word, str]:
    if "asset" in given:
        return _take_asset(user, given)
    if "flow" in given:
        return _take_flow(user, given)
    raise ValueError("A definition here begins with `asset` or `flow`.")


def _take_asset(user: User, given: dict[str, Any]) -> tuple[Word, str]:
    known = asset_named(str(given.get("namespace")), str(given["asset"]))
    if known is not None:
        if _asset(known) == given:
            return Word.KEPT, f"The asset {known.name} is the same here."
        return Word.TOLD, f"The asset {known.name} is here with other words: a contract or its owner changes it."
    namespace, name, team = text_in(given, "namespace", 500), text_in(given, "asset", 1000), _team(given)
    require(user, Act.WRITE_CONTRACT, _Of(team))
    words = [{value for value, _ in choices} for choices in kinds_and_layers()]
    kind, layer = (_one_of(given, field, known) for field, known in zip(("kind", "layer"), words, strict=True))
    tier = given.get("tier")
    if tier not in (None, 1, 2, 3) or isinstance(tier, bool):
        raise ValueError("`tier` is 1, 2, 3 or null.")
    tiers = {"tier": tier, "tier_reason": text_in(given, "tier_reason", 200, empty=True)}
    allowed = tier is None or may(user, Act.SET_TIERS)
    made = adopt_asset(
        actor=actor_of(user), namespace=namespace, name=name, kind=kind, layer=layer, owner_team=team,
        **(tiers if allowed else {}),
    )  # fmt: skip
    without = "" if allowed else f" Its tier {tier} was left out: the head of data or an administrator sets tiers."
    return Word.CREATED, f"The asset {made.name} is in the catalog now.{without}"


def _take_flow(user: User, given: dict[str, Any]) -> tuple[Word, str]:
    known = flow_named(str(given["flow"]))
    if known is not None and _flow(known) == given:
        return Word.KEPT, f"The flow {known.name} is declared so here."
    name, team = text_in(given, "flow", 200), _team(given)
    assets = [_station(place) for place in _way(given)]
    for governed in filter(None, (known, _Of(team), assets[-1] if assets else None)):
        require(user, Act.DECLARE_LINEAGE, governed)
    declare_flow(actor=actor_of(user), name=name, owner_team=team, assets=assets, flow=known)
    if known is not None:
        return Word.CHANGED, f"The flow {name} has this way now."
    return Word.CREATED, f"The flow {name} is declared now."


def _team(given: dict[str, Any]) -> Team:
    owner = text_in(given, "owner", 200)
    team = resolve_team(owner)
    if team is None:
        raise ValueError(f"There is no team “{owner}”: add it first, or correct the owner.")
    return team


def _one_of(given: dict[str, Any], field: str, known: set[str]) -> str:
    value = text_in(given, field, 40, empty=True)
    if value and value not in known:
        raise ValueError(f"`{field}` is one of: {', '.join(sorted(known))}.")
    return value


def _way(given: dict[str, Any]) -> list[tuple[str, str]]:
    way = given.get("way")
    if not isinstance(way, list) or not all(
        isinstance(each, list) and len(each) == 2 and all(isinstance(part, str) for part in each) for each in way
    ):
        raise ValueError("`way` is a list of pairs of namespace and name.")
    return [(namespace, name) for namespace, name in way]


def _station(place: tuple[str, str]) -> Any:
    found = asset_named(*place)
    if found is None:
        raise ValueError(f"There is no asset “{place[1]}” in “{place[0]}”: define it above the flow.")
    return found
