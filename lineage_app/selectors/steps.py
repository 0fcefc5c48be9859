"""One step over the graph as SQL: the edges that count at a moment, from datasets at hand, down or up.

Seen and declared edges count, failed and foreign ones do not. Now and `as_of` read Edge, where an edge counts from its
first event on; `known_at` reads what each run said (RunEdge), whose ends are names and fold into their representatives.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection

from lineage_app.selectors.moments import Moment

_COUNTS = "e.state IN ('seen', 'declared') AND NOT e.is_foreign"
_HELD = "e.known_from <= %(known_at)s AND (e.known_to IS NULL OR e.known_to > %(known_at)s)"
_BY_NAMES = """lineage_app_dataset m ON m.id = r.id OR m.root_id = r.id
    JOIN lineage_app_runedge e ON e.{near}_id = m.id
    JOIN lineage_app_dataset f ON f.id = e.{far}_id"""


class Step(NamedTuple):
    """`SELECT {far} FROM … r JOIN {edges} WHERE {counts}` with `values` is one step from the datasets in r(id)."""

    edges: str
    far: str
    counts: str
    values: dict[str, Any]


def step(moment: Moment, *, down: bool) -> Step:
    """Return the step at that moment; its parts hold no text of a request, only `values` do."""
    near, far = ("src", "dst") if down else ("dst", "src")
    values = {"as_of": moment.as_of, "known_at": moment.known_at}
    if moment.known_at is None:
        asked = " AND e.first_seen <= %(as_of)s" if moment.as_of else ""
        return Step(f"lineage_app_edge e ON e.{near}_id = r.id", f"e.{far}_id", _COUNTS + asked, values)
    asked = " AND e.first_at <= %(as_of)s" if moment.as_of else ""
    other = "coalesce(f.root_id, f.id)"
    counts = f"{_COUNTS} AND {_HELD}{asked} AND {other} <> r.id"
    return Step(_BY_NAMES.format(near=near, far=far), other, counts, values)


def edges_from(datasets: Iterable[int], moment: Moment, *, down: bool) -> list[tuple[int, int]]:
    """Return every counting edge of these representatives on that side, as (near end, far end), each once."""
    one = step(moment, down=down)
    return rows(
        f"SELECT DISTINCT r.id, {one.far} FROM unnest(%(ids)s::bigint[]) r(id) JOIN {one.edges} WHERE {one.counts}"  # noqa: S608
        " ORDER BY 1, 2",
        one.values | {"ids": list(datasets)},
    )


def rows(statement: str, values: dict[str, Any]) -> list[Any]:
    """Return what a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
