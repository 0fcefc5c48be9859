"""The order in which a plan erases, and what keeps it from being approved.

The rule: suppression tokens are active before the first delete, so that no pipeline re-derives what was
erased; then copies before their sources (the longer the path from the source, the earlier); the systems that
told us who the subject is come late, because a retry may have to ask them again; backups after them; the
portal itself is last. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum


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
