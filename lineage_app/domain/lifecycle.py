"""The life of a dataset as its events tell it: created, altered, overwritten, truncated, renamed, dropped.

Source: LifecycleStateChangeDatasetFacet 1-0-0, 1-0-1. A change counts when the run that says it completed, or when a
static event says it; only events within their token's namespaces count. A dropped dataset, and the name that a
renamed one left, has ended at that event time; a later change or a later write of another run revives it. Nothing is
deleted by it: edges stay, and who is fed by a dropped dataset is still hit by what it held.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from lineage_app.domain.edges import EdgeState, edge_state
from lineage_app.domain.events import RawDataset, read_facets
from lineage_app.domain.lifecycle_facet import ENDINGS, FACET, Life, read_change
from lineage_app.domain.names import Name
from lineage_app.domain.runs import Received, accumulate


class Change(NamedTuple):
    """What happened to `dataset` at the event time `at`; `other` is the former name of RENAMED, the new one of LEFT."""

    dataset: Name
    state: Life
    at: datetime
    other: Name | None = None


def changes_of(received: Iterable[Received]) -> list[Change]:
    """Return what the events of one subject say happened to datasets, in the order of time.

    START and COMPLETE of a run mostly say the same: that is one change, at the later time.
    """
    own = [item for item in received if not item.foreign]
    told = [item for item in own if any(_tells(dataset) for dataset in (*item.event.inputs, *item.event.outputs))]
    if not told or edge_state(accumulate(own)) not in (EdgeState.SEEN, EdgeState.DECLARED):
        return []
    found: dict[Name, list[Change]] = {}
    for item in sorted(told, key=lambda each: (each.event.time, each.digest)):
        for dataset in filter(_tells, (*item.event.inputs, *item.event.outputs)):
            change = read_change(read_facets(dataset.facets).get(FACET))
            if change is not None:
                new = Change(dataset.full_name, change[0], item.event.time, change[1])
                _add(found.setdefault(dataset.full_name, []), new)
    changes = [change for of_one in found.values() for change in of_one]
    left = [Change(c.other, Life.LEFT, c.at, c.dataset) for c in changes if c.state is Life.RENAMED and c.other]
    return sorted({*changes, *left}, key=lambda c: (c.at, c.dataset, c.state, c.other or Name("", "")))


def _tells(dataset: RawDataset) -> bool:
    return FACET.encode() in bytes(dataset.facets)


def _add(known: list[Change], new: Change) -> None:
    if known and (known[-1].state, known[-1].other) == (new.state, new.other):
        known.pop()
    known.append(new)


class Moment(NamedTuple):
    """One line of a dataset's life, whatever name of it is meant; `write` is a completed run that wrote it."""

    at: datetime
    state: Life | None
    run: int
    other: int | None = None

    @property
    def write(self) -> bool:
        """Whether this is a write and no change."""
        return self.state is None


def ending(moments: Iterable[Moment]) -> Moment | None:
    """Return the change that ended the dataset, None while it lives.

    >>> from datetime import UTC
    >>> day = lambda number: datetime(2026, 3, number, tzinfo=UTC)
    >>> dropped = Moment(day(2), Life.DROPPED, run=1)
    >>> ending([Moment(day(1), None, 7), dropped, Moment(day(2), None, 1)]) == dropped
    True
    >>> ending([dropped, Moment(day(3), None, 8)]) is None
    True
    """
    listed = list(moments)
    ends = [each for each in listed if each.state in ENDINGS]
    last = max(ends, key=lambda each: (each.at, each.run), default=None)
    if last is None:
        return None
    revived = any(each.at > last.at and each.run != last.run for each in listed if each.state not in ENDINGS)
    renewed = any(each.at > last.at for each in listed if each.state is not None and each.state not in ENDINGS)
    return None if revived or renewed else last
