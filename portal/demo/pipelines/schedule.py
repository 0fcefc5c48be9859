"""Runs the pipelines in their order, from where the last success ended."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from portal.demo.pipelines import (
    activity,
    answer,
    check,
    clicks,
    embed,
    features,
    ingest,
    land,
    live,
    loyalty,
    nightly,
    score,
    show,
    train,
)
from portal.demo.pipelines.telling import emitter

AFTER_A_PAUSE = timedelta(minutes=15)  # what is made up of the time in which the estate stood still
STEPS = (ingest, clicks, land, features, embed, activity, loyalty, nightly, train, score, answer, live, show, check)


def run_all(*, from_latest_success: bool = True, now: datetime | None = None) -> bool:
    """Run every step for the time since the latest success (or the last 31 days); False where a run is under way."""
    with _alone() as alone:
        if not alone:
            return False
        until = now or datetime.now(UTC)
        since = latest_success() if from_latest_success else None
        since = since or until - timedelta(days=31)
        telling = emitter()
        for step in STEPS:
            begin = max(since, until - AFTER_A_PAUSE) if step is ingest else since
            step.run(telling, since=begin, until=until)
        _note_success(until)
    return True


def latest_success() -> datetime | None:
    """Until when the data has been moved; None before the first success."""
    path = _state()
    return datetime.fromisoformat(json.loads(path.read_text())["until"]) if path.exists() else None


def _note_success(until: datetime) -> None:
    partial = _state().with_suffix(".partial")
    partial.write_text(json.dumps({"until": until.isoformat()}))
    os.replace(partial, _state())


def _state() -> Path:
    return Path(settings.VAR_DIR) / "estate" / "pipelines.json"


@contextmanager
def _alone() -> Iterator[bool]:
    """One run at a time, across processes; the lock goes with the process that holds it."""
    path = Path(settings.VAR_DIR) / "estate" / "pipelines.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
