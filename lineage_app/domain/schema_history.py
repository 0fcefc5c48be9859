"""How the columns of a dataset changed from one writing to the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Seen:
    """The columns that one run told of, by name with their type, at the run's event time; `run` is its key."""

    at: datetime
    run: Any
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """What a run changed against the one before it that told of columns; `retyped` are (name, before, after)."""

    at: datetime
    run: Any
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    retyped: tuple[tuple[str, str, str], ...] = ()
    first: bool = False


def changes(seen: Iterable[Seen]) -> list[Change]:
    """Return the changes, the latest first; the first telling is a change of its own.

    >>> day = datetime(2026, 3, 1)
    >>> told = [Seen(day, 1, {"a": "int"}), Seen(day, 2, {"a": "int"}), Seen(day, 3, {"a": "text", "b": ""})]
    >>> [(c.run, c.added, c.removed, c.retyped) for c in changes(told)]
    [(3, ('b',), (), (('a', 'int', 'text'),)), (1, ('a',), (), ())]
    """
    found: list[Change] = []
    known: dict[str, str] | None = None
    for one in seen:
        change = _against(known or {}, one, first=known is None)
        if change.first or change.added or change.removed or change.retyped:
            found.append(change)
        known = one.columns
    return found[::-1]


def _against(known: dict[str, str], one: Seen, *, first: bool) -> Change:
    added = tuple(name for name in one.columns if name not in known)
    removed = tuple(name for name in known if name not in one.columns)
    retyped = tuple((n, known[n], kind) for n, kind in one.columns.items() if n in known and known[n] != kind)
    return Change(one.at, one.run, added, removed, retyped, first)
