"""A big estate of lineage, written by SQL straight into the graph's tables: what is measured, and what is looked at,
at a thousand, ten thousand and a hundred thousand jobs.

A job reads the job before it, one farther back, and mostly a source of its own, and writes one dataset: 1.8 datasets
and 2.8 edges a job. Jobs stand in pipelines of `pipelines_of`; with `connected` they stand in twenty layers of one
graph instead. Every row is a function of its number, so the same call plants the same estate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

LAYERS = 20
NAMESPACE = "estate"
_STAGES = "(ARRAY['ingest','raw','transform','transform','transform','feature','vector','model','product'])"
_KINDS = "(ARRAY['table','table','table','table','view','feature_table','vector_index','model','dashboard'])"

_JOBS = """
CREATE TEMPORARY TABLE estate ON COMMIT DROP AS
SELECT n, n / {of} AS p, n % {of} AS k, ('x' || substr(md5(n::text), 1, 7))::bit(28)::int AS h,
       (n % 5 <> 4 OR n % {of} = 0) AS fed
FROM generate_series(0, {jobs} - 1) n;
INSERT INTO lineage_app_job (id, key, namespace, name, facets)
SELECT {job} + n, encode(sha256(convert_to('{ns}', 'UTF8') || '\\x00'::bytea || convert_to(j.name, 'UTF8')), 'hex'),
       '{ns}', j.name, '{{}}'
FROM estate, format('pipeline_%s.job_%s', to_char(p, 'FM00000'), to_char(k, 'FM{digits}')) j(name);
"""
_DATASETS = """
INSERT INTO lineage_app_dataset (id, key, namespace, name, facets, kind, layer)
SELECT {dataset} + d.place,
       encode(sha256(convert_to('{ns}', 'UTF8') || '\\x00'::bytea || convert_to(d.name, 'UTF8')), 'hex'),
       '{ns}', d.name, '{{}}', d.kind, d.layer
FROM estate, LATERAL (
    SELECT n * 2, format('pipeline_%s.out_%s', to_char(p, 'FM00000'), to_char(k, 'FM{digits}')),
           {kinds}[1 + k * 9 / {of}], {stages}[1 + k * 9 / {of}]
    UNION ALL
    SELECT n * 2 + 1, format('pipeline_%s.source_%s', to_char(p, 'FM00000'), to_char(k, 'FM{digits}')), 'table',
           'source'
    WHERE fed) d(place, name, kind, layer);
"""
_INPUTS = """
CREATE TEMPORARY TABLE estate_input ON COMMIT DROP AS
SELECT DISTINCT e.n, {dataset} + i.place AS id FROM estate e, LATERAL (
    SELECT n * 2 + 1 WHERE fed UNION ALL {before}) i(place);
"""
_BEFORE_IN_PIPELINE = """
SELECT (n - 1) * 2 WHERE k >= 1 UNION ALL SELECT (n - 2 - h % least(k - 1, 18)) * 2 WHERE k >= 2
"""
_BEFORE_IN_LAYERS = """
SELECT ((n / {width} - 1) * {width} + h % {width}) * 2 WHERE n >= {width} UNION ALL
SELECT ((n / {width} - 1) * {width} + (h / 7919) % {width}) * 2 WHERE n >= {width}
"""
_EDGES = """
INSERT INTO lineage_app_edge (src_id, dst_id, job_id, state, is_foreign, first_seen, last_seen, first_known)
SELECT i.id, {dataset} + n * 2, {job} + n, 'seen', false, timestamptz '{at}' - interval '30 days',
       timestamptz '{at}' - interval '1 day' + n % {of} * interval '2 minutes', timestamptz '{at}' - interval '30 days'
FROM estate_input i;
INSERT INTO lineage_app_columnedge (src_id, src_field, dst_id, dst_field, job_id, type, subtype, masking,
                                    first_seen, last_seen)
SELECT {dataset} + (n - 1) * 2, c.field, {dataset} + n * 2, c.field, {job} + n, 'DIRECT', 'IDENTITY', false,
       timestamptz '{at}' - interval '30 days', timestamptz '{at}' - interval '1 day'
FROM estate, unnest(ARRAY['id', 'email', 'amount']) c(field) WHERE k >= 1 AND p % 10 = 0;
"""
_RUNS = """
INSERT INTO lineage_app_run (id, subject, job_id, run_id, status, first_at, last_at, started_at, ended_at, facets,
                             job_facets, lenient, is_foreign, events)
SELECT {run} + n * {runs} + r, s.id, {job} + n, s.id::text, 'COMPLETE', t.at, t.at + interval '1 minute', t.at,
       t.at + interval '1 minute', '{{}}', jsonb_build_object('sourceCodeLocation', jsonb_build_object(
           'type', 'git', 'url', 'https://git.example/estate', 'version', encode(sha256(s.id::text::bytea), 'hex'))),
       '', false, 2
