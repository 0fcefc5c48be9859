"""What is tied to what at a moment: neighbours, ties between datasets, and how many more there are.

Now and at an event time the answer comes from Edge, which sums up what is held; at a time of receipt from the rows of
the runs, whose ends are names and are folded into the datasets that stand for them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max, Min, Q

from lineage_app.models import Dataset, Edge, RunEdge
from lineage_app.selectors.moments import Moment

SCANNED = 2_000
"""How many datasets one question looks at; ties are at most five times as many."""
COUNTED = 100
"""Neighbours that are not shown are counted to this number; it then means "or more"."""

_UNSHOWN = """
SELECT s.id,
       (SELECT count(*) FROM (SELECT DISTINCT e.src_id FROM lineage_app_edge e WHERE e.dst_id = s.id
           AND e.first_seen <= %(at)s AND e.src_id <> ALL(%(shown)s) LIMIT %(most)s) u),
       (SELECT count(*) FROM (SELECT DISTINCT e.dst_id FROM lineage_app_edge e WHERE e.src_id = s.id
           AND e.first_seen <= %(at)s AND e.dst_id <> ALL(%(shown)s) LIMIT %(most)s) d)
FROM unnest(%(asked)s::bigint[]) s(id)
"""


class Tie(NamedTuple):
    """One job's arrow between two datasets, with the event time when it was last seen."""

    src: int
    dst: int
    job: int | None
    state: str
    foreign: bool
    last_seen: datetime
    token: int | None


def neighbours(near: Collection[int], *, down: bool, moment: Moment) -> list[int]:
    """Return what the datasets `near` feed (`down`) or are fed by, the most recent first, SCANNED at most."""
    here, there = ("src", "dst") if down else ("dst", "src")
    if moment.known_at is None:
        rows = Edge.objects.filter(moment.on_edges(), **{f"{here}__in": near}).order_by()
        latest = rows.values_list(there).annotate(at=Max("last_seen")).order_by("-at", there)
        return [pk for pk, _ in latest[:SCANNED]]
    rows = RunEdge.objects.filter(moment.on_run_edges(), **{f"{here}__in": members(near)}).order_by()
    latest = rows.values_list(there, f"{there}__root").annotate(at=Max("seen_at")).order_by("-at", there)
    return list(dict.fromkeys(root or pk for pk, root, _ in latest[:SCANNED]))


def ties(inside: Collection[int], kept: Collection[int], moment: Moment) -> list[Tie]:
    """Return the ties within `inside` that have an end in `kept`, the most recent first."""
    if moment.known_at is None:
        touching = Q(src__in=kept, dst__in=inside) | Q(dst__in=kept, src__in=inside)
        rows = Edge.objects.filter(moment.on_edges(), touching).order_by("-last_seen", "pk")
        found = [Tie(*row) for row in rows.values_list(*_NAMES)[: SCANNED * 5]]
        return found if moment.as_of is None else _seen_by(found, moment.as_of)
    roots = members(inside)
    return [tie for tie in _of_runs(roots, moment) if tie.src in kept or tie.dst in kept]


_NAMES = ("src", "dst", "job", "state", "is_foreign", "last_seen", "token")


def unshown(asked: Collection[int], shown: Collection[int], moment: Moment) -> dict[int, tuple[int, int]]:
    """Return for each of `asked` how many neighbours (up, down) are not in `shown`, COUNTED at most."""
    if moment.known_at is not None:
        return _unshown_then(asked, set(shown), moment)
    values = {"asked": list(asked), "shown": list(shown), "most": COUNTED, "at": moment.as_of or "infinity"}
    with connection.cursor() as cursor:
        cursor.execute(_UNSHOWN, values)
        return {pk: (up, down) for pk, up, down in cursor.fetchall()}


def members(roots: Collection[int]) -> dict[int, int]:
    """Return every dataset that is one of `roots` or stands under one, with that one."""
    rows = Dataset.objects.filter(Q(pk__in=roots) | Q(root__in=roots)).order_by().values_list("pk", "root")
    return {pk: root or pk for pk, root in rows}


def _seen_by(found: list[Tie], as_of: datetime) -> list[Tie]:
    """The ties as they were at `as_of`: where one was seen later as well, the rows of the runs say when before."""
    later = [tie for tie in found if tie.last_seen > as_of]
    if not later:
        return found
    roots = members({end for tie in later for end in tie[:2]})
    then = {tie[:5]: tie.last_seen for tie in _of_runs(roots, Moment(as_of=as_of))}
    moved = [tie._replace(last_seen=min(then.get(tie[:5], as_of), tie.last_seen)) for tie in found]
    return sorted(moved, key=lambda tie: tie.last_seen, reverse=True)


def _of_runs(roots: dict[int, int], moment: Moment) -> list[Tie]:
    """The ties between `roots` as the runs told them by that moment."""
    rows = RunEdge.objects.filter(moment.on_run_edges(), src__in=roots, dst__in=roots).order_by()
    grouped = rows.values_list("src", "dst", "job", "state", "is_foreign").annotate(at=Max("seen_at"), by=Min("token"))
    found: dict[Any, Tie] = {}
    for src, dst, job, state, foreign, at, token in grouped:
        ends = roots[src], roots[dst]
        seen = min(at, moment.as_of) if moment.as_of else at
        tie = Tie(*ends, job, state, foreign, seen, token)
        known = found.get(tie[:5])
        if ends[0] != ends[1] and (known is None or known.last_seen < seen):
            found[tie[:5]] = tie
    return sorted(found.values(), key=lambda tie: tie.last_seen, reverse=True)[: SCANNED * 5]


def _unshown_then(asked: Collection[int], shown: set[int], moment: Moment) -> dict[int, tuple[int, int]]:
    roots = members(asked)
    sides = [_far_ends(roots, near, far, moment) for near, far in (("dst", "src"), ("src", "dst"))]
    return {pk: tuple(min(len(side[pk] - shown), COUNTED) for side in sides) for pk in asked}  # type: ignore[misc]


def _far_ends(roots: dict[int, int], near: str, far: str, moment: Moment) -> dict[int, set[int]]:
    rows: Iterable[Any] = RunEdge.objects.filter(moment.on_run_edges(), **{f"{near}__in": roots}).order_by()
    found: dict[int, set[int]] = defaultdict(set)
    for here, there, root in rows.values_list(near, far, f"{far}__root").distinct()[: SCANNED * 5]:  # type: ignore[attr-defined]
        found[roots[here]].add(root or there)
    return found
