"""How Marquez 0.51 answers for lineage, reconstructed: its program could not be had here, only what is known of it.

Known (measured and read earlier, see docs/decisions/0014): a request aggregates the inputs and outputs of every job's
current version into arrays, then walks from one job to all whose arrays overlap, in both directions, with the depth in
the recursive row, 20 by default. The same edges are loaded into tables of that shape, with UUID keys, on the same
server. Left out, in the peer's favour: its views, its joins for facets, and the queries per job that follow.
"""

from __future__ import annotations

import time
from typing import Any

TITLE = "Marquez's lineage query, reconstructed"
DEPTH = 20
TIMEOUT_S = 120

_TABLES = """
DROP SCHEMA IF EXISTS by_jobs CASCADE;
CREATE SCHEMA by_jobs;
CREATE TABLE by_jobs.job AS SELECT md5('job' || id)::uuid AS uuid, md5('version' || id)::uuid AS version, id, name
    FROM lineage_app_job;
ALTER TABLE by_jobs.job ADD PRIMARY KEY (uuid);
CREATE TABLE by_jobs.io AS
    SELECT md5('version' || job_id)::uuid AS version, md5('dataset' || dataset_id)::uuid AS dataset, upper(role) AS role
    FROM lineage_app_jobuse;
ALTER TABLE by_jobs.io ADD PRIMARY KEY (version, dataset, role);
CREATE INDEX ON by_jobs.io (dataset);
ANALYZE by_jobs.job;
ANALYZE by_jobs.io;
"""
_LINEAGE = """
WITH RECURSIVE touched AS (
    SELECT j.uuid, array_agg(DISTINCT io.dataset) FILTER (WHERE io.role = 'INPUT') AS inputs,
           array_agg(DISTINCT io.dataset) FILTER (WHERE io.role = 'OUTPUT') AS outputs
    FROM by_jobs.job j LEFT JOIN by_jobs.io io ON io.version = j.version GROUP BY j.uuid
), walk(uuid, inputs, outputs, depth) AS (
    SELECT uuid, inputs, outputs, 0 FROM touched WHERE uuid = md5('job' || %(job)s)::uuid
    UNION
    SELECT t.uuid, t.inputs, t.outputs, w.depth + 1 FROM touched t, walk w
    WHERE t.uuid <> w.uuid AND array_cat(t.inputs, t.outputs) && array_cat(w.inputs, w.outputs) AND w.depth < %(depth)s
)
SELECT DISTINCT ON (w.uuid) j.id, w.inputs, w.outputs FROM walk w JOIN by_jobs.job j ON j.uuid = w.uuid
"""


def load(cursor: Any) -> None:
    """Lay the planted jobs and what they read and write into tables of the peer's shape."""
    for statement in filter(str.strip, _TABLES.split(";\n")):
        cursor.execute(statement)


def lineage(cursor: Any, job: int, depth: int = DEPTH) -> tuple[float, int | None]:
    """Return (milliseconds, jobs found) of one request; past TIMEOUT_S the time until it was stopped, and None."""
    from django.db import OperationalError

    cursor.execute(f"SET statement_timeout = '{TIMEOUT_S}s'")
    began = time.perf_counter()
    try:
        cursor.execute(_LINEAGE, {"job": job, "depth": depth})
        found: int | None = len(cursor.fetchall())
    except OperationalError:
        found = None
    taken = (time.perf_counter() - began) * 1000
    cursor.execute("SET statement_timeout = 0")
    return taken, found
