"""The runs that may have written what a reading saw: per job that writes the dataset its latest completed one before,
its stream at that time, and whichever run said to have made a stated version.
"""

from collections.abc import Iterable
from datetime import datetime

from lineage_app.domain.provenance import Writing
from lineage_app.selectors.steps import rows

_COLUMNS = """r.id, r.subject, r.status, r.job_facets #>> '{jobType,processingType}' AS processing,
    coalesce(r.started_at, r.first_at) AS began, r.ended_at"""
_WROTE = """SELECT FROM lineage_app_runio o WHERE o.run_id = r.id AND o.dataset_id = m.id AND o.role = 'output'
    AND NOT o.is_foreign"""
# a completed run counts as received with its last event; one whose events are archived was received long ago
_RECEIVED = """(%(known_at)s::timestamptz IS NULL OR NOT EXISTS (
        SELECT FROM lineage_app_rawevent w WHERE w.subject = r.subject)
    OR EXISTS (SELECT FROM lineage_app_rawevent w WHERE w.subject = r.subject AND w.received_at <= %(known_at)s
               AND w.event_time >= coalesce(r.ended_at, r.first_at)))"""
_WRITINGS = f"""
WITH asked AS (
    SELECT * FROM unnest(%(places)s::int[], %(datasets)s::bigint[], %(moments)s::timestamptz[], %(versions)s::text[])
        a(place, dataset, at, version)
), names AS MATERIALIZED (
    SELECT a.*, m.id FROM asked a JOIN lineage_app_dataset m ON m.id = a.dataset OR m.root_id = a.dataset
), producers AS MATERIALIZED (
    SELECT m.*, u.job_id, j.facets #>> '{{jobType,2,processingType}}' = 'STREAMING' AS streams
    FROM names m JOIN lineage_app_jobuse u ON u.dataset_id = m.id AND u.role = 'output'
    JOIN lineage_app_job j ON j.id = u.job_id WHERE m.version = ''
), latest AS (
    SELECT m.place, m.id AS dataset, r.* FROM producers m CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM lineage_app_run r
        WHERE r.job_id = m.job_id AND r.status = 'COMPLETE' AND NOT r.is_foreign AND r.ended_at <= m.at
              AND EXISTS ({_WROTE}) AND {_RECEIVED}
        ORDER BY r.ended_at DESC, r.subject DESC LIMIT 1) r
), streams AS (
    SELECT m.place, m.id AS dataset, r.* FROM producers m CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM lineage_app_run r
        WHERE r.job_id = m.job_id AND r.status IN ('RUNNING', 'COMPLETE') AND NOT r.is_foreign
              AND coalesce(r.started_at, r.first_at) <= m.at AND (r.ended_at IS NULL OR r.ended_at >= m.at)
              AND EXISTS ({_WROTE}) AND {_RECEIVED}
        ORDER BY began DESC, r.subject DESC LIMIT 1) r
    WHERE m.streams
), stated AS (
    SELECT m.place, m.id AS dataset, {_COLUMNS} FROM names m
    JOIN lineage_app_runio io ON io.dataset_id = m.id AND io.role = 'output' AND io.version = m.version
         AND NOT io.is_foreign
    JOIN lineage_app_run r ON r.id = io.run_id AND NOT r.is_foreign AND {_RECEIVED}
    WHERE m.version <> ''
), found AS (SELECT * FROM latest UNION ALL SELECT * FROM streams UNION ALL SELECT * FROM stated)
SELECT f.place, f.id, f.subject, f.status, upper(f.processing) = 'STREAMING', f.began, f.ended_at, io.version
FROM found f JOIN lineage_app_runio io ON io.run_id = f.id AND io.dataset_id = f.dataset AND io.role = 'output'
"""  # noqa: S608  # put together from the constants above


def writings_of(asked: Iterable[tuple[int, datetime, str]], known_at: datetime | None = None) -> list[list[Writing]]:
    """Return, for each (representative, moment, version or ""), the writings among which domain.provenance chooses.

    `known_at`: only runs whose end the portal had received by then.
    """
    questions = list(asked)
    found: list[list[Writing]] = [[] for _ in questions]
    if not questions:
        return found
    datasets, moments, versions = (list(part) for part in zip(*questions, strict=True))
    values = {
        "places": list(range(len(questions))),
        "datasets": datasets,
        "moments": moments,
        "versions": versions,
        "known_at": known_at,
    }
    for place, run, subject, status, streaming, began, ended, version in rows(_WRITINGS, values):
        found[place].append(Writing(run, subject, status, bool(streaming), began, ended, version))
    return found
