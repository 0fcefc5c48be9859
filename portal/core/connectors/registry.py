"""Which kinds of data system exist: a decorator registers one, the folder `kinds/` is walked to find them."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from portal.core.connectors.base import Connector
from portal.core.connectors.errors import ConnectorError

_kinds: dict[str, Connector] = {}
C = TypeVar("C", bound=Connector)


def connector(kind: str) -> Callable[[type[C]], type[C]]:
    """Register a Connector class under the name of its kind. Raises ValueError when the name is taken."""

    def register(cls: type[C]) -> type[C]:
        if kind in _kinds:
            raise ValueError(f"The kind {kind!r} is registered twice; rename the one in {cls.__module__}.")
        cls.kind = kind
        _kinds[kind] = cls()
        return cls

    return register


@cache
def _discover() -> None:
    """Import every module of `kinds/`, once."""
    from portal.core.connectors import kinds as folder

    for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
        importlib.import_module(module.name)


def kinds() -> dict[str, Connector]:
    """Every kind by name, in alphabetical order."""
    _discover()
    return dict(sorted(_kinds.items()))


def get(kind: str) -> Connector:
    """The connector of a kind. Raises ConnectorError for an unknown one, naming those that exist."""
    known = kinds()
    if kind not in known:
        raise ConnectorError(f"There is no connector for systems of kind {kind!r}. Known are: {', '.join(known)}.")
    return known[kind]


def capable(kind: str, capability: type[C]) -> C:
    """The connector of a kind as one capability. Raises ConnectorError when the kind does not have it."""
    found = get(kind)
    if not isinstance(found, capability):
        raise ConnectorError(f"Systems of kind {kind!r} are not {capability.__name__.lower()}.")
    return found
