"""Which indicators exist: a decorator registers one, the folder `kinds/` is walked to find them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from portal.core.registry import Registry

from .base import Indicator

_kinds: Registry[Indicator] = Registry("indicator", "slo_app.indicators.kinds")
I = TypeVar("I", bound=Indicator)  # noqa: E741 - a type variable for the registered class


def indicator(kind: str) -> Callable[[type[I]], type[I]]:
    """Register an Indicator class under its kind. Raises ValueError when the name is taken."""

    def register(cls: type[I]) -> type[I]:
        cls.kind = kind
        _kinds.add(kind, cls(), where=cls.__module__)
        return cls

    return register


def kinds() -> dict[str, Indicator]:
    """Every installed indicator by kind."""
    return _kinds.members()


def find(kind: str) -> Indicator | None:
    """The indicator of a kind, or None where it is not installed."""
    return kinds().get(kind)
