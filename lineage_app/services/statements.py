"""What one subject says, computed once and then written by naming, runs and edges."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from lineage_app.domain.columns import ColumnLink
from lineage_app.domain.edges import Derived, EdgeState
from lineage_app.domain.knowing import Account, Held
from lineage_app.domain.names import Name
from lineage_app.domain.runs import DatasetUse, Received, RunState


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
    proved_at: datetime | None
    events: int

    @cached_property
    def columns(self) -> frozenset[ColumnLink]:
        """Column links that count: of own events, and not of a run that failed."""
        return self.own.columns if self.own and self.own.state is not EdgeState.FAILED else frozenset()

    @cached_property
    def columns_into(self) -> dict[Name, list[ColumnLink]]:
        """The counting column links by the dataset that they lead into, sorted."""
        into: dict[Name, list[ColumnLink]] = defaultdict(list)
        for link in sorted(self.columns):
            into[link.dst].append(link)
        return into

    @cached_property
    def written(self) -> dict[Name, Use]:
        """Outputs, with the datasets that only column links or explicit statements speak of as written."""
        targets = self.columns_into.keys() - self.outputs.keys()
        return {**self.outputs, **{name: Use("", {}, foreign=False) for name in sorted(targets)}}

    @property
    def foreign(self) -> bool:
        """Whether every event of it came from a token that did not cover it."""
        return self.own is None

    def job_names(self) -> set[Name]:
        """Return every job that a row of this subject will point to."""
        return {job for job in (self.state.job, *(held.key.job for held in self.held)) if job}

    def dataset_names(self) -> set[Name]:
        """Return every dataset that a row of this subject will point to."""
        names = {*self.inputs, *self.written}
        for held in self.held:
            names |= {held.key.src, held.key.dst}
        return names | {link.src for link in self.columns}


def statement_of(subject: UUID, received: list[Received]) -> Statement:
    """Return what `received`, all the events of `subject`, say."""
    account = Account(received)
    own = bool(account.own.events)
    return Statement(
        subject=subject,
        state=account.speaker.state,
        own=account.own.derived if own else None,
        inputs=_uses(account, "read"),
        outputs=_uses(account, "outputs"),
        held=account.held,
        proved_at=account.own.proved_at,
        events=len(received),
    )


def _uses(account: Account, side: str) -> dict[Name, Use]:
    folds = [(account.own, False)]
    if account.everything is not account.own:
        folds.insert(0, (account.everything, True))
    uses: dict[Name, Use] = {}
    for fold, foreign in folds:
        said: dict[Name, DatasetUse] = getattr(fold.state, side) if fold.events else {}
        for name, use in said.items():
            version = use.facets.get("version")
            text = version.get("datasetVersion") if isinstance(version, dict) else None
            uses[name] = Use(str(text or ""), use.io_facets, foreign)
    return uses
