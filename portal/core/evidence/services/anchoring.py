"""Outside anchors: what leaves this house so that nobody here can rewrite the ledger unseen.

An anchor is a function that takes a checkpoint to somebody else and says in a sentence how that went. It is cast once
a day when the ledger has grown, tried again soon where it failed, and every run is kept.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from portal.core.clock.services import now
from portal.core.evidence.authority import AuthorityFailed
from portal.core.evidence.models import AnchorRun, Checkpoint
from portal.core.evidence.selectors import latest_checkpoint

EVERY = timedelta(days=1)
AGAIN = timedelta(minutes=15)
LATE = timedelta(hours=27)
_log = logging.getLogger(__name__)


class AnchorFailed(RuntimeError):
    """The checkpoint did not arrive; the sentence says why."""


@dataclass(frozen=True)
class Anchor:
    """A way out of the house: `setting` is the one that turns it on."""

    name: str
    label: str
    setting: str
    cast: Callable[[Checkpoint], str]

    @property
    def is_set(self) -> bool:
        return bool(getattr(settings, self.setting))


@dataclass(frozen=True)
class Standing:
    """Where an anchor stands: its last success and failure, and since when it is late (None when it is not)."""

    anchor: Anchor
    last_ok: AnchorRun | None
    last_failure: AnchorRun | None
    late_since: datetime | None

    @property
    def failing(self) -> bool:
        """Whether the newest run failed."""
        if self.last_failure is None:
            return False
        return self.last_ok is None or self.last_ok.ran_at < self.last_failure.ran_at


_anchors: dict[str, Anchor] = {}


def anchor(name: str, *, label: str, setting: str) -> Callable[[Callable[[Checkpoint], str]], Callable[..., str]]:
    """Register a function as an anchor. It raises AnchorFailed, AuthorityFailed or OSError where nothing arrived."""

    def register(cast_one: Callable[[Checkpoint], str]) -> Callable[..., str]:
        if name in _anchors:
            raise ValueError(f"The anchor {name!r} is registered twice.")
        _anchors[name] = Anchor(name, label, setting, cast_one)
        return cast_one

    return register


def anchors() -> dict[str, Anchor]:
    """Every anchor by name."""
    return dict(sorted(_anchors.items()))


def cast_due(at: datetime) -> list[AnchorRun]:
    """Cast every anchor that is due; one that fails never keeps another from running."""
    checkpoint = latest_checkpoint()
    if checkpoint is None:
        return []
    return [cast(each, checkpoint) for each in anchors().values() if each.is_set and _is_due(each, checkpoint, at)]


def cast(one: Anchor, checkpoint: Checkpoint) -> AnchorRun:
    """Take one checkpoint out by one anchor, and keep how that went."""
    try:
        sentence, good = one.cast(checkpoint), True
    except (AnchorFailed, AuthorityFailed, OSError) as error:
        sentence, good = str(error), False
        _log.error("the anchor %s failed: %s", one.name, error)
    return AnchorRun.objects.create(anchor=one.name, checkpoint=checkpoint, ran_at=now(), good=good, sentence=sentence)


def _is_due(one: Anchor, checkpoint: Checkpoint, at: datetime) -> bool:
    runs = AnchorRun.objects.filter(anchor=one.name).select_related("checkpoint")
    last = runs.order_by("-pk").first()
    if last is None:
        return True
    if not last.good:
        return at - last.ran_at >= AGAIN
    return at - last.ran_at >= EVERY and last.checkpoint.size < checkpoint.size


def standing(at: datetime) -> list[Standing]:
    """Every anchor that is turned on, and how it stands."""
    return [_standing(each, at) for each in anchors().values() if each.is_set]


def _standing(one: Anchor, at: datetime) -> Standing:
    runs = AnchorRun.objects.filter(anchor=one.name).select_related("checkpoint").order_by("-pk")
    last_ok, last_failure = runs.filter(good=True).first(), runs.filter(good=False).first()
    unseen = Checkpoint.objects.filter(size__gt=last_ok.checkpoint.size if last_ok else 0).order_by("size").first()
    waits_since = unseen.created_at if unseen else None
    late = waits_since is not None and at - waits_since > LATE
    return Standing(one, last_ok, last_failure, waits_since if late else None)
