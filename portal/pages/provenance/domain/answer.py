"""A provenance answer as a frozen structure: what is known, how it is known, and what is not. Plain Python.

Times are aware datetimes, durations milliseconds. `url` is the page of the rows that a figure comes from. A `state` is
(word, kind) as every page shows it, and what is not known has a word of its own: it is never "ok".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from portal.pages.provenance.domain.questions import Question

State = tuple[str, str]


@dataclass(frozen=True)
class RunFacts:
    """One run: when and where it ran, from which code, with which parameters, and who brought its events."""

    run_id: str
    url: str
    job: str = ""
    job_url: str = ""
    status: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    revision: str = ""
    revision_url: str = ""
    repository: str = ""
    path: str = ""
    branch: str = ""
    image: str = ""
    engine: str = ""
    nominal: str = ""
    purpose: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    begun_by: str = ""
    begun_by_url: str = ""
    brought_by: tuple[str, ...] = ()

    @property
    def took_ms(self) -> int | None:
        """How long it took, None where start or end was not told."""
        if self.started_at is None or self.ended_at is None:
            return None
        return round((self.ended_at - self.started_at).total_seconds() * 1000)


@dataclass(frozen=True)
class Reading:
    """One input: `consumer` (a run id) read `dataset` at `read_at`, in the version that `writer` had written.

    `distance` counts runs, 0 for the writing of what was asked about; `how` says how the writer is known.
    """

    dataset: str
    url: str
    asset: int | None
    distance: int
    read_at: datetime
    version: str
    how: str
    state: State
    writer: RunFacts | None = None
    consumer: str = ""
    owner: str = ""
    owner_url: str = ""


@dataclass(frozen=True)
class Signed:
    """A signature: `person` is the opaque id, `name` whose it is, which no document carries."""

    role: str
    person: str
    name: str
    at: datetime
    method: str


@dataclass(frozen=True)
class Agreement:
    """The contract version in force for an asset when it was read; `contract` "" where none was."""

    asset: str
    asset_url: str
    at: datetime
    state: State
    contract: str = ""
    version: str = ""
    url: str = ""
    digest: str = ""
    since: datetime | None = None
    purpose: str = ""
    signed: tuple[Signed, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Level:
    """How an SLO of an asset stood when that was read; `basis` says from what that is known."""

    asset: str
    asset_url: str
    at: datetime
    state: State
    slo: str = ""
    url: str = ""
    target: str = ""
    value: str = ""
    basis: str = ""
    looked_at: datetime | None = None
    incidents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Erasures:
    """How many deletion requests, proved since it was read, took rows out of an asset; nobody is named.

    `first` and `last` are when it was done. `proofs` are (reference, url), for who may read requests only.
    """

    asset: str
    asset_url: str
    since: datetime
    requests: int
    first: datetime
    last: datetime
    proofs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Gap:
    """Something that the answer would need and does not have: its kind, one sentence, and where to look."""

    kind: str
    sentence: str
    url: str = ""


@dataclass(frozen=True)
class Subject:
    """What was asked about, as it was found."""

    kind: str
    label: str
    url: str
    dataset: str = ""
    dataset_url: str = ""
    version: str = ""
    output_id: str = ""
    output_digest: str = ""
    product: str = ""
    product_url: str = ""
    owner: str = ""
    owner_url: str = ""
    places: tuple[str, ...] = ()
    writes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Answer:
    """Everything that one answer says. `whole`: no limit cut the way back to the sources.

    `upstream` counts the datasets that the graph of that time knows before the subject, reached or not.
    """

    question: Question
    subject: Subject
    at: datetime
    asked_at: datetime
    known_at: datetime | None = None
    run: RunFacts | None = None
    readings: tuple[Reading, ...] = ()
    whole: bool = True
    upstream: int = 0
    upstream_url: str = ""
    agreements: tuple[Agreement, ...] = ()
    levels: tuple[Level, ...] = ()
    erasures: tuple[Erasures, ...] = ()
    gaps: tuple[Gap, ...] = ()
    not_covered: tuple[str, ...] = field(default=())

    @property
    def inputs(self) -> tuple[Reading, ...]:
        """The readings without the writing of the subject itself."""
        return tuple(each for each in self.readings if each.distance)

    @property
    def sources(self) -> list[str]:
        """The datasets at which the way back ends because nobody is seen to write them, each once, sorted."""
        return distinct(each.dataset for each in self.inputs if each.writer is None)

    @property
    def runs(self) -> int:
        """How many runs the answer stands on, the subject's own included."""
        known = {each.writer.url for each in self.readings if each.writer}
        return len(known | ({self.run.url} if self.run else set()))

    @property
    def datasets(self) -> list[str]:
        """The names of the inputs, each once, sorted."""
        return distinct(each.dataset for each in self.inputs)

    @property
    def depth(self) -> int:
        """How many runs back the answer goes."""
        return max((each.distance for each in self.readings), default=0)

    @property
    def in_force(self) -> tuple[Agreement, ...]:
        """The contract versions that were in force."""
        return tuple(each for each in self.agreements if each.contract)

    @property
    def judged(self) -> tuple[Level, ...]:
        """The SLOs that the assets had."""
        return tuple(each for each in self.levels if each.slo)

    @property
    def erased(self) -> int:
        """Deletions since, counted by asset and request."""
        return sum(each.requests for each in self.erasures)

    @property
    def owners(self) -> list[str]:
        """The teams that own an input now, each once, sorted."""
        return distinct(each.owner for each in self.inputs if each.owner)

    @property
    def state(self) -> State:
        """The headline: only an answer without a gap is whole."""
        if not self.gaps:
            return ("Whole", "ok")
        return (f"{len(self.gaps)} gap{'' if len(self.gaps) == 1 else 's'}", "warn")


def distinct(words: Iterable[str]) -> list[str]:
    """The words, each once, sorted.

    >>> distinct(["b", "a", "b"])
    ['a', 'b']
    """
    return sorted(set(words))
