"""The way back of a run read in a few queries, however many runs long it is.

Which writing a reading saw is decided by domain.provenance, level by level. So that this needs no query a level, the
database is first asked which runs the usual case (the latest completed before) would lead to, and what all of those
read is fetched at once. That is a guess: where it was wrong, the walk asks for what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lineage_app.domain.provenance import Writing
from lineage_app.selectors.steps import rows
from lineage_app.selectors.writings import writings_of

FROM_DEPTH = 3
"""Shorter ways are walked as they are: two queries a level are no more than the guess."""
MOST_RUNS = 600

_INPUTS = """
SELECT io.run_id, coalesce(d.root_id, d.id), io.version
FROM lineage_app_runio io JOIN lineage_app_dataset d ON d.id = io.dataset_id
WHERE io.run_id = ANY(%(runs)s) AND io.role = 'input' AND NOT io.is_foreign ORDER BY io.run_id, d.namespace, d.name
"""
_GUESS = """
WITH RECURSIVE way(run, began) AS (
    SELECT * FROM unnest(%(runs)s::bigint[], %(begins)s::timestamptz[])
    UNION
    SELECT w.id, w.began FROM way
    JOIN lineage_app_runio io ON io.run_id = way.run AND io.role = 'input' AND NOT io.is_foreign
    JOIN lineage_app_dataset d ON d.id = io.dataset_id
    CROSS JOIN LATERAL (
        SELECT r.id, coalesce(r.started_at, r.first_at) AS began
        FROM lineage_app_dataset m
        JOIN lineage_app_jobuse u ON u.dataset_id = m.id AND u.role = 'output'
        CROSS JOIN LATERAL (
            SELECT * FROM lineage_app_run c
            WHERE c.job_id = u.job_id AND c.status = 'COMPLETE' AND NOT c.is_foreign AND c.ended_at <= way.began
            ORDER BY c.ended_at DESC LIMIT 1
        ) r
        WHERE m.id = coalesce(d.root_id, d.id) OR m.root_id = coalesce(d.root_id, d.id)
        ORDER BY r.ended_at DESC LIMIT 1
    ) w
) SELECT run, began FROM way LIMIT %(most)s
"""

Input = tuple[int, int, str]
"""Who read which representative, and the version that it stated."""
Asked = tuple[int, datetime, str]
"""A representative, the moment of reading, and the version stated."""


@dataclass
class Ahead:
    """What was fetched before it is asked for, by run and by question; what is missing is fetched when it is asked."""

    known_at: datetime | None
    inputs: dict[int, list[Input]] = field(default_factory=dict)
    writings: dict[Asked, list[Writing]] = field(default_factory=dict)

    def inputs_of(self, runs: Iterable[int]) -> list[Input]:
        """Return what these runs read, foreign statements left out, by run and name."""
        wanted = sorted(runs)
        self._fetch_inputs([run for run in wanted if run not in self.inputs])
        return [each for run in wanted for each in self.inputs[run]]

    def writings_for(self, asked: list[Asked]) -> list[list[Writing]]:
        """Return the writings among which each reading is decided."""
        missing = list(dict.fromkeys(each for each in asked if each not in self.writings))
        if missing:
            self.writings |= dict(zip(missing, writings_of(missing, self.known_at), strict=True))
        return [self.writings[each] for each in asked]

    def _fetch_inputs(self, runs: list[int]) -> None:
        if runs:
            self.inputs |= {run: [] for run in runs}
            for row in rows(_INPUTS, {"runs": runs}):
                self.inputs[row[0]].append(row)


def look_ahead(level: Mapping[int, datetime], depth: int, known_at: datetime | None) -> Ahead:
    """Return what the way back from these runs (number -> when it began to read) will most likely need."""
    ahead = Ahead(known_at)
    if depth <= FROM_DEPTH or not level:
        return ahead
    values = {"runs": list(level), "begins": list(level.values()), "most": MOST_RUNS}
    began = dict(rows(_GUESS, values))
    ahead.writings_for([(dataset, began[run], version) for run, dataset, version in ahead.inputs_of(began)])
    return ahead
