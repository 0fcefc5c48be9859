"""What waits for a person: each app registers where its waiting things come from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

GROUPS = ("To sign", "To answer", "To fix", "Due soon")


@dataclass(frozen=True)
class WorkItem:
    """One thing that waits; `when` sorts (soonest first), the state is a word and a kind of the look."""

    group: str
    text: str
    url: str
    when: datetime
    state_word: str
    state_kind: str


Source = Callable[[Any], Iterable[WorkItem]]
_sources: list[tuple[int, Source]] = []


def worklist(*, order: int) -> Callable[[Source], Source]:
    """Register the function below it (user -> items)."""

    def register(source: Source) -> Source:
        _sources.append((order, source))
        return source

    return register


def waiting_for(user: Any) -> dict[str, list[WorkItem]]:
    """Everything that waits for `user`, by group, soonest first."""
    found: dict[str, list[WorkItem]] = {group: [] for group in GROUPS}
    for _, source in sorted(_sources, key=lambda each: each[0]):
        for item in source(user):
            found[item.group].append(item)
    return {group: sorted(items, key=lambda each: each.when) for group, items in found.items()}
