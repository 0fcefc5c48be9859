"""The window around one dataset: the single answer behind table, Mermaid text, SVG, outline and JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.http import urlencode

from lineage_app.domain.window import MORE_DOWN, MORE_UP, Window, WindowEdge, WindowNode, fold
from lineage_app.models import Dataset, Edge, RunEdge
from portal.core.diagrams import WINDOW_NODES

DEEPEST = 5
SCANNED = 2_000


@dataclass(frozen=True)
class View:
    """What of the graph is asked for: hops up and down (0 to DEEPEST), at which event time."""

    up: int = 1
    down: int = 1
    as_of: datetime | None = None

    @property
    def query(self) -> str:
        """The view as a query, to carry it to the drawings."""
        asked = {"up": self.up, "down": self.down, **({"as_of": self.as_of.isoformat()} if self.as_of else {})}
        return urlencode(asked)


def window(focus: Dataset, view: View, *, limit: int = WINDOW_NODES) -> Window:
    """Return the window around `focus`, at most `limit` nodes, nearest and most recent first."""
    distances = {focus.root_pk: 0}
    distances |= _reached(focus.root_pk, view.up, -1, view, distances)
    distances |= _reached(focus.root_pk, view.down, 1, view, distances)
    rows = Dataset.objects.select_related("asset__owner_team").in_bulk(distances)
    nodes = [_node(rows[pk], distance) for pk, distance in distances.items()]
    more = {
        side: reverse("lineage:impact", args=[focus.root_pk]) + "?" + urlencode({"direction": word})
        for side, word in ((MORE_UP, "up"), (MORE_DOWN, "down"))
    }
    as_of = view.as_of.isoformat() if view.as_of else ""
    return fold(str(focus.root_pk), nodes, _edges(distances, view), limit=limit, more_urls=more, as_of=as_of)


def _reached(root: int, depth: int, sign: int, view: View, known: dict[int, int]) -> dict[int, int]:
    """Return the distance of what is reached within `depth` hops, SCANNED datasets at most."""
    near, far = ("src", "dst") if sign > 0 else ("dst", "src")
    found: dict[int, int] = {}
    frontier = [root]
    for level in range(1, min(depth, DEEPEST) + 1):
        edges = _visible(view).filter(**{f"{near}__in": frontier}).order_by()
        latest = edges.values_list(far).annotate(at=Max("last_seen")).order_by("-at", far)
        frontier = [pk for pk, _ in latest[:SCANNED] if pk not in found and pk not in known]
        found |= dict.fromkeys(frontier[: SCANNED - len(found)], sign * level)
        if not frontier or len(found) >= SCANNED:
            break
    return found


def _visible(view: View):  # type: ignore[no-untyped-def]
    return Edge.objects.filter(**({"first_seen__lte": view.as_of} if view.as_of else {}))


def _edges(distances: dict[int, int], view: View) -> list[WindowEdge]:
    rows = list(
        _visible(view)
        .filter(src__in=distances, dst__in=distances)
        .select_related("job__parent__parent", "token")
        .order_by("-last_seen", "pk")[: SCANNED * 5]
    )
    last = _last_seen(rows, view.as_of)
    return [_joined(edges, last) for edges in _by_ends(rows).values()]


def _by_ends(rows: Iterable[Edge]) -> dict[tuple[int, int], list[Edge]]:
    found: dict[tuple[int, int], list[Edge]] = {}
    for row in rows:
        found.setdefault((row.src_id, row.dst_id), []).append(row)
    return found


def _joined(rows: list[Edge], last: dict[int, datetime]) -> WindowEdge:
    """Join the rows between two nodes: own before foreign, then seen before declared before failed."""
    rank = ("seen", "declared", "failed")
    best = min(rows, key=lambda row: (row.is_foreign, rank.index(row.state)))
    return WindowEdge(
        src=str(best.src_id),
        dst=str(best.dst_id),
        state=best.state,
        jobs=tuple(dict.fromkeys(folded_job(row.job).name for row in rows if row.job)),
        foreign=best.is_foreign,
        last_seen=max(last[row.pk] for row in rows).isoformat(),
        tokens=tuple(dict.fromkeys(row.token.name for row in rows if row.token)),
    )


def folded_job(job):  # type: ignore[no-untyped-def]
    """Return the job that stands for `job`: its topmost parent, at most four steps up."""
    for _ in range(4):
        if job.parent is None or job.parent == job:
            break
        job = job.parent
    return job


def _last_seen(rows: list[Edge], as_of: datetime | None) -> dict[int, datetime]:
    """Return when each edge was last seen, at `as_of` where that is asked."""
    if as_of is None:
        return {row.pk: row.last_seen for row in rows}
    ends = {row.src_id for row in rows} | {row.dst_id for row in rows}
    members = dict(Dataset.objects.filter(Q(pk__in=ends) | Q(root__in=ends)).order_by().values_list("pk", "root"))
    seen = RunEdge.objects.filter(src__in=members, dst__in=members, seen_at__lte=as_of).order_by()
    latest: dict[tuple[object, ...], datetime] = {}
    for src, dst, *key, at in seen.values_list("src", "dst", "job", "state", "is_foreign").annotate(at=Max("seen_at")):
        whole = (members[src] or src, members[dst] or dst, *key)
        latest[whole] = max(latest.get(whole, at), at)
    return {row.pk: latest[row.src_id, row.dst_id, row.job_id, row.state, row.is_foreign] for row in rows}


def _node(row: Dataset, distance: int) -> WindowNode:
    asset = row.asset
    return WindowNode(
        key=str(row.pk),
        label=row.name,
        namespace=row.namespace,
        kind=((asset and asset.kind) or row.kind).replace("_", " "),
        layer=(asset and asset.layer) or row.layer,
        distance=distance,
        url=row.get_absolute_url(),
        owner=asset.owner_team.name if asset and asset.owner_team else "",
    )
