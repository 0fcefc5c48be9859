"""What a source and a case are: rows planted in a real engine, and what an indicator must read there."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from portal.core.connectors import registry
from portal.core.connectors.base import Measurable, Reader, SystemConfig, Target
from portal.embedded.plan import Plan
from slo_app.domain.measurement import Result

TYPES = ("integer", "number", "text", "boolean", "time", "naive_time", "date", "json")


@dataclass(frozen=True, slots=True)
class Ago:
    """A time so many minutes before the row is planted; a negative number lies in the future."""

    minutes: float

    def time(self) -> datetime:
        """By this machine's clock, which is every engine's here."""
        return datetime.now(UTC) - timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns (name -> one of TYPES) and rows; a key that a row leaves out is NULL, or absent where that exists."""

    columns: Mapping[str, str]
    rows: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Between:
    """A value of which only a range can be known, such as an age."""

    low: float
    high: float

    def __contains__(self, value: Any) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Reads:
    """What the reading must be; what is None is not looked at.

    Searched as patterns: the reading's `reason`, why it is `refused` before, or how the source `failed` to answer.
    """

    value: Decimal | int | Between | None = None
    result: Result | None = None
    good: int | None = None
    total: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, Decimal | Between] = field(default_factory=dict)
    reason: str = ""
    refused: str = ""
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One edge case of an indicator: `dataset` is measured, `others` can be opened through `Terms.other` by name.

    `contract` is the YAML of a contract whose rules are compiled for the source's engine; `terms` are the further
    fields of Terms. `beside` lies in the same system and is opened in the same session; from `baseline` one is made.
    `needs` names what not every source can hold (a source says what it `has`).
    """

    name: str
    dataset: Table
    reads: Reads
    terms: Mapping[str, Any] = field(default_factory=dict)
    contract: str = ""
    others: Mapping[str, Table] = field(default_factory=dict)
    beside: Mapping[str, Table] = field(default_factory=dict)
    baseline: Table | None = None
    needs: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Place:
    """Where a planted table lies: as a placement says it."""

    object_name: str
    settings: Mapping[str, Any] = field(default_factory=dict)


class Source(ABC):
    """One kind of dataset in a real engine. `label` names it in the tests' ids; `config` is set by `start`."""

    label: ClassVar[str]
    has: ClassVar[frozenset[str]] = frozenset()
    config: SystemConfig

    def __init__(self, plan: Plan, folder: Path) -> None:
        """Keep the servers' plan and a folder of its own."""
        self.plan, self.folder = plan, folder
        self.start()

    @abstractmethod
    def start(self) -> None:
        """Connect, and say the system's configuration."""

    @abstractmethod
    def plant(self, name: str, table: Table) -> Place:
        """Make a dataset of that name with these rows."""

    @abstractmethod
    def close(self) -> None:
        """Take everything away."""

    def fresh_name(self) -> str:
        """A name that no other test uses."""
        return f"d_{uuid.uuid4().hex[:12]}"

    def open(self, place: Place, beside: Iterable[Place] = ()) -> AbstractContextManager[Reader]:
        """A reader, as a probe opens it."""
        connector = registry.capable(self.config.kind, Measurable)
        also = [Target(each.object_name, each.settings) for each in beside]
        return connector.reader(self.config, place.object_name, settings=place.settings, also=also)


def cells(table: Table) -> list[dict[str, Any]]:
    """The rows with every column, times made real: naive ones and dates by UTC."""
    return [{name: _cell(kind, row.get(name)) for name, kind in table.columns.items()} for row in table.rows]


def _cell(kind: str, value: Any) -> Any:
    if not isinstance(value, Ago):
        return value
    time = value.time()
    return {"time": time, "naive_time": time.replace(tzinfo=None), "date": time.date()}[kind]
