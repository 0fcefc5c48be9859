"""Column edges: what runs say of columns is summed up per dataset, job and set of links, and those sums spread out.

A sum grows with each run at the cost of that run. Only where a run takes back what it said are the runs that said the
same read again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from lineage_app.domain.names import Name
from lineage_app.services.arrays import Row, execute, execute_rows
from lineage_app.services.known import known_datasets
from lineage_app.services.run_io import ColumnChanges, ColumnUse

Target = tuple[int, int | None]  # a dataset's representative, and a job

_ADD = """
INSERT INTO lineage_app_columnuse AS known (dataset_id, job_id, columns_id, first_seen, last_seen)
SELECT * FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::timestamptz[], %b::timestamptz[])
ON CONFLICT (dataset_id, job_id, columns_id) DO UPDATE SET
    first_seen = least(known.first_seen, excluded.first_seen), last_seen = greatest(known.last_seen, excluded.last_seen)
RETURNING dataset_id, job_id, columns_id, xmax = 0
"""
_SUM = """
INSERT INTO lineage_app_columnuse (dataset_id, job_id, columns_id, first_seen, last_seen)
SELECT io.dataset_id, r.job_id, io.columns_id, min(coalesce(r.proved_at, r.ended_at, r.last_at)),
       max(coalesce(r.ended_at, r.last_at))
FROM {which} JOIN lineage_app_run r ON r.id = io.run_id
WHERE NOT io.is_foreign AND io.columns_id IS NOT NULL AND {and_which}
GROUP BY io.dataset_id, r.job_id, io.columns_id
"""
_DROP_USES = """
DELETE FROM lineage_app_columnuse c USING unnest(%b::bigint[], %b::bigint[], %b::bigint[]) u(dataset, job, columns)
WHERE c.dataset_id = u.dataset AND c.job_id IS NOT DISTINCT FROM u.job AND c.columns_id = u.columns
"""
_SUM_USES = _SUM.format(
    which="""unnest(%b::bigint[], %b::bigint[], %b::bigint[]) u(dataset, job, columns)
             JOIN lineage_app_runio io ON io.dataset_id = u.dataset AND io.columns_id = u.columns""",
    and_which="r.job_id IS NOT DISTINCT FROM u.job",
)
_DROP_DATASETS = "DELETE FROM lineage_app_columnuse WHERE dataset_id = ANY(%b::bigint[])"
_SUM_DATASETS = _SUM.format(which="lineage_app_runio io", and_which="io.dataset_id = ANY(%b::bigint[])")
_ROOTS = "SELECT id, coalesce(root_id, id) FROM lineage_app_dataset WHERE id = ANY(%b::bigint[])"
_JOINED = "SELECT id, root_id FROM lineage_app_dataset WHERE root_id = ANY(%b::bigint[])"
_USES = """
SELECT dataset_id, job_id, columns_id, first_seen, last_seen FROM lineage_app_columnuse
WHERE dataset_id = ANY(%b::bigint[])
"""
_TOUCH = """
UPDATE lineage_app_columnedge e
SET first_seen = least(e.first_seen, u.first_seen), last_seen = greatest(e.last_seen, u.last_seen)
FROM unnest(%b::bigint[], %b::bigint[], %b::timestamptz[], %b::timestamptz[]) u(root, job, first_seen, last_seen)
WHERE e.dst_id = u.root AND e.job_id IS NOT DISTINCT FROM u.job
      AND (u.first_seen < e.first_seen OR u.last_seen > e.last_seen)
"""
_DROP_EDGES = """
DELETE FROM lineage_app_columnedge e USING unnest(%b::bigint[], %b::bigint[]) u(root, job)
WHERE e.dst_id = u.root AND e.job_id IS NOT DISTINCT FROM u.job
"""
_ADD_EDGES = """
INSERT INTO lineage_app_columnedge (src_id, src_field, dst_id, dst_field, job_id, type, subtype, masking, first_seen,
                                    last_seen)
SELECT * FROM unnest(%b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::text[],
                     %b::boolean[], %b::timestamptz[], %b::timestamptz[])
