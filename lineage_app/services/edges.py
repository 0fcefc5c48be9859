"""Edge rows: one row a run in RunEdge, summed up in Edge between representatives, and the column links beside them."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from lineage_app.models import ColumnEdge, Dataset, Edge, Run, RunEdge
from lineage_app.services.columns import recompute_columns
from lineage_app.services.naming import Names
from lineage_app.services.statements import Statement

_SUM = """
INSERT INTO lineage_app_edge (src_id, dst_id, job_id, state, is_foreign, first_seen, last_seen, first_known, token_id)
SELECT coalesce(s.root_id, s.id) AS src, coalesce(d.root_id, d.id) AS dst, e.job_id, e.state, e.is_foreign,
       min(e.first_at), max(e.seen_at), min(e.known_from),
       (array_agg(e.token_id ORDER BY e.seen_at DESC, e.token_id))[1]
FROM lineage_app_runedge e
JOIN lineage_app_dataset s ON s.id = e.src_id
JOIN lineage_app_dataset d ON d.id = e.dst_id
WHERE {which} AND e.known_to IS NULL AND coalesce(s.root_id, s.id) <> coalesce(d.root_id, d.id)
GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (src_id, dst_id, job_id, state, is_foreign) DO UPDATE SET
    first_seen = least(lineage_app_edge.first_seen, excluded.first_seen),
    first_known = least(lineage_app_edge.first_known, excluded.first_known),
    token_id = CASE WHEN excluded.last_seen >= lineage_app_edge.last_seen THEN excluded.token_id
                    ELSE lineage_app_edge.token_id END,
    last_seen = greatest(lineage_app_edge.last_seen, excluded.last_seen)
"""
_NEW_ROWS = _SUM.format(which="e.id = ANY(%s)")
_ROWS_TOUCHING = _SUM.format(which="(e.src_id = ANY(%s) OR e.dst_id = ANY(%s))")


def save_edges(statements: list[Statement], saved: dict[UUID, Run], names: Names) -> None:
    """Bring the edge rows of these runs in line: new ones are added up, lost ones make their ends be summed anew.

    What is held no longer stays as history with its `known_to`; only what was never held goes.
    """
    wanted = {_key(row): row for statement in statements for row in _rows(statement, saved[statement.subject], names)}
    existing = {_key(row): row for row in RunEdge.objects.filter(run__in=saved.values())}
    gone = [row for key, row in existing.items() if key not in wanted]
    new = [row for key, row in wanted.items() if key not in existing]
    RunEdge.objects.filter(pk__in=[row.pk for row in gone]).delete()
    RunEdge.objects.bulk_create(new)
    if new:
        _execute(_NEW_ROWS, [row.pk for row in new])
    withdrawn = {row.src_id for row in gone if row.known_to is None}
    if withdrawn:
        recompute_touching(withdrawn)
    outputs = {names.datasets[link.dst].pk for statement in statements for link in statement.columns}
    recompute_columns(outputs | {row.dst_id for row in gone})


def recompute_touching(datasets: Iterable[int]) -> None:
    """Sum up anew every edge that starts or ends at one of `datasets` or at a name joined with it."""
    members = _with_joined(set(datasets))
    ends = list(members)
    Edge.objects.filter(src__in=ends).delete()
    Edge.objects.filter(dst__in=ends).delete()
    _execute(_ROWS_TOUCHING, ends, ends)
    written = ColumnEdge.objects.filter(src__in=ends).values_list("dst", flat=True)
    recompute_columns(members | set(written))


def _with_joined(datasets: set[int]) -> set[int]:
    pairs = Dataset.objects.filter(pk__in=datasets).values_list("pk", "root")
    roots = {root or pk for pk, root in pairs}
    return datasets | roots | set(Dataset.objects.filter(root__in=roots).values_list("pk", flat=True))


def _rows(statement: Statement, run: Run, names: Names) -> list[RunEdge]:
    return [
        RunEdge(
            run=run,
            job_id=names.jobs[key.job].pk if key.job else None,
            src=names.datasets[key.src],
            dst=names.datasets[key.dst],
            state=str(key.state),
            is_foreign=key.foreign,
            known_from=known_from,
            known_to=known_to,
            first_at=proof.first_at,
            seen_at=proof.seen_at,
            token_id=proof.token,
        )
        for key, proof, known_from, known_to in statement.held
    ]


def _key(row: RunEdge) -> tuple[object, ...]:
    made = row.run_id, row.job_id, row.src_id, row.dst_id, row.state, row.is_foreign
    return (*made, row.first_at, row.seen_at, row.known_from, row.known_to, row.token_id)


def _execute(statement: str, *arguments: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
