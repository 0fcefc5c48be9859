"""Rows for runs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from lineage_app.services.arrays import execute, execute_rows
from lineage_app.services.known import Names
from lineage_app.services.statements import Statement

_KNOWN = """
SELECT subject, job_id, coalesce(proved_at, ended_at, last_at), coalesce(ended_at, last_at)
FROM lineage_app_run WHERE subject = ANY(%b::uuid[])
"""
_SAVE = """
INSERT INTO lineage_app_run AS known (subject, job_id, run_id, status, first_at, last_at, started_at, ended_at,
                                      proved_at, parent_run, lenient, is_foreign, events,
                                      facets, job_facets)
SELECT subject, job, run_id, status, first_at, last_at, started_at, ended_at, proved_at, parent_run, lenient,
       is_foreign, events, facets::jsonb, job_facets::jsonb
FROM unnest(%b::uuid[], %b::bigint[], %b::text[], %b::text[], %b::timestamptz[], %b::timestamptz[], %b::timestamptz[],
            %b::timestamptz[], %b::timestamptz[], %b::uuid[], %b::text[], %b::boolean[], %b::int[], %b::text[],
            %b::text[])
     u(subject, job, run_id, status, first_at, last_at, started_at, ended_at, proved_at, parent_run, lenient,
       is_foreign, events, facets, job_facets)
ON CONFLICT (subject) DO UPDATE SET
    (job_id, run_id, status, first_at, last_at, started_at, ended_at, proved_at, parent_run, lenient, is_foreign,
     events, facets, job_facets) =
    (excluded.job_id, excluded.run_id, excluded.status, excluded.first_at, excluded.last_at, excluded.started_at,
     excluded.ended_at, excluded.proved_at, excluded.parent_run, excluded.lenient, excluded.is_foreign,
     excluded.events, excluded.facets, excluded.job_facets)
RETURNING subject, id
"""


@dataclass(frozen=True)
class Proved:
    """A run's job, and the event times between which it proved what it proves."""

    job: int | None
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Saved:
    """A run's row, with what stood before; None for a new run."""

    pk: int
    now: Proved
    before: Proved | None


def save_runs(statements: list[Statement], names: Names) -> dict[UUID, Saved]:
    """Write each subject's run and return the rows by subject."""
    known = {subject: Proved(*row) for subject, *row in execute(_KNOWN, [one.subject for one in statements])}
    written: dict[UUID, int] = dict(execute_rows(_SAVE, [_row(one, names) for one in statements]))
    return {one.subject: Saved(written[one.subject], _proved(one, names), known.get(one.subject)) for one in statements}


def _proved(statement: Statement, names: Names) -> Proved:
    last = statement.state.ended_at or statement.state.last_at
    return Proved(names.job(statement.state.job), min(statement.proved_at or last, last), last)


def _row(statement: Statement, names: Names) -> tuple[object, ...]:
    state = statement.state
    return (
        statement.subject,
        names.job(state.job),
        state.run_id,
        state.status,
        state.first_at,
        state.last_at,
        state.started_at,
        state.ended_at,
        statement.proved_at,
        UUID(state.parent[1]) if state.parent and state.parent[1] else None,
        "; ".join(sorted(state.lenient)),
        statement.foreign,
        statement.events,
        msgspec.json.encode(state.run_facets).decode(),
        msgspec.json.encode(state.job_facets).decode(),
    )
