"""One line of the access matrix: which roles may use an operation, as the table of acts in the design says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.people import World

PLAYERS = {
    "contributor": "bob",
    "owner": "ana",
    "consumer": "cleo",
    "on_call": "dan",
    "privacy_officer": "pia",
    "auditor": "aud",
    "head_of_data": "hal",
    "administrator": "ada",
    "outsider": "otto",
    "newcomer": "nia",
    "nobody": "nobody",
}
"""Who plays which part; the outsider is the owner of another team, the newcomer has an account and no role."""

PUBLIC = frozenset(PLAYERS)
ALL = PUBLIC - {"newcomer", "nobody"}
NONE: frozenset[str] = frozenset()
"""For operations that take a service token only: give `token` as well."""


@dataclass(frozen=True)
class Entry:
    """How to call one operation (URL name and method), and the parts that may.

    `kwargs` and `data` may be functions of the world, which make the rows that the operation needs; what they make,
    and what the call does, is rolled back. `token` names the scope of an operation for machines.
    """

    name: str
    allowed: Iterable[str]
    kwargs: Callable[[World], Mapping[str, Any]] | Mapping[str, Any] | None = None
    method: str = "get"
    data: Callable[[World], Any] | Any = None
    content_type: str | None = None
    token: str = ""

    def __post_init__(self) -> None:
        strangers = set(self.allowed) - PUBLIC
        if strangers:
            raise ValueError(f"{self.name}: no such part in the access matrix: {sorted(strangers)}")
