"""What an indicator is: how one kind of service level is read from a dataset, and its defaults."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from portal.core.connectors.base import Reader

from ..domain.baseline import Baseline
from ..domain.measurement import Reading
from ..domain.windows import Judged, Window
from .settings import Setting, Settings


class CannotMeasure(Exception):
    """The SLO's terms do not fit the dataset; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules compiled for one engine: name and boolean SQL of each, and the unique columns."""

    rules: tuple[tuple[str, str], ...] = ()
    unique: tuple[str, ...] = ()


def _alone(key: str) -> AbstractContextManager[Reader]:
    raise CannotMeasure(f"The dataset “{key}” cannot be opened here; this indicator is measured on one dataset alone.")


def _none_judged(windows: Collection[Window]) -> Mapping[Window, Judged]:
    del windows
    return {}


@dataclass(frozen=True, slots=True)
class Terms:
    """What of an SLO's terms an indicator needs: the event-time column, the window in time, the rule set.

    `settings` are the indicator's own, checked by its form. `other` opens a second dataset by the key of its asset
    (a source to count, the vectors of a table); it raises CannotMeasure where no such asset can be measured.
    `judged` gives what was last said of those of these windows that were judged before.
    `beside` are the object names, in the reader, of the datasets that `Indicator.beside` asked for.
    `asset` is the asset's name, by which a statement of its own may call it.
    `baseline` is the document of the SLO's newest one; `personal` are the columns that the asset's contract marks so.
    """

    element: str = ""
    window: timedelta | None = None
    rules: RuleSet | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    other: Callable[[str], AbstractContextManager[Reader]] = _alone
    judged: Callable[[Collection[Window]], Mapping[Window, Judged]] = _none_judged
    beside: Mapping[str, str] = field(default_factory=dict)
    baseline: Mapping[str, Any] | None = None
    personal: frozenset[str] = frozenset()
    asset: str = ""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where the contract says nothing; `runbook` maps a phase of the work to its steps.

    `objective` is the share of good slices; None where the SLO is a ratio of its own (good ÷ total).
    """

    target: tuple[str, Decimal]
    alert: tuple[str, Decimal]
    hold: timedelta
    interval: timedelta
    objective: Decimal | None = None
    runbook: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Span = tuple[datetime, datetime]  # from and before, both aware


class Indicator(ABC):
    """One kind of service level indicator.

    `kind` is set by `@indicator`. `unit` follows a value on a page, `sli` is the formula in words.
    `needs_rules` says that `measure` wants `Terms.rules`, compiled for the reader's dialect; `by_windows`
    that it judges windows of event time. `counted` heads the table of a reading's counts. `fields` are the keys
    of `Slo.settings` that a form asks for; `element_help` and `window_help` are the sentences beside the column and
    the window, and where one is empty the form does not ask for it.
    """

    kind: ClassVar[str] = ""
    label: ClassVar[str]
    unit: ClassVar[str]
    sli: ClassVar[str]
    needs_rules: ClassVar[bool] = False
    by_windows: ClassVar[bool] = False
    counted: ClassVar[str] = "Rows"
    fields: ClassVar[tuple[Setting, ...]] = ()
    element_help: ClassVar[str] = ""
    window_help: ClassVar[str] = ""
    defaults: ClassVar[Defaults]

    def check(self, settings: Settings) -> None:  # noqa: B027 - most settings fit together whatever they are
        """Refuse settings that do not fit together; each by itself is checked. Raises SettingError."""

    def lacks(self, element: str, settings: Mapping[str, Any]) -> str:
        """What the definition of an SLO still lacks, as a sentence that says what to write; empty where it is whole.

        An SLO that lacks something is shown as incomplete and is not measured.
        """
        del element, settings
        return ""

    def beside(self, settings: Mapping[str, Any], namespace: str) -> Mapping[str, str]:
        """Further datasets of the same system that are read in one statement: our name of each, its asset's key.

        `namespace` is that of the measured asset.
        """
        del settings, namespace
        return {}

    @abstractmethod
    def measure(self, reader: Reader, terms: Terms) -> Reading:
        """Ask the dataset and read the answer; never fetches a row of data.

        Raises CannotMeasure where the terms do not fit, ConnectorError where the system does not answer.
        """


class Compared(Indicator):
    """An indicator that compares the data with a stored baseline of its own, `Terms.baseline`."""

    @abstractmethod
    def baseline(self, reader: Reader, terms: Terms, span: Span | None = None) -> Baseline:
        """Make one from the rows of a span of time, or else of the terms' window before now.

        Raises CannotMeasure where they cannot be one.
        """


def when(epoch: Any) -> datetime:
    """An engine's seconds since 1970 as an aware time in UTC."""
    return datetime.fromtimestamp(float(epoch), UTC)
