"""Deriving edges from an accumulated run.

An edge is proved by COMPLETE, or by RUNNING of a streaming job. ABORT and FAIL leave a failed edge: shown
dashed, never counted. A static JobEvent or DatasetEvent leaves a declared edge until a run confirms it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, product

from lineage_app.domain.columns import ColumnLink, read_columns
from lineage_app.domain.events import Kind
from lineage_app.domain.explicit import Statement, dataset_statement, job_statements
from lineage_app.domain.lifecycle_facet import renamed_from
from lineage_app.domain.names import Name
from lineage_app.domain.runs import Received, RunState, accumulate


class EdgeState(StrEnum):
    """How an edge is known."""

    SEEN = "seen"
    FAILED = "failed"
    DECLARED = "declared"


@dataclass(frozen=True)
class Derived:
    """The edges and column links of one run, with the way they are known; None when they are not known yet."""

    state: EdgeState | None
    edges: frozenset[tuple[Name, Name]]
    columns: frozenset[ColumnLink]

    def without(self, other: "Derived") -> "Derived":
        """Return what this says beyond `other`."""
        return Derived(self.state, self.edges - other.edges, self.columns - other.columns)


NOTHING = Derived(None, frozenset(), frozenset())


def edge_state(run: RunState) -> EdgeState | None:
    """Return how this run proves its edges, None while it does not."""
    if run.kind is not Kind.RUN:
        return EdgeState.DECLARED
    if run.status == "COMPLETE" or (run.status == "RUNNING" and run.streaming):
        return EdgeState.SEEN
    return EdgeState.FAILED if run.status in {"ABORT", "FAIL"} else None


def derive(run: RunState) -> Derived:
    """Return the edges of an accumulated run: explicit statements where there are any, else inputs by
    outputs.
    """
    state = edge_state(run)
    if state is None:
        return NOTHING
    stated = job_statements(run.job_facets.get("lineage"))
    own = _own_statements(run)
    spoken_for = {item.target for item in own}
    edges = _of_statements([*(stated or []), *own])
    columns = set().union(*(item.columns for item in [*(stated or []), *own]))
    if stated is None:
        targets = [name for name in run.outputs if name not in spoken_for]
        edges |= set(product(run.inputs, targets))
    for name, use in run.outputs.items():
        columns |= read_columns(name, use.facets.get("columnLineage"))
    edges |= _renames(run)
    if run.kind is Kind.DATASET:
        edges |= {(link.src, link.dst) for link in columns}
    return Derived(state, frozenset(edge for edge in edges if edge[0] != edge[1]), frozenset(columns))


def _renames(run: RunState) -> set[tuple[Name, Name]]:
    """A dataset that got another name is fed by the one it was."""
    uses = chain(run.inputs.items(), run.outputs.items())
    found = ((renamed_from(use.facets.get("lifecycleStateChange")), name) for name, use in uses)
    return {(former, name) for former, name in found if former is not None}


def _own_statements(run: RunState) -> list[Statement]:
    found = (dataset_statement(name, use.facets.get("lineage")) for name, use in run.outputs.items())
    return [item for item in found if item is not None]


def _of_statements(statements: Iterable[Statement]) -> set[tuple[Name, Name]]:
    return {(src, item.target) for item in statements if item.target is not None for src in item.sources}


def own_and_foreign(events: Iterable[Received]) -> tuple[Derived | None, Derived | None]:
    """Return what the events within their tokens' namespaces prove, and what only foreign events add.

    A foreign event can therefore neither add to what counts nor take from it.
    """
    received = list(events)
    own = [item for item in received if not item.foreign]
    inside = derive(accumulate(own)) if own else None
    if len(own) == len(received):
        return inside, None
    return inside, derive(accumulate(received)).without(inside or NOTHING)
