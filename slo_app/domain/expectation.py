"""What `expected:` of a completeness SLO says: where the number of rows that there should be comes from.

Four sources: the rows of another dataset, a schedule, a control total, or what the same hour of past weeks brought.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from .durations import parse

WINDOW = timedelta(hours=1)
LATENESS = timedelta(minutes=10)
WEEKS = 4
MOST_WEEKS = 12
_SCHEDULE = re.compile(r"\s*([\d_,]+)\s*(?:rows?)?\s*(?:per|every|an|a|/)\s*(.+?)\s*", re.IGNORECASE)
_HISTORY = re.compile(r"\s*history(?:\s+of)?(?:\s+(\d+)\s*weeks?)?\s*", re.IGNORECASE)
_UNITS = {"minute": "1m", "hour": "1h", "day": "1d", "week": "7d"}
_KEYS = frozenset(
    {"source", "key", "element", "rows", "per", "control", "column", "history", "window", "lateness", "whole"}
)


class ExpectationError(ValueError):
    """`expected:` cannot be read; the sentence says what to write."""


@dataclass(frozen=True, slots=True)
class Source:
    """As many rows as another dataset holds; `element` is its event-time column where it has another name."""

    asset: str
    element: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """`rows` in every `per`."""

    rows: int
    per: timedelta

    def in_window(self, width: timedelta) -> int:
        """How many a window of this width should hold."""
        if width % self.per:
            raise ExpectationError("The window must be a whole multiple of the schedule's period; change `window:`.")
        return self.rows * (width // self.per)


@dataclass(frozen=True, slots=True)
class Control:
    """The sum of `column` over the rows of a control table whose `element` lies in the window."""

    asset: str
    column: str
    element: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The median of the same window in each of the past weeks."""

    weeks: int = WEEKS


Expected = Source | Schedule | Control | History


@dataclass(frozen=True, slots=True)
class Expectation:
    """Where the expected number comes from, and what is counted against it.

    `whole` compares the whole datasets and has no windows. `key` is the column whose distinct values are counted.
    """

    expected: Expected
    width: timedelta
    lateness: timedelta
    key: str = ""
    whole: bool = False


def written_in(settings: Mapping[str, Any]) -> Any:
    """What an SLO's settings say: `expected` as a contract writes it, or the keys one by one as a form keeps them.

    >>> written_in({"source": "orders", "key": "", "whole": False})
    {'source': 'orders'}
    """
    if "expected" in settings:
        return settings["expected"]
    return {key: value for key, value in settings.items() if value not in ("", None, False)} or None


def read(written: Any, window: timedelta | None = None) -> Expectation:
    """Read `expected:` as a contract or a form writes it; raises ExpectationError with what to write instead.

    >>> read("10,000 rows per hour").expected.rows
    10000
    >>> read({"source": "oltp_orders", "key": "order_id"}).expected
    Source(asset='oltp_orders', element='')
    >>> read("history of 6 weeks").expected
    History(weeks=6)
    """
    facts = _mapping(written, window)
    unknown = sorted(set(facts) - _KEYS)
    if unknown:
        raise ExpectationError(f"`expected:` has no key `{unknown[0]}`; it takes {', '.join(sorted(_KEYS))}.")
    expected = _expected(facts, window)
    whole = facts.get("whole") is True
    if whole and not isinstance(expected, Source | Control):
        raise ExpectationError("`whole: true` compares with a source or a control total; name one of them.")
    own = expected.per if isinstance(expected, Schedule) else WINDOW
    width = window or _duration(facts, "window") or own
    if isinstance(expected, Schedule):
        expected.in_window(width)
    lateness = _duration(facts, "lateness")
    return Expectation(expected, width, LATENESS if lateness is None else lateness, _text(facts, "key"), whole)


def _mapping(written: Any, window: timedelta | None) -> dict[str, Any]:
    """The long form of what may be written short."""
    if isinstance(written, Mapping):
        return {str(key): value for key, value in written.items()}
    if isinstance(written, int) and not isinstance(written, bool):
        return {"rows": written, "per": window or WINDOW}
    if not isinstance(written, str) or not written.strip():
        raise ExpectationError("`expected:` is empty. Name a source, a schedule, a control total or history.")
    if found := _HISTORY.fullmatch(written):
        return {"history": int(found[1] or WEEKS)}
    if found := _SCHEDULE.fullmatch(written):
        return {"rows": int(re.sub("[_,]", "", found[1])), "per": _UNITS.get(found[2].lower(), found[2])}
    return {"source": written.strip()}


def _expected(facts: Mapping[str, Any], window: timedelta | None) -> Expected:
    named = [kind for kind in ("source", "rows", "control", "history") if kind in facts]
    if len(named) != 1:
        raise ExpectationError("`expected:` names exactly one of `source`, `rows`, `control` and `history`.")
    return _READERS[named[0]](facts, window)


def _source(facts: Mapping[str, Any], window: timedelta | None) -> Expected:
    del window
    return Source(_needed(facts, "source"), _text(facts, "element"))


def _schedule(facts: Mapping[str, Any], window: timedelta | None) -> Expected:
    rows, per = facts["rows"], _duration(facts, "per") or window or WINDOW
    if isinstance(rows, bool) or not isinstance(rows, int) or rows < 0:
        raise ExpectationError("`rows` of `expected:` is a whole number of rows, such as 10000.")
    return Schedule(rows, per)


def _control(facts: Mapping[str, Any], window: timedelta | None) -> Expected:
    del window
    return Control(_needed(facts, "control"), _needed(facts, "column"), _text(facts, "element"))


def _history(facts: Mapping[str, Any], window: timedelta | None) -> Expected:
    del window
    said = facts["history"]
    if isinstance(said, str) and (found := re.fullmatch(r"\s*(\d+)\s*(?:weeks?)?\s*", said)):
        said = int(found[1])
    said = WEEKS if said is True or said is None else said
    if isinstance(said, bool) or not isinstance(said, int) or not 2 <= said <= MOST_WEEKS:
        raise ExpectationError(f"`history` of `expected:` is a number of weeks from 2 to {MOST_WEEKS}.")
    return History(said)


_READERS = {"source": _source, "rows": _schedule, "control": _control, "history": _history}


def _needed(facts: Mapping[str, Any], name: str) -> str:
    text = _text(facts, name)
    if not text:
        raise ExpectationError(f"`expected:` needs `{name}` here; write its name.")
    return text


def _text(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name, "")
    if not isinstance(value, str):
        raise ExpectationError(f"`{name}` of `expected:` is a name; quote it.")
    return value.strip()


def _duration(facts: Mapping[str, Any], name: str) -> timedelta | None:
    value = facts.get(name)
    if value is None or isinstance(value, timedelta):
        return value
    try:
        found = parse(str(value))
    except ValueError:
        raise ExpectationError(f"`{name}` of `expected:` is a duration such as 10 min or 1h.") from None
    if not found and name != "lateness":
        raise ExpectationError(f"`{name}` of `expected:` cannot be 0.")
    return found
