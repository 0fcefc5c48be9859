"""Finds every channel by walking `kinds/`."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from portal.core.notify import kinds
from portal.core.notify.base import Channel

C = TypeVar("C", bound=type[Channel])
_channels: dict[str, type[Channel]] = {}


def channel(kind: str, label: str) -> Callable[[C], C]:
    """Register the class below it as the channel `kind`."""

    def register(target: C) -> C:
        target.kind, target.label = kind, label
        _channels[kind] = target
        return target

    return register


@cache
def channels() -> dict[str, type[Channel]]:
    """Every channel by its kind."""
    for module in pkgutil.iter_modules(kinds.__path__):
        importlib.import_module(f"{kinds.__name__}.{module.name}")
    return dict(_channels)
