"""Two people's texts of one document side by side, hunk by hunk, and the text that their choices make.

Where the text that both started from is known, a hunk that only one of them touched is theirs to decide: the choice is
set to the one who changed it, as in a three-way merge (diff3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

THEIRS, MINE = "theirs", "mine"


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that both have, or the two ways in which a place is written; `choice` is what is proposed."""

    theirs: tuple[str, ...]
    mine: tuple[str, ...]
    choice: str = MINE

    @property
    def same(self) -> bool:
        """Whether both wrote the same here."""
        return self.theirs == self.mine

    @property
    def sides(self) -> list[tuple[str, tuple[str, ...]]]:
        """Both ways of writing the place, each with the word that chooses it."""
        return [(THEIRS, self.theirs), (MINE, self.mine)]


def hunks(theirs: str, mine: str, origin: str | None = None) -> list[Hunk]:
    """The two texts in hunks, in order.

    >>> [(hunk.theirs, hunk.mine) for hunk in hunks("a\\nb\\n", "a\\nc\\n")]
    [(('a\\n',), ('a\\n',)), (('b\\n',), ('c\\n',))]
    """
    left, right = _lines(theirs), _lines(mine)
    start = None if origin is None else _lines(origin)
    out = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        untouched = tag != "equal" and start is not None and _untouched(start, right, j1, j2)
        out.append(Hunk(tuple(left[i1:i2]), tuple(right[j1:j2]), THEIRS if untouched else MINE))
    return out


def merged(parts: Sequence[Hunk], choices: Mapping[int, str]) -> str:
    """The text that the choices make; `choices` by the place of the hunk, the proposed choice where there is none.

    >>> merged(hunks("a\\nb\\n", "a\\nc\\n"), {1: "theirs"})
    'a\\nb\\n'
    """
    chosen = (part.theirs if choices.get(at, part.choice) == THEIRS else part.mine for at, part in enumerate(parts))
    return "".join(line for lines in chosen for line in lines)


def _lines(text: str) -> list[str]:
    """Lines with their ends; only LF ends one, as for git."""
    return [line + "\n" for line in text.split("\n")[:-1]] + ([last] if (last := text.rpartition("\n")[2]) else [])


def _untouched(origin: list[str], mine: list[str], start: int, end: int) -> bool:
    """Whether `mine[start:end]` stands in the origin as it is, between the same neighbours."""
    place = {-1: -1, len(mine): len(origin)}
    for block in SequenceMatcher(None, origin, mine, autojunk=False).get_matching_blocks():
        place.update((block.b + step, block.a + step) for step in range(block.size))
    around = [place.get(at) for at in range(start - 1, end + 1)]
    first = around[0]
    return first is not None and around == list(range(first, first + len(around)))
