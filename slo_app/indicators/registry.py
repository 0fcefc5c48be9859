"""Which indicators exist: a decorator registers one, the folder `kinds/` is walked to find them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from .base import Indicator

_kinds: dict[str, Indicator] = {}
I = TypeVar("I", bound=Indicator)  # noqa: E741 - a type variable for the registered class


def indicator(kind: str) -> Callable[[type[I]], type[I]]:
    """Register an Indicator class under its kind. Raises ValueError when the name is taken."""

    def register(cls: type[I]) -> type[I]:
        if kind in _kinds:
            raise ValueError(f"The indicator {kind!r} is registered twice; rename the one in {cls.__module__}.")
        cls.kind = kind
        _kinds[kind] = cls()
        return cls

    return register


@cache
def _discover() -> None:
    from . import kinds as folder

    for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
        importlib.import_module(module.name)


def kinds() -> dict[str, Indicator]:
    """Every installed indicator by kind."""
    _discover()
    return dict(sorted(_kinds.items()))


def find(kind: str) -> Indicator | None:
    """The indicator of a kind, or None where it is not installed."""
    return kinds().get(kind)
