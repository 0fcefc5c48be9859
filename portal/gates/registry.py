"""Which gates there are: one module each in `kinds/`, found by walking that package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from portal.gates.domain.verdict import Found
from portal.gates.selectors.facts import Case

PACKAGE = "portal.gates.kinds"
Ask = Callable[[Case], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One gate: its key in the verdict, its title for people, and the function that finds."""

    key: str
    title: str
    order: int
    ask: Ask


_kinds: dict[str, Kind] = {}


def gate(*, key: str, title: str, order: int) -> Callable[[Ask], Ask]:
    """Register the function below it (case -> findings) as a gate."""

    def register(ask: Ask) -> Ask:
        _kinds[key] = Kind(key, title, order, ask)
        return ask

    return register


def gates() -> list[Kind]:
    """Every gate in its order."""
    _discover()
    return sorted(_kinds.values(), key=lambda kind: kind.order)


@cache
def _discover() -> None:
    package = importlib.import_module(PACKAGE)
    for module in pkgutil.iter_modules(package.__path__, f"{PACKAGE}."):
        importlib.import_module(module.name)
