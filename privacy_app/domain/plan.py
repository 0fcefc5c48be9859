"""The order in which a plan erases, and what keeps it from being approved.

The rule: suppression tokens are active before the first delete, so that no pipeline re-derives what was
erased; then copies before their sources (the longer the path from the source, the earlier); the systems that
told us who the subject is come late, because a retry may have to ask them again; backups after them; the
portal itself is last. Pure.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

LIFE = timedelta(days=7)
"""A plan is approved within this time, else made anew: counts and probes say nothing about today."""


class Place(IntEnum):
    """A step's place in the order."""

    SUPPRESSION = 0
    DERIVED = 1
    IDENTITY_SOURCE = 2
    BACKUP = 3
    PORTAL = 4


class Origin(StrEnum):
    """How a system came into the plan."""

    CONTRACT = "contract"
    LINEAGE = "lineage"
    EVENTS = "events"
    REGISTERED = "registered"
    PORTAL = "portal"


@dataclass(frozen=True)
class Target:
    """One step to come: a system and the object in it that holds data of the subject."""

    system: str
    dataset: str
    place: Place
    depth: int = 0
    """Edges of lineage between the source and this dataset; copies are erased before their source."""


def in_order(targets: Iterable[Target]) -> list[Target]:
    """The targets in the order in which their steps are leased.

    >>> backup, table = Target("b", "copy", Place.BACKUP), Target("a", "t", Place.DERIVED)
    >>> [each.dataset for each in in_order([backup, table])]
    ['t', 'copy']
    """
    return sorted(targets, key=lambda each: (each.place, -each.depth, each.system, each.dataset))


def ranks(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """How many steps of copying lie before each dataset, along the longest way; circles count each dataset once.

    So a copy always ranks above everything that it was made from, and is erased before it.

    >>> ranks([(1, 2), (2, 3), (1, 3)])
    {1: 0, 2: 1, 3: 2}
    """
    after: dict[int, list[int]] = {}
    before: dict[int, int] = {}
    for src, dst in dict.fromkeys(edges):
        if src != dst:
            after.setdefault(src, []).append(dst)
            before[dst] = before.get(dst, 0) + 1
            before.setdefault(src, 0)
    found: dict[int, int] = {}
    ready = deque(sorted(node for node, waits in before.items() if not waits))
    high = dict.fromkeys(before, 0)
    while len(found) < len(before):
        node = ready.popleft() if ready else _out_of_a_circle(before, found, high)
        if node in found:
            continue
        found[node] = high[node]
        for far in after.get(node, ()):
            high[far] = high[far] if far in found else max(high[far], found[node] + 1)
            before[far] -= 1
            if before[far] == 0:
                ready.append(far)
    return found


def _out_of_a_circle(before: Mapping[int, int], found: Mapping[int, int], high: Mapping[int, int]) -> int:
    """Where a circle is entered: at what was reached already, the nearest first."""
    return min((node for node in before if node not in found), key=lambda node: (not high[node], high[node], node))


class Apart(StrEnum):
    """What the approval of a plan alone does not allow: each is decided by itself, by the approver."""

    EXCLUSIVE = "exclusive"
    HISTORY = "history"
    NOT_PROBED = "not_probed"


APART_WORDS = {
    Apart.EXCLUSIVE: "The purge may stop readers and writers while it runs.",
    Apart.HISTORY: "The purge destroys older versions of the dataset, for everybody.",
    Apart.NOT_PROBED: "It cannot be shown by every probe that the subject is gone.",
}


def apart(preview: Mapping[str, Any]) -> list[Apart]:
    """What of one step has to be decided apart, from its preview.

    >>> [each.value for each in apart({"exclusive_lock": True, "probes": [{"runs": False}, {"runs": True}]})]
    ['exclusive', 'not_probed']
    """
    blind = any(not each["runs"] for each in preview.get("probes", ()))
    asked = {
        Apart.EXCLUSIVE: preview.get("exclusive_lock"),
        Apart.HISTORY: preview.get("destroys_history"),
        Apart.NOT_PROBED: blind,
    }
    return [what for what, true in asked.items() if true]


def too_old(made_at: datetime, now: datetime) -> str:
    """Why a plan of that age cannot be approved; empty while it can.

    >>> from datetime import UTC
    >>> too_old(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))
    ''
    """
    if now - made_at <= LIFE:
        return ""
    return f"This plan was made on {made_at:%Y-%m-%d}, more than {LIFE.days} days ago. Send it back and make a new one."


class Decision(StrEnum):
    """What was done about a dataset that lineage shows and no contract names."""

    OPEN = "open"
    PLANNED = "planned"
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class Finding:
    """A dataset downstream of the subject's data; `decision` stays open until a person decides."""

    dataset: str
    why: str
    decision: Decision = Decision.OPEN
    reason: str = ""

    @property
    def blocks(self) -> bool:
        return self.decision is Decision.OPEN or (self.decision is Decision.EXCLUDED and not self.reason.strip())


def blockers(findings: Iterable[Finding]) -> list[str]:
    """Why this plan cannot be approved yet, one sentence each; empty when it can.

    >>> blockers([Finding("features.profile", "downstream of raw.clicks")])
    ['features.profile is in no contract (downstream of raw.clicks): plan it, or exclude it with a reason.']
    """
    return [
        f"{each.dataset} is in no contract ({each.why}): plan it, or exclude it with a reason."
        for each in findings
        if each.blocks
    ]
