"""Finds every channel by walking `kinds/`."""

from collections.abc import Callable
from typing import TypeVar

from portal.core.notify.base import Channel
from portal.core.registry import Registry

C = TypeVar("C", bound=type[Channel])
_channels: Registry[type[Channel]] = Registry("channel", "portal.core.notify.kinds")


def channel(kind: str, label: str) -> Callable[[C], C]:
    """Register the class below it as the channel `kind`."""

    def register(target: C) -> C:
        target.kind, target.label = kind, label
        _channels.add(kind, target, where=target.__module__)
        return target

    return register


def channels() -> dict[str, type[Channel]]:
    """Every channel by its kind."""
    return _channels.members()
