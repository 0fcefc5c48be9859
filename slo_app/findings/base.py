"""What a kind of finding is: what a contract promises about persons' data, held against what can be seen."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset

Document = Any  # contracts_app.domain.model.Document, another room's


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was looked at: kept, broken (False), or unknown (None), with a sentence that says what to do."""

    kept: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class Case:
    """An asset, the contract that is in force for it, and today."""

    asset: Asset
    document: Document
    today: date


class FindingKind(ABC):
    """One promise that is looked at. `kind` is set by `@finding`."""

    kind: ClassVar[str] = ""
    label: ClassVar[str]
    promise: ClassVar[str]

    @abstractmethod
    def promised(self, document: Document) -> str:
        """What the contract promises, in words; empty where it promises nothing, and then nothing is looked at."""

    @abstractmethod
    def look(self, case: Case) -> list[Fact]:
        """Look at it now. A system that does not answer is an unknown fact, never a raised error."""


_kinds: dict[str, FindingKind] = {}
K = TypeVar("K", bound=FindingKind)


def finding(kind: str) -> Callable[[type[K]], type[K]]:
    """Register a FindingKind class under its kind. Raises ValueError when the name is taken."""

    def register(cls: type[K]) -> type[K]:
        if kind in _kinds:
            raise ValueError(f"The finding {kind!r} is registered twice; rename the one in {cls.__module__}.")
        cls.kind = kind
        _kinds[kind] = cls()
        return cls

    return register


@cache
def _discover() -> None:
    from . import kinds as folder

    for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
        importlib.import_module(module.name)


def kinds() -> dict[str, FindingKind]:
    """Every installed kind by name."""
    _discover()
    return dict(sorted(_kinds.items()))
