"""Who may stand in a cell: a team, a role of the house, or a named post such as CISO; never a person by name.

A holder is written as text, `team:data-platform`, so that what is signed names no person. `text:` keeps what a contract
says and nobody could be found for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HolderKind(StrEnum):
    """What a holder is."""

    TEAM = "team"
    ROLE = "role"
    POST = "post"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a holder today: how many active people there are, and how many of them may answer for it.

    Of a team its owners answer; of a role and of a post everybody who holds it. `left` counts people who stand in it
    and are gone. `everybody` is the whole organisation: it can be told, and cannot answer.
    """

    label: str
    known: bool = True
    people: int = 0
    answer: int = 0
    left: int = 0
    everybody: bool = False


def written(kind: HolderKind, key: str) -> str:
    """The text of a holder.

    >>> written(HolderKind.POST, "ciso")
    'post:ciso'
    """
    return f"{kind.value}:{key}"


def read(text: str) -> tuple[HolderKind, str]:
    """Kind and key of a holder's text; raises ValueError where it is none.

    >>> read("team:data-platform")
    (<HolderKind.TEAM: 'team'>, 'data-platform')
    """
    kind, colon, key = text.partition(":")
    if not colon or not key or kind not in set(HolderKind):
        raise ValueError(f"`{text}` is no holder: write team:, role: or post: and its short name.")
    return HolderKind(kind), key
