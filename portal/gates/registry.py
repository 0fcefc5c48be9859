"""Which gates there are: one module each in `kinds/`, found by walking that package."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portal.core.registry import Registry
from portal.gates.domain.verdict import Found
from portal.gates.selectors.facts import Case

Ask = Callable[[Case], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One gate: its key in the verdict, its title for people, and the function that finds."""

    key: str
    title: str
    order: int
    ask: Ask


_kinds: Registry[Kind] = Registry("gate", "portal.gates.kinds")


def gate(*, key: str, title: str, order: int) -> Callable[[Ask], Ask]:
    """Register the function below it (case -> findings) as a gate."""

    def register(ask: Ask) -> Ask:
        _kinds.add(key, Kind(key, title, order, ask), where=ask.__module__)
        return ask

    return register


def gates() -> list[Kind]:
    """Every gate in its order."""
    return sorted(_kinds.members().values(), key=lambda kind: kind.order)