FROM estate, generate_series(0, {runs} - 1) r, LATERAL (SELECT md5(n || ' ' || r)::uuid) s(id),
     LATERAL (SELECT timestamptz '{at}' - (r + 1) * interval '1 day' + n % {of} * interval '2 minutes') t(at);
INSERT INTO lineage_app_runio (run_id, dataset_id, role, version, facets, is_foreign)
SELECT {run} + n * {runs} + r, u.id, u.role, '', '{{}}', false
FROM generate_series(0, {runs} - 1) r,
     (SELECT n, id, 'input' FROM estate_input
      UNION ALL SELECT n, {dataset} + n * 2, 'output' FROM estate) u(n, id, role);
"""
_FINDABLE = """
INSERT INTO lineage_app_jobuse (job_id, dataset_id, role)
SELECT {job} + n, id, 'input' FROM estate_input UNION ALL SELECT {job} + n, {dataset} + n * 2, 'output' FROM estate;
INSERT INTO lineage_app_fact (kind, value, job_id, dataset_id)
SELECT f.kind, f.value, {job} + n, NULL FROM estate, LATERAL (VALUES
    ('revision', encode(sha256(n::text::bytea), 'hex')), ('repository', 'git.example/estate'), ('owner', 'team ' || p),
    ('image', 'registry.example/estate/' || p || ':1.' || k), ('image', p || ':1.' || k)) f(kind, value)
UNION ALL
SELECT 'column', c.name, NULL, {dataset} + n * 2 FROM estate, unnest(ARRAY['id', 'email', 'amount_' || k]) c(name);
"""
_RUN_EDGES = """
INSERT INTO lineage_app_runedge (run_id, job_id, src_id, dst_id, state, is_foreign, first_at, seen_at, known_from)
SELECT {run} + n * {runs} + r, {job} + n, i.id, {dataset} + n * 2, 'seen', false, t.at, t.at, t.at
FROM estate_input i, generate_series(0, {runs} - 1) r,
     LATERAL (SELECT timestamptz '{at}' - (r + 1) * interval '1 day' + n % {of} * interval '2 minutes'
                     + interval '1 minute') t(at);
"""


@dataclass(frozen=True)
class Planted:
    """Numbers of rows in the middle pipeline: its first source, its middle and last dataset, its middle job."""

    jobs: int
    edges: int
    source: int
    focus: int
    product: int
    job: int


def plant(
    jobs: int,
    *,
    pipelines_of: int = 100,
    runs_a_job: int = 0,
    connected: bool = False,
    run_edges: bool = False,
    at: datetime | None = None,
) -> Planted:
    """Add an estate of `jobs` jobs whose newest runs lie within the day before `at` (default: now), and ANALYZE.

    `runs_a_job` daily runs with their inputs and outputs; `run_edges` adds what each of them says of each edge.
    Columns id, email and amount flow along every tenth pipeline.
    """
    from portal.core.clock.services import now

    width = max(jobs // LAYERS, 1)
    of = jobs if connected else pipelines_of
    before = _BEFORE_IN_LAYERS if connected else _BEFORE_IN_PIPELINE
    base = {name: _last_id(name) + 1 for name in ("job", "dataset", "run")}
    words: dict[str, Any] = {
        **base,
        "at": (at or now()).isoformat(),
        "jobs": jobs,
        "of": of,
        "runs": runs_a_job,
        "width": width,
        "ns": NAMESPACE,
        "kinds": _KINDS,
        "stages": _STAGES,
        "before": before.format(width=width),
        "digits": "0" * max(3, len(str(of - 1))),
    }
    parts = [
        _JOBS,
        _DATASETS,
        _INPUTS,
        _EDGES,
        _FINDABLE,
        *([_RUNS] if runs_a_job else []),
        *([_RUN_EDGES] if run_edges else []),
    ]
    _execute("".join(parts).format(**words))
    first = jobs // of // 2 * of
    middle, last = (first + place for place in (min(of, jobs) // 2, min(of, jobs) - 1))
    out = base["dataset"]
    return Planted(jobs, _count("edge"), out + first * 2 + 1, out + middle * 2, out + last * 2, base["job"] + middle)


def clear() -> None:
    """Remove every job and dataset with all that speaks of them, for an estate of another size."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE lineage_app_job, lineage_app_dataset CASCADE")


def _execute(statements: str) -> None:
    """Run them in one transaction, put the sequences behind the new rows, and tell the planner what there is."""
    from django.db import transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for statement in filter(str.strip, statements.split(";\n")):
            cursor.execute(statement)
        cursor.execute("DROP TABLE estate, estate_input")
        for table in ("job", "dataset", "run"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('lineage_app_{table}', 'id'), greatest(max(id), 1)) "
                f"FROM lineage_app_{table}"
            )
        cursor.execute("ANALYZE")


def _last_id(table: str) -> int:
    return _number(f"SELECT coalesce(max(id), 0) FROM lineage_app_{table}")


def _count(table: str) -> int:
    return _number(f"SELECT count(*) FROM lineage_app_{table}")


def _number(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])
