"""What a kind of finding is: what a contract promises about persons' data, held against what can be seen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from portal.core.registry import Registry

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


_kinds: Registry[FindingKind] = Registry("finding", "slo_app.findings.kinds")
K = TypeVar("K", bound=FindingKind)


def finding(kind: str) -> Callable[[type[K]], type[K]]:
    """Register a FindingKind class under its kind. Raises ValueError when the name is taken."""

    def register(cls: type[K]) -> type[K]:
        cls.kind = kind
        _kinds.add(kind, cls(), where=cls.__module__)
        return cls

    return register


def kinds() -> dict[str, FindingKind]:
    """Every installed kind by name."""
    return _kinds.members()
