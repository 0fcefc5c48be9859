"""What an indicator asks of whoever sets up an SLO by hand: a declaration, drawn and checked as a form elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Shape(StrEnum):
    """What is written in a setting, and what it becomes in `Slo.settings`."""

    TEXT = "text"  # -> str
    COLUMN = "column"  # -> str, a column of the asset
    ASSET = "asset"  # -> str, the key of an asset that the catalog knows
    SQL = "sql"  # -> str over several lines
    LINES = "lines"  # -> list of str, one a line
    CHOICE = "choice"  # -> str, one of `choices`
    WHOLE = "whole"  # -> int
    NUMBER = "number"  # -> decimal text
    DURATION = "duration"  # -> str such as 24h, read by domain.durations.parse
    FLAG = "flag"  # -> bool
    MAPPING = "mapping"  # -> JSON object


class SettingError(ValueError):
    """A setting does not fit; `name` is the setting, the sentence says what to write instead."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of `Slo.settings`; `minimum` and `maximum` bound a number, both included.

    >>> Setting("source", "The dataset that is counted against.", shape=Shape.ASSET).title
    'Source'
    """

    name: str
    help: str
    required: bool = False
    label: str = ""
    shape: Shape = Shape.TEXT
    choices: tuple[tuple[str, str], ...] = ()
    default: Any = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None

    @property
    def title(self) -> str:
        """What people read beside the control."""
        return self.label or self.name.replace("_", " ").capitalize()


Settings = Mapping[str, Any]
