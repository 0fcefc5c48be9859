"""Which kinds of data system exist: a decorator registers one, the folder `kinds/` is walked to find them."""

from collections.abc import Callable
from typing import TypeVar

from portal.core.connectors.base import Connector
from portal.core.connectors.errors import ConnectorError
from portal.core.registry import Registry

_kinds: Registry[Connector] = Registry("connector", "portal.core.connectors.kinds")
C = TypeVar("C", bound=Connector)


def connector(kind: str) -> Callable[[type[C]], type[C]]:
    """Register a Connector class under the name of its kind. Raises ValueError when the name is taken."""

    def register(cls: type[C]) -> type[C]:
        cls.kind = kind
        _kinds.add(kind, cls(), where=cls.__module__)
        return cls

    return register


def kinds() -> dict[str, Connector]:
    """Every kind by name, in alphabetical order."""
    return _kinds.members()


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
