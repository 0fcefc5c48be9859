"""What an import says about its own work: what it filled in, what is kept but not enforced, what a person must add."""

from __future__ import annotations

from dataclasses import asdict, dataclass

ADD = "add"  # a person must say it: the source has no word for it
KEPT = "kept"  # carried along unread, under `extensions`
READ = "read"  # taken over, but not word for word
LEFT = "left"  # not carried at all


class FormatError(ValueError):
    """A text that cannot be read as the format, or a contract that cannot be written as it; a sentence."""


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence about one place of the source."""

    kind: str
    path: str
    text: str

    def as_dict(self) -> dict[str, str]:
        """The note as JSON can carry it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Imported:
    """A draft made from another format: its YAML, and what has to be said about it."""

    text: str
    notes: list[Note]
