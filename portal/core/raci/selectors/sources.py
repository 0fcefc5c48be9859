"""What upper rooms say about who does what for an asset, such as its contract; used where no row of the matrix does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from ..domain.matrix import Letter

WORDS = {
    letter.word.lower(): letter for letter in Letter
} | {letter.value.lower(): letter for letter in Letter}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stated:
    """Where it is said, that place's page, and for each letter the names as they are written there."""

    where: str
    url: str
    duties: Mapping[Letter, tuple[str, ...]]


Ask = Callable[[Collection[int]], Mapping[int, Stated]]
_asked: list[Ask] = []


def states_duties(ask: Ask) -> Ask:
    """Register the function below it (numbers of assets -> what is stated of each that it knows)."""
    if ask not in _asked:
        _asked.append(ask)
    return ask


def stated_of(assets: Collection[int]) -> dict[int, Stated]:
    """What is stated of these assets; the last registered room that knows one wins."""
    found: dict[int, Stated] = {}
    for ask in _asked:
        found |= ask(assets)
    return found


def read_duties(said: Mapping[str, object]) -> dict[Letter, tuple[str, ...]]:
    """A contract's `raci` under whole words or letters, each a name or a list of names; other keys say nothing.

    >>> read_duties({"accountable": "CISO", "R": ["Data Platform"]})[Letter.A]
    ('CISO',)
    """
    found: dict[Letter, tuple[str, ...]] = {}
    for key, value in said.items():
        letter = WORDS.get(str(key).strip().lower())
        if letter is not None:
            values: Iterable[object] = value if isinstance(value, list) else [value]
            found[letter] = tuple(text for each in values if (text := str(each or "").strip()))
    return found
