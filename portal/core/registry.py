"""How one more of a kind is one new file: members register themselves, and the folders that hold them are walked.

Whatever is open for more of its kind (connectors, indicators, channels, formats, gates, tabs) is a `Registry`; a
package whose files are rooms of their own (addresses) is read by `modules_of`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Generic, TypeVar

T = TypeVar("T")


def modules_of(package: str) -> Iterator[ModuleType]:
    """Import each module of a package, in alphabetical order."""
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
        yield importlib.import_module(module.name)


class Registry(Generic[T]):
    """Members by name; `folders` are the packages whose modules register them, walked at the first look."""

    def __init__(self, what: str, *folders: str) -> None:
        """`what` names one member in a sentence: "connector"."""
        self._what, self._folders, self._walked = what, folders, False
        self._members: dict[str, T] = {}

    def add(self, name: str, member: T, *, where: str) -> None:
        """Register a member from the module `where`. Raises ValueError when the name is taken."""
        if name in self._members:
            raise ValueError(f"The {self._what} {name!r} is registered twice; rename the one in {where}.")
        self._members[name] = member

    def members(self) -> dict[str, T]:
        """Every member by name, in alphabetical order."""
        if not self._walked:
            for folder in self._folders:
                for _ in modules_of(folder):
                    pass
            self._walked = True
        return dict(sorted(self._members.items()))
