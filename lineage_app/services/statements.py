"""What one subject says, computed once and then written by naming, runs and edges."""

from dataclasses import dataclass
from uuid import UUID

from lineage_app.domain.columns import ColumnLink
from lineage_app.domain.edges import Derived, EdgeState, own_and_foreign
from lineage_app.domain.knowing import Held, held_edges
from lineage_app.domain.names import Name
from lineage_app.domain.runs import Received, RunState, accumulate


@dataclass(frozen=True)
class Use:
    """A dataset read or written: its version, this reading's facets, and whether only a foreign event says so."""

    version: str
    facets: dict[str, object]
    foreign: bool


@dataclass(frozen=True)
class Statement:
    """A subject's accumulated state and everything derived from it."""

    subject: UUID
    state: RunState
    own: Derived | None
    inputs: dict[Name, Use]
    outputs: dict[Name, Use]
    held: list[Held]
    events: int

    @property
    def columns(self) -> frozenset[ColumnLink]:
        """Column links that count: of own events, and not of a run that failed."""
        return self.own.columns if self.own and self.own.state is not EdgeState.FAILED else frozenset()

    @property
    def foreign(self) -> bool:
        """Whether every event of it came from a token that did not cover it."""
        return self.own is None

    def job_names(self) -> set[Name]:
        """Return every job that a row of this subject will point to."""
        return {job for job in (self.state.job, *(held.key.job for held in self.held)) if job}

    def dataset_names(self) -> set[Name]:
        """Return every dataset that a row of this subject will point to."""
        names = {*self.inputs, *self.outputs}
        for held in self.held:
            names |= {held.key.src, held.key.dst}
        return names | {name for link in self.columns for name in (link.src, link.dst)}


def statement_of(subject: UUID, received: list[Received]) -> Statement:
    """Return what `received`, all the events of `subject`, say."""
    everything = accumulate(received)
    own = [item for item in received if not item.foreign]
    inside = accumulate(own) if own else None
    derived, _ = own_and_foreign(received)
    return Statement(
        subject=subject,
        state=inside or everything,
        own=derived,
        inputs=_uses(inside, everything, "inputs"),
        outputs=_uses(inside, everything, "outputs"),
        held=held_edges(received),
        events=len(received),
    )


def _uses(inside: RunState | None, everything: RunState, side: str) -> dict[Name, Use]:
    uses: dict[Name, Use] = {}
    for state, foreign in ((everything, True), (inside, False)):
        for name, use in getattr(state, side).items() if state else ():
            version = use.facets.get("version")
            text = version.get("datasetVersion") if isinstance(version, dict) else None
            uses[name] = Use(str(text or ""), use.io_facets, foreign)
    return uses
