"""How one point of the day-end checklist stands. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal.core.identity.policies import Act


class Done(StrEnum):
    """Whether a point is done; one that was never looked at is not done and says so."""

    DONE = "done"
    NOT_DONE = "not_done"
    NOT_MEASURED = "not_measured"

    @property
    def word(self) -> str:
        """What people read."""
        return _WORDS[self][0]

    @property
    def kind(self) -> str:
        """The kind of its mark."""
        return _WORDS[self][1]


_WORDS = {
    Done.DONE: ("Done", "ok"),
    Done.NOT_DONE: ("Not done", "bad"),
    Done.NOT_MEASURED: ("Not measured", "off"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One point: its state, the sentence behind it, since when, its evidence, and the link that does it now.

    `evidence` leads to what shows it, an entry of the ledger where `ledger` says so; `url` is for whoever may `needs`.
    """

    done: Done
    text: str
    at: datetime | None = None
    evidence: str = ""
    url: str = ""
    label: str = ""
    needs: Act = Act.READ
    ledger: bool = False
    key: str = ""
    title: str = ""

    def named(self, key: str, title: str) -> Point:
        """The same with its place in the checklist."""
        return replace(self, key=key, title=title)

    def as_dict(self) -> dict[str, Any]:
        """What a day keeps of it; nothing about requests."""
        return {
            "key": self.key,
            "title": self.title,
            "done": self.done.value,
            "text": self.text,
            "at": self.at.isoformat() if self.at else "",
        }
