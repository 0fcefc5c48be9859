"""Vector sync lag: the newest source row's time less the newest vector's, in minutes.

Max less max is blind to holes: one straggler that was vectorised hides a stuck backlog. So the count and the age of
what has no vector yet are read beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.core.connectors.base import Reader

from ...domain.durations import words
from ...domain.expectation import written_in
from ...domain.lag import Backlog, Lag, Side, lag
from ...domain.measurement import Reading, Result
from ...domain.syncing import Sync, SyncError, read
from ..base import CannotMeasure, Defaults, Indicator, Terms
from ..registry import indicator
from ..settings import Setting, SettingError, Shape
from ..syncing import COMPARED, Sided, side_of, sided, waiting_between, waiting_in_one

RUNBOOK = {
    "Trigger": ("The vectors are further behind their source than the alert threshold.",),
    "Triage": (
        "Look in the lineage whether the embedding job runs, fails, or waits for its input.",
        "Compare the backlog below with the lag: a small lag with a large backlog is a hole, not a delay.",
        "Check the limits and errors of the embedding service.",
    ),
    "Fix": ("Restart the embedding job with --from-latest-success.", "Vectorise the keys that wait, the oldest first."),
    "Verify": (
        "The lag is back at its target and nothing waits.",
        "Post the post-mortem in #data-postmortems within 24 hours.",
    ),
    "Rollback": ("If a new model version slows it down, put the previous one back and vectorise again.",),
}


@indicator("vector_sync_lag")
class VectorSyncLag(Indicator):
    """`max(created) - max(vectorized)` in minutes."""

    label = "Vector sync lag"
    unit = "min"
    sli = "max(created) - max(vectorized)"
    element_help = "The time column of this dataset: when its vectors were made, or when its rows were."
    fields = (
        Setting("source", "The dataset that the vectors are made from, where this one holds them.", shape=Shape.ASSET),
        Setting("vectors", "The dataset that holds the vectors, where this one is the source.", shape=Shape.ASSET),
        Setting("element", "The other side's time column; in this dataset where it has both.", required=True),
        Setting("key", "The column that joins a vector to its row; with it what waits is counted."),
    )
    defaults = Defaults(
        target=("<=", Decimal(10)),
        alert=(">", Decimal(15)),
        hold=timedelta(minutes=5),
        interval=timedelta(minutes=1),
        objective=Decimal("0.99"),
        runbook=RUNBOOK,
    )

    def lacks(self, element: str, settings: Mapping[str, Any]) -> str:
        if not element:
            return "No time column is named. Say `element:` under this SLO in the contract."
        try:
            read(written_in(settings))
        except SyncError as error:
            return str(error)
        return ""

    def check(self, settings: Mapping[str, Any]) -> None:
        try:
            read(written_in(settings))
        except SyncError as error:
            raise SettingError("source", str(error)) from None

    def measure(self, reader: Reader, terms: Terms) -> Reading:
        if lacking := self.lacks(terms.element, terms.settings):
            raise CannotMeasure(lacking)
        sync = read(written_in(terms.settings))
        with terms.other(sync.other) if sync.other else nullcontext(reader) as other:
            own, theirs = sided(reader, terms.element), sided(other, sync.element)
            source, vectors = (theirs, own) if sync.other_is_source else (own, theirs)
            clock, made = side_of(source)
            _, done = side_of(vectors)
            return reading(made, done, _backlog(sync, source, vectors), clock)


def _backlog(sync: Sync, source: Sided, vectors: Sided) -> Backlog | None:
    """What waits; None where no key says which row a vector is of."""
    if not sync.other:
        return waiting_in_one(source, vectors.column)
    if not sync.key:
        return None
    for side in (source, vectors):
        if sync.key not in side.reader.columns():
            raise CannotMeasure(f"One side has no column “{sync.key}”. Correct `key` of `expected:`.")
    return waiting_between(source, vectors, sync.key)


def reading(source: Side, vectors: Side, waiting: Backlog | None, clock: datetime) -> Reading:
    """The reading of two sides; an index without vectors is as far behind as its oldest source row is old."""
    counts = _counts(source, vectors, waiting)
    found = lag(source, vectors, clock)
    if found is None:
        return _without_source(source, vectors, counts, clock)
    figures = {} if waiting is None else {"oldest waiting, min": _minutes(waiting.age(clock))}
    if found.skew:
        figures["vectors ahead, min"] = _minutes(found.skew)
    return Reading(
        clock,
        value=Decimal(found.lag // timedelta(microseconds=1)) / 60_000_000,
        total=source.rows,
        counts=counts,
        figures=figures,
        reason=_remark(source, vectors, waiting, found, clock),
        method=_method(waiting),
        window_start=vectors.newest,
        window_end=source.newest,
    )


def _without_source(source: Side, vectors: Side, counts: Mapping[str, int], clock: datetime) -> Reading:
    if source.rows:
        reason = f"No row of the source has a usable time: {source.nulls} lack one, {source.future} lie ahead."
        return Reading(clock, result=Result.BREACH, reason=reason, total=source.rows, counts=counts)
    reason = "The source and the index are empty." if not vectors.rows else "The source is empty; nothing can lag."
    return Reading(clock, result=Result.NO_DATA, reason=reason, total=0, counts=counts)


def _counts(source: Side, vectors: Side, waiting: Backlog | None) -> dict[str, int]:
    counts = {"source rows": source.rows, "vectors": vectors.rows}
    odd = {
        "source rows without a time": source.nulls,
        "source rows in the future": source.future,
        "vectors without a time": vectors.nulls,
        "vectors in the future": vectors.future,
    }
    counts |= {name: count for name, count in odd.items() if count}
    return counts if waiting is None else counts | {"waiting for a vector": waiting.count}


def _remark(source: Side, vectors: Side, waiting: Backlog | None, found: Lag, clock: datetime) -> str:
    said = []
    if not vectors.rows or vectors.newest is None:
        said.append("There is no vector yet, so the lag is the age of the oldest source row.")
    elif found.skew:
        said.append(f"The newest vector is {words(found.skew)} newer than the newest source row, which reads as 0.")
    if waiting is not None and waiting.count:
        said.append(f"{waiting.count} wait for a vector, the oldest for {words(waiting.age(clock))}.")
    ahead = source.future + vectors.future
    if ahead:
        said.append(f"{ahead} times lie in the future and are left out.")
    return " ".join(said)


def _method(waiting: Backlog | None) -> str:
    if waiting is None:
        return "max less max; without a key nothing says what waits"
    return "max less max; " + ("every key compared" if waiting.whole else f"the newest {COMPARED} keys compared")


def _minutes(span: timedelta) -> Decimal:
    return round(Decimal(span // timedelta(microseconds=1)) / 60_000_000, 3)
