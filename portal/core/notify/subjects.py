"""What people may choose how to be told of; each app declares its subjects beside its evidence kinds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.core.registry import Registry


class Way(StrEnum):
    """How a person is told: always on the page of notices, and by e-mail at once, in the digest, or not at all."""

    NOW = "now"
    DIGEST = "digest"
    PAGE = "page"

    @property
    def label(self) -> str:
        """The way in words."""
        return _LABELS[self]


_LABELS = {Way.NOW: "By e-mail at once", Way.DIGEST: "In the digest", Way.PAGE: "Only in the portal"}


@dataclass(frozen=True)
class Subject:
    """One subject: what it is called, what comes under it, and how those are told who chose nothing."""

    key: str
    label: str
    sentence: str
    default: Way


_registry: Registry[Subject] = Registry("subject of notices")


def declare(key: str, label: str, sentence: str, *, default: Way = Way.NOW) -> Subject:
    """Register a subject. Raises ValueError when its key is taken."""
    subject = Subject(key, label, sentence, default)
    _registry.add(key, subject, where=__name__)
    return subject


def subjects() -> dict[str, Subject]:
    """Every subject by its key."""
    return _registry.members()
