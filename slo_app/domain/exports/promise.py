"""All that an export needs to know of an SLO, gathered once by the selectors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ..bounds import Bound


@dataclass(frozen=True, slots=True)
class BurnCondition:
    """A burn alert: fires where both windows burn at `factor` or faster."""

    factor: Decimal
    long: timedelta
    short: timedelta
    severity: str


@dataclass(frozen=True, slots=True)
class Reads:
    """What the newest measurement said; `value` is for people, and empty where there is none."""

    state: str
    at: datetime | None = None
    value: str = ""
    budget_left: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """One SLO. `ratio` says that its objective is its own target, good events over valid ones; `channels` are kinds."""

    pk: int
    asset_pk: int
    asset: str
    kind: str
    name: str
    label: str
    unit: str
    sli: str
    target: Bound
    alert: Bound
    hold: timedelta
    clear_for: timedelta
    interval: timedelta
    objective: Decimal
    budget_days: int
    ratio: bool
    severity: str
    reads: Reads
    element: str = ""
    window: timedelta | None = None
    team: str = ""
    team_name: str = ""
    owner_title: str = ""
    on_call: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    contract: str = ""
    contract_version: str = ""
    url: str = ""
    asset_url: str = ""
    contract_url: str = ""
    runbook_url: str = ""
    evidence_url: str = ""
    burns: tuple[BurnCondition, ...] = ()

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{self.label} of {self.asset}" + (f" ({self.name})" if self.name else "")

    @property
    def owner(self) -> str:
        """The team, with the title that the contract gives it where that is another one."""
        if self.owner_title and self.owner_title.casefold() != self.team_name.casefold():
            return f"{self.team_name} ({self.owner_title})" if self.team_name else self.owner_title
        return self.team_name
