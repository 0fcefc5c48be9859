"""The window around one dataset: the single answer behind table, Mermaid text, SVG, outline, JSON and every export."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.http import urlencode

from lineage_app.domain.grouping import fold_groups, folded_groups
from lineage_app.domain.window import MORE_DOWN, MORE_UP, Window, WindowEdge, WindowGroup, WindowNode, fold
from lineage_app.models import Dataset
from lineage_app.selectors.around import SCANNED, Tie, neighbours, ties, unshown
from lineage_app.selectors.arrows import dataset_arrows, edgeless, job_arrows, job_places
from lineage_app.selectors.boxes import Place, dataset_box, job_box, jobs_by_number
from lineage_app.selectors.doings import Doing, doings_with
from lineage_app.selectors.lifecycle import endings
from lineage_app.selectors.projected import graph_version
from lineage_app.selectors.view import DEEPEST, View
from portal.core.diagrams import HARD_NODES
from portal.core.identity.selectors import token_names


@dataclass(frozen=True)
class Scene:
    """What a window is made of: the place of every dataset that was reached, which of them are open up and down (all
    their neighbours that way were reached), what jobs were `told` to have done, and where its links lead.

    `only` are the jobs whose ties count, None for all; `pairs` the arrows that count, None for all.
    """

    focus: str
    places: dict[int, Place]
    page: str = ""
    more_urls: Mapping[str, str] = field(default_factory=dict)
    open_up: frozenset[int] = frozenset()
    open_down: frozenset[int] = frozenset()
    told: tuple[Doing, ...] = ()
    only: frozenset[int] | None = None
    pairs: frozenset[tuple[int, int]] | None = None


def window(focus: Dataset, view: View, *, limit: int | None = None) -> Window:
    """Return the window around `focus`, at most `limit` nodes, nearest and most recent first."""
    scene = _around(focus, view)
    return picture(scene, replace(view, limit=limit or view.limit))


def more_urls(dataset: int) -> dict[str, str]:
    """Return the addresses of the full lists up and down of a dataset."""
    page = reverse("lineage:impact", args=[dataset])
    return {side: f"{page}?{urlencode({'direction': word})}" for side, word in ((MORE_UP, "up"), (MORE_DOWN, "down"))}


def _around(focus: Dataset, view: View) -> Scene:
    root = focus.root_pk
    places = {root: Place(0)}
    open_up = _reach(places, root, view.up, -1, view)
    open_down = _reach(places, root, view.down, 1, view)
    for token in view.expand:
        number, _, way = token.partition("-")
        pk = int(number) if number.isdecimal() else 0
        if pk in places:
            open_up |= _open(places, pk, -1, view) if way != "down" else set()
            open_down |= _open(places, pk, 1, view) if way != "up" else set()
    page = reverse("lineage:dataset", args=[root])
    return Scene(str(root), places, page, more_urls(root), frozenset(open_up), frozenset(open_down))


def _reach(places: dict[int, Place], root: int, depth: int, sign: int, view: View) -> set[int]:
    """Add what is reached within `depth` hops, SCANNED datasets at most; return those that were opened."""
    opened: set[int] = set()
    frontier, count = [root], 0
    for level in range(1, min(depth, DEEPEST) + 1):
        opened |= set(frontier)
        near = neighbours(frontier, down=sign > 0, moment=view.moment)
        frontier = [pk for pk in near if pk not in places][: SCANNED - count]
        places |= dict.fromkeys(frontier, Place(sign * level))
        count += len(frontier)
        if not frontier:
            break
    return opened


def _open(places: dict[int, Place], pk: int, sign: int, view: View) -> set[int]:
    """Add the neighbours of one node on one side; round a corner they are beside the way to the focus."""
    here = places[pk]
    onward = here.distance * sign >= 0
    away = (abs(here.distance) + 1) * (sign if here.distance == 0 else (1 if here.distance > 0 else -1))
    for near in neighbours([pk], down=sign > 0, moment=view.moment):
        places.setdefault(near, Place(away, here.beside or not onward))
    return {pk}


def picture(scene: Scene, view: View) -> Window:
    """Return the scene as a window: loaded where it can be shown, folded where it cannot."""
    limit = max(3, min(view.limit, HARD_NODES))
    order = sorted(scene.places, key=lambda pk: abs(scene.places[pk].distance))
    loaded = order if view.group else order[:limit]
    found = [tie for tie in ties(scene.places, set(loaded), view.moment) if _counts(scene, tie)]
    nodes, edges = _drawn(scene, view, set(loaded), found)
    rest = [WindowNode(str(pk), "", "", "", "", scene.places[pk].distance) for pk in order[len(loaded) :]]
    nodes, edges, groups = _grouped(scene, view, [*nodes, *rest], edges, limit)
    shown = fold(scene.focus, nodes, edges, limit=limit, more_urls=scene.more_urls, groups=groups)
    return replace(
        shown,
        nodes=_expandable(scene, view, shown),
        as_of=view.as_of.isoformat() if view.as_of else "",
        known_at=view.known_at.isoformat() if view.known_at else "",
        version=graph_version(),
    )


def _counts(scene: Scene, tie: Tie) -> bool:
    return (scene.only is None or tie.job in scene.only) and (scene.pairs is None or tie[:2] in scene.pairs)


def _drawn(scene: Scene, view: View, loaded: set[int], found: list[Tie]) -> tuple[list[WindowNode], list[WindowEdge]]:
    """The loaded datasets as nodes, jobs too where they are asked for, and the edges."""
    rows = Dataset.objects.select_related("asset__owner_team").defer("facets").in_bulk(list(loaded))
    ended = endings(rows, as_of=view.as_of)
    nodes = [dataset_box(rows[pk], place, view, ended.get(pk)) for pk, place in scene.places.items() if pk in rows]
    inner = [tie for tie in found if tie.src in loaded and tie.dst in loaded]
    tokens = token_names({tie.token for tie in inner if tie.token})
    told = _told(scene, view, loaded, found)
    numbers = {each.job for each in ([*found, *told] if view.jobs else inner) if each.job}
    jobs = jobs_by_number(numbers, parts=view.parts)
    if not view.jobs:
        return nodes, dataset_arrows(found, jobs, tokens)
    boxes = [job_box(job, place, view) for job, place in job_places(found, told, jobs, scene.places).values()]
    boxes = [replace(box, distance=0) if box.key == scene.focus else box for box in boxes]
    return [*nodes, *boxes], job_arrows(found, told, jobs, tokens)


def _told(scene: Scene, view: View, loaded: set[int], found: list[Tie]) -> list[Doing]:
    """What jobs without a tie did, such as a dashboard that only reads; at a time of receipt that is not kept."""
    if not view.jobs or view.known_at is not None:
        return []
    told = [*scene.told, *doings_with(scene.open_down & loaded, "input", view.moment)]
    told += doings_with(scene.open_up & loaded, "output", view.moment)
    return edgeless(told, found)


def _grouped(
    scene: Scene, view: View, nodes: list[WindowNode], edges: list[WindowEdge], limit: int
) -> tuple[list[WindowNode], list[WindowEdge], list[WindowGroup]]:
    """Fold whole groups into one node where that is asked for or needed."""
    if not view.group:
        return nodes, edges, []
    folded = folded_groups(nodes, focus=scene.focus, opened=view.opened, closed=view.closed, limit=limit)
    own = {node.group for node in nodes if node.key == scene.focus}
    sizes: dict[str, int] = {}
    for node in nodes:
        sizes[node.group] = sizes.get(node.group, 0) + 1
    urls = {name: f"{scene.page}?{view.turning(name, folded=name in folded).query}" for name in sizes if name}
    groups = [
        WindowGroup(name, size, name in folded, "" if name in own else urls[name])
        for name, size in sorted(sizes.items())
        if name
    ]
    return *fold_groups(nodes, edges, folded, urls), groups


def _expandable(scene: Scene, view: View, shown: Window) -> tuple[WindowNode, ...]:
    """The nodes with the numbers of their neighbours that were not reached, and the addresses that add them."""
    asked = [int(node.key) for node in shown.nodes if node.role == "dataset"]
    if not scene.page or not asked:
        return shown.nodes
    counts = unshown(asked, list(scene.places), view.moment)

    def opened(node: WindowNode) -> WindowNode:
        up, down = counts.get(int(node.key), (0, 0)) if node.role == "dataset" else (0, 0)
        if not up and not down:
            return node
        to = {way: f"{scene.page}?{view.expanding(f'{node.key}-{way}').query}" for way in ("up", "down")}
        return replace(node, unshown_up=up, unshown_down=down, expand_up=to["up"], expand_down=to["down"])

    return tuple(map(opened, shown.nodes))
