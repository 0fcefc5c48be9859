"""What the graph knows of the edges that coverage asks about, as of one event time; few queries however many hops."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from lineage_app.domain.coverage import WINDOW, Fact
from portal.core.catalog.selectors import tier_one_hops

Pair = tuple[int, int]
_PLAIN = """
claimed AS MATERIALIZED (
    SELECT asset_id, coalesce(root_id, id) AS root FROM lineage_app_dataset WHERE asset_id IS NOT NULL
),
ends AS MATERIALIZED (
    SELECT hop.a, hop.b, s.root AS src, d.root AS dst FROM hop
    JOIN claimed s ON s.asset_id = hop.a JOIN claimed d ON d.asset_id = hop.b
),
plain AS (
    SELECT ends.a, ends.b FROM ends CROSS JOIN LATERAL (
        SELECT state, last_seen FROM lineage_app_edge
        WHERE src_id = ends.src AND dst_id = ends.dst AND NOT is_foreign AND last_seen > %s OFFSET 0
    ) AS e
    GROUP BY ends.a, ends.b
    HAVING bool_or(e.state = 'seen' AND e.last_seen <= %s) AND NOT bool_or(e.state = 'failed')
)
"""  # each hop looks its edge up by both ends: left to itself the planner reads every dataset and edge
_PLAINLY_COVERED = """
WITH hop AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS asked(a, b)), {plain} SELECT a, b FROM plain
"""
_LOOSE = """
WITH way AS ({ways}), hop AS MATERIALIZED (
    SELECT start AS a, "end" AS b, array_agg(flow_id) AS flows FROM way WHERE "end" {wanted} GROUP BY 1, 2
), {plain}
SELECT a, b, flows FROM hop LEFT JOIN plain USING (a, b) WHERE plain.a IS NULL
UNION ALL SELECT NULL, NULL, ARRAY[count(*)] FROM hop
"""
_OF_PAIRS = """
SELECT e.src_id, e.dst_id, e.state, e.is_foreign, e.last_seen, e.job_id
FROM unnest(%s::bigint[], %s::bigint[]) AS hop(src, dst)
JOIN lineage_app_edge e ON e.src_id = hop.src AND e.dst_id = hop.dst
WHERE e.first_seen <= %s
"""
_PROVED_FROM = """
SELECT e.src_id, e.dst_id, e.state, e.is_foreign, e.last_seen, e.job_id FROM lineage_app_edge e
WHERE e.{near}_id = ANY(%s) AND e.state = 'seen' AND NOT e.is_foreign AND e.first_seen <= %s
"""  # the column is a constant of ours
_PAST = """
SELECT p.src, p.dst, e.state, e.is_foreign, max(least(e.seen_at, %s)), (array_agg(e.job_id ORDER BY e.seen_at DESC))[1]
FROM unnest(%s::bigint[], %s::bigint[]) AS p(src, dst)
JOIN lineage_app_dataset s ON s.id = p.src OR s.root_id = p.src
JOIN lineage_app_dataset d ON d.id = p.dst OR d.root_id = p.dst
JOIN lineage_app_runedge e ON e.src_id = s.id AND e.dst_id = d.id
WHERE e.first_at <= %s AND e.known_to IS NULL
GROUP BY 1, 2, 3, 4
"""


class _Row(NamedTuple):
    src: int
    dst: int
    state: str
    foreign: bool
    at: datetime
    job: int | None


def plainly_covered(hops: Collection[Pair], at: datetime) -> set[Pair]:
    """Those of the hops between two assets that an edge proves straight, with no failure within the window."""
    with connection.cursor() as cursor:
        cursor.execute(_PLAINLY_COVERED.format(plain=_PLAIN), [*_columns(hops), at - WINDOW, at])
        return set(cursor.fetchall())


def loose_hops(at: datetime, ends: QuerySet[Any] | None = None) -> tuple[dict[Pair, list[int]], int]:
    """The hops of tier-1 flows that no edge proves so plainly, each with its flows, and how many hops there are; with
    `ends`, of the hops that lead to these assets only.
    """
    ways, of_ways = tier_one_hops(ends).query.sql_with_params()
    wanted, of_wanted = "IS NOT NULL", ()
    if ends is not None:
        led_to, of_wanted = ends.order_by().values("pk").query.sql_with_params()
        wanted = f"IN ({led_to})"
    statement = _LOOSE.format(ways=ways, wanted=wanted, plain=_PLAIN)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*of_ways, *of_wanted, at - WINDOW, at])
        *loose, (_, _, (total,)) = cursor.fetchall()
    return {(a, b): flows for a, b, flows in loose}, total


def facts_of_pairs(pairs: Collection[Pair], at: datetime) -> list[Fact]:
    """What is known of the edges between these representatives."""
    if not pairs:
        return []
    return _facts(_as_of(_rows(_OF_PAIRS, *_columns(pairs), at), at))


def facts_around(sources: Collection[int], targets: Collection[int], at: datetime) -> list[Fact]:
    """The proved edges within two steps after `sources` and two before `targets`: every way of four edges."""
    found: set[_Row] = set()
    for near, far, start in (("src", 1, sources), ("dst", 0, targets)):
        frontier = set(start)
        for _ in range(2):
            rows = _rows(_PROVED_FROM.format(near=near), sorted(frontier), at) if frontier else []
            found.update(rows)
            frontier = {row[far] for row in rows} - frontier
    return _facts(_as_of(found, at))


def _as_of(rows: Collection[_Row], at: datetime) -> list[_Row]:
    """The rows as they stood at `at`: an edge that was seen later as well is looked up run by run."""
    later = {(row.src, row.dst) for row in rows if row.at > at}
    past = _rows(_PAST, at, *_columns(later), at) if later else []
    return [row for row in rows if (row.src, row.dst) not in later] + past


def _facts(rows: Iterable[_Row]) -> list[Fact]:
    by_pair: dict[Pair, list[_Row]] = {}
    for row in rows:
        by_pair.setdefault((row.src, row.dst), []).append(row)
    return [_fact_of_one(known[0]) if len(known) == 1 else _fact(pair, known) for pair, known in by_pair.items()]


def _fact_of_one(row: _Row) -> Fact:
    """The same as `_fact` of a single row, which almost every edge is."""
    return Fact(
        row.src,
        row.dst,
        seen=row.at if row.state == "seen" and not row.foreign else None,
        failed=row.at if row.state == "failed" and not row.foreign else None,
        foreign=row.at if row.foreign else None,
        declared=row.at if row.state == "declared" and not row.foreign else None,
        job=None if row.foreign else row.job,
    )


def _fact(pair: Pair, rows: list[_Row]) -> Fact:
    seen = _newest(row for row in rows if row.state == "seen" and not row.foreign)
    failed = _newest(row for row in rows if row.state == "failed" and not row.foreign)
    foreign = _newest(row for row in rows if row.foreign)
    declared = _newest(row for row in rows if row.state == "declared" and not row.foreign)
    by = seen or failed or declared
    return Fact(
        *pair,
        seen=seen.at if seen else None,
        failed=failed.at if failed else None,
        foreign=foreign.at if foreign else None,
        declared=declared.at if declared else None,
        job=by.job if by else None,
    )


def _newest(rows: Iterable[_Row]) -> _Row | None:
    return max(rows, key=lambda row: row.at, default=None)


def _columns(pairs: Collection[Pair]) -> tuple[str, str]:
    """Both columns as arrays in PostgreSQL's own words: to quote thousands of numbers one by one costs more."""
    return array_text(src for src, _ in pairs), array_text(dst for _, dst in pairs)


def array_text(ids: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes an array of them.

    >>> array_text([1, 2])
    '{1,2}'
    """
    return f"{{{','.join(map(str, ids))}}}"


def _rows(statement: str, *arguments: object) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return [_Row(*row) for row in cursor.fetchall()]