"""
_LINKS = "SELECT id, links::text FROM lineage_app_columnset WHERE id = ANY(%b::bigint[])"
_WRITERS = "SELECT DISTINCT dst_id, job_id FROM lineage_app_columnedge WHERE {} = ANY(%b::bigint[])"


def save_columns(changes: ColumnChanges) -> None:
    """Add up what runs say of columns, and sum anew what they say no longer."""
    sums: dict[ColumnUse, tuple[datetime, datetime]] = {}
    for use, first, last in changes.said:
        known = sums.get(use, (first, last))
        sums[use] = min(known[0], first), max(known[1], last)
    added = execute_rows(_ADD, [(*use, *times) for use, times in sums.items()])
    execute_rows(_DROP_USES, changes.withdrawn)
    execute_rows(_SUM_USES, changes.withdrawn)
    touched = {use.dataset for use in {*sums, *changes.withdrawn}}
    root: dict[int, int] = dict(execute(_ROOTS, list(touched))) if touched else {}
    anew = {(root[use.dataset], use.job) for use in changes.withdrawn}
    anew |= {(root[dataset], job) for dataset, job, _, is_new in added if is_new}
    _touch({use: times for use, times in sums.items() if (root[use.dataset], use.job) not in anew}, root, anew)
    spread(anew)


def recompute_columns(datasets: set[int]) -> None:
    """Sum up anew the column links into each of `datasets`, which stand with all the names joined with them, and out
    of them.
    """
    if not datasets:
        return
    pks = list(datasets)
    execute(_DROP_DATASETS, pks)
    execute(_SUM_DATASETS, pks)
    root: dict[int, int] = dict(execute(_ROOTS, pks))
    said = execute("SELECT dataset_id, job_id FROM lineage_app_columnuse WHERE dataset_id = ANY(%b::bigint[])", pks)
    targets = {(root[dataset], job) for dataset, job in said}
    for end in ("src_id", "dst_id"):
        targets |= {tuple(row) for row in execute(_WRITERS.format(end), pks)}
    roots: dict[int, int] = dict(execute(_ROOTS, [dst for dst, _ in targets])) if targets else {}
    execute_rows(_DROP_EDGES, targets)
    spread({(roots[dst], job) for dst, job in targets})


def spread(targets: set[Target]) -> None:
    """Write the column edges into each target anew from its sums."""
    execute_rows(_DROP_EDGES, targets)
    uses = _uses(targets)
    if not uses:
        return
    links = {pk: msgspec.json.decode(text) for pk, text in execute(_LINKS, list({row[2] for row in uses}))}
    sources = known_datasets({Name(*link[0]) for found in links.values() for link in found})
    edges: dict[Row, tuple[datetime, datetime]] = {}
    for dst, job, columns, first, last in uses:
        for (namespace, name), src_field, _, dst_field, kind, subtype, masking in links[columns]:
            src = sources[Name(namespace, name)].root_pk
            key = (src, src_field, dst, dst_field, job, kind[:40], subtype[:80], masking)
            known = edges.get(key, (first, last))
            edges[key] = min(known[0], first), max(known[1], last)
    execute_rows(_ADD_EDGES, [(*key, *times) for key, times in edges.items()])


def _touch(sums: Mapping[ColumnUse, tuple[datetime, datetime]], root: Mapping[int, int], anew: set[Target]) -> None:
    """Move the times of the column edges whose sums grew; a target with several sums is put to `anew` instead."""
    grown: dict[Target, tuple[datetime, datetime]] = {}
    for use, (first, last) in sums.items():
        target = root[use.dataset], use.job
        known = grown.get(target, (first, last))
        grown[target] = min(known[0], first), max(known[1], last)
    several = _with_several_sums(grown)
    anew |= several
    execute_rows(_TOUCH, [(*target, *times) for target, times in grown.items() if target not in several])


def _uses(targets: Iterable[Target]) -> list[Row]:
    """Return the sums about each target: representative, job, set of links, first and last event time.

    Two look-ups by index, since a join with conditions on both columns is planned badly while the tables grow.
    """
    wanted = set(targets)
    root: dict[int, int] = {dst: dst for dst, _ in wanted}
    root |= dict(execute(_JOINED, list(root))) if root else {}
    rows = execute(_USES, list(root)) if root else []
    return [(root[row[0]], *row[1:]) for row in rows if (root[row[0]], row[1]) in wanted]


def _with_several_sums(targets: Iterable[Target]) -> set[Target]:
    seen: set[Target] = set()
    several: set[Target] = set()
    for dst, job, *_ in _uses(targets):
        (several if (dst, job) in seen else seen).add((dst, job))
    return several
