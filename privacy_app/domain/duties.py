"""Whether a model that was trained on erased data was really made anew, judged from lineage.

A later run is not enough: it may have read a training set from before. So a run closes a duty only if it began after
the erasure had ended, and each of its inputs is either a dataset that was erased from, or was written again after the
erasure, or has nothing to do with the subject's data. Pure.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

TIME = timedelta(days=30)
"""How long an owner has to retrain, or to document why not."""


@dataclass(frozen=True)
class Input:
    """What a run read: the names it goes by, and when a run last wrote it before (its beginning; None: never seen)."""

    names: frozenset[str]
    written_at: datetime | None


@dataclass(frozen=True)
class TrainingRun:
    """A completed run that wrote the model."""

    url: str
    started_at: datetime
    inputs: tuple[Input, ...]


def why_not(run: TrainingRun, *, erased: Collection[str], touched: Collection[str], erased_at: datetime) -> str:
    """Why this run does not show a model without the subject; empty where it does.

    `erased` are the names of datasets that were erased from, `touched` of all others into which the data flowed.
    """
    if run.started_at < erased_at:
        return "it began before the erasure had ended"
    if not run.inputs:
        return "lineage does not say what it read"
    for each in run.inputs:
        if each.names & set(erased) or not each.names & set(touched):
            continue
        if each.written_at is None or each.written_at < erased_at:
            return f"it read {min(each.names)}, which was not written again since the erasure"
    return ""


def first_without(
    runs: Iterable[TrainingRun], *, erased: Collection[str], touched: Collection[str], erased_at: datetime
) -> TrainingRun | None:
    """The first run that shows it, or None."""
    good = (run for run in runs if not why_not(run, erased=erased, touched=touched, erased_at=erased_at))
    return next(good, None)
