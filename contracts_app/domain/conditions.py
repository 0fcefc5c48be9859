"""What stands between a version and force, as plain values: one condition a line, met or not.

Source: the design's "Life of a version". A version comes into force when no condition is unmet; who reads them (the
page, the API, the gate, the queue) sees the same list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must be so before the version may be in force.

    `key` names it; what stands before its dot is its group ("signature.producer"). `who` could settle it, `until` is
    when the clock does, `url` is where. `failing`: somebody has to clear it away; else it is only waited for.

    >>> Condition("notice", "Notice", False, "Ends tomorrow.").word
    'Waits'
    """

    key: str
    title: str
    met: bool
    text: str
    who: str = ""
    until: datetime | None = None
    url: str = ""
    failing: bool = False

    @property
    def group(self) -> str:
        """What kind of condition it is."""
        return self.key.partition(".")[0]

    @property
    def word(self) -> str:
        """How it stands, in a word."""
        return "Met" if self.met else "Not met" if self.failing else "Waits"

    @property
    def kind(self) -> str:
        """The mark that goes with the word."""
        return "ok" if self.met else "bad" if self.failing else "wait"

    def as_dict(self) -> dict[str, object]:
        """The condition as the API gives it; the state is the word of the pages."""
        until = self.until.isoformat() if self.until else None
        said = {"key": self.key, "title": self.title, "met": self.met, "state": self.word.lower(), "text": self.text}
        return {**said, "who": self.who, "until": until, "url": self.url}


def unmet(conditions: Iterable[Condition]) -> list[Condition]:
    """Those that hold the version back, hindrances before what is only waited for.

    >>> waits, fails = Condition("a", "A", False, ""), Condition("b", "B", False, "", failing=True)
    >>> [one.key for one in unmet([waits, fails, Condition("c", "C", True, "")])]
    ['b', 'a']
    """
    return sorted((one for one in conditions if not one.met), key=lambda one: not one.failing)


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words as a sentence has them.

    >>> listed(["Ana", "Bob", "Cleo"]), listed(["Ana"])
    ('Ana, Bob and Cleo', 'Ana')
    """
    *first, end = [*words] or [""]
    return f"{', '.join(first)} {last} {end}" if first else end
