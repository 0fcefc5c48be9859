"""One look at the data: opens the source read-only, measures, and turns every failure into a said result."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

from celery.exceptions import SoftTimeLimitExceeded

from portal.core.catalog.selectors import asset_of_key, placements_of, resolve_asset, system_config
from portal.core.clock.services import now
from portal.core.connectors import registry as connectors
from portal.core.connectors.base import ConnectorError, Measurable, Reader, Target

from .domain.measurement import Reading, Result
from .indicators.base import CannotMeasure, Indicator, Terms
from .indicators.registry import find
from .models import Slo
from .selectors.terms import place_of, terms_for

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset, Placement

TIMEOUT_S = 30
_patience: ContextVar[float] = ContextVar("patience", default=TIMEOUT_S)
_said: ContextVar[list[str]] = ContextVar("said")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """A reading with the portal's time of it, what it cost, in which system it was taken, and what that was asked."""

    at: datetime
    reading: Reading
    cost_ms: int
    system_id: int | None = None
    statements: tuple[str, ...] = ()


def look(slo: Slo, *, timeout_s: float = TIMEOUT_S) -> Look:
    """Measure now; writes nothing. A failure is a reading too (`probe_error`), with a sentence for people.

    `timeout_s` seconds bound each statement.
    """
    patience = _patience.set(timeout_s)
    try:
        return attempt(slo, _measure)
    finally:
        _patience.reset(patience)


def attempt(slo: Slo, read: Callable[[Slo], Reading]) -> Look:
    """Read, and make a reading of whatever goes wrong."""
    at, started = now(), perf_counter()
    said: list[str] = []
    _said.set(said)
    try:
        reading = read(slo)
    except CannotMeasure as error:
        reading = Reading(None, result=Result.PROBE_ERROR, reason=str(error))
    except ConnectorError as error:
        said = f"{error} The engine says: {error.detail}." if error.detail else str(error)
        reading = Reading(None, result=Result.PROBE_ERROR, reason=said)
    except SoftTimeLimitExceeded:
        reading = Reading(None, result=Result.PROBE_ERROR, reason="The look took too long as a whole and was ended.")
    except Exception as error:  # noqa: BLE001 - one broken probe must not stop the others, and is shown as failed
        # the text of an unknown error may quote data, so only where it happened is logged
        frames = "".join(traceback.format_tb(error.__traceback__))
        _log.error("probe of SLO %s failed with %s at\n%s", slo.pk, type(error).__name__, frames)
        name = type(error).__name__
        reading = Reading(None, result=Result.PROBE_ERROR, reason=f"The probe failed ({name}); see the portal's log.")
    return Look(at, reading, round((perf_counter() - started) * 1000), _system_of(slo), tuple(said))


def _system_of(slo: Slo) -> int | None:
    place = place_of(slo.asset)
    return place.system_id if place else None


def _measure(slo: Slo) -> Reading:
    indicator = find(slo.kind)
    if indicator is None:
        raise CannotMeasure(f"The indicator “{slo.kind}” is not installed.")
    with opened(slo, indicator) as (reader, terms):
        return indicator.measure(reader, terms)


@contextmanager
def opened(slo: Slo, indicator: Indicator) -> Iterator[tuple[Reader, Terms]]:
    """The SLO's dataset, read-only, with its terms. Raises CannotMeasure, ConnectorError."""
    place = _place(slo.asset)
    beside = {name: _beside(place, key) for name, key in indicator.beside(slo.settings, slo.asset.namespace).items()}
    with _reader(place, list(beside.values())) as reader:
        check_reach(reader, slo.window)
        terms = terms_for(slo, indicator, reader.dialect)
        named = {name: other.object_name for name, other in beside.items()}
        yield reader, replace(terms, other=_open_named, beside=named)


def check_reach(reader: Reader, window: timedelta | None) -> None:
    """Raise CannotMeasure where a window goes further back than what the source could be asked for."""
    if window is not None and reader.reaches is not None and window > reader.reaches:
        raise CannotMeasure(
            f"This SLO's window exceeds the {reader.reaches.total_seconds() / 60:g} minutes that are read of "
            "its source. Raise `newest_minutes` of the placement, or shorten the window."
        )


def _open_named(key: str) -> AbstractContextManager[Reader]:
    return _reader(_place(_asset(key)))


def _asset(key: str) -> Asset:
    asset = asset_of_key(key) or resolve_asset(key)
    if asset is None:
        raise CannotMeasure(f"There is no asset “{key}”. Correct its name in this SLO's settings.")
    return asset


def _place(asset: Asset) -> Placement:
    place = place_of(asset)
    if place is None:
        raise CannotMeasure(f"No system that can be measured holds {asset}. Add a placement to the asset.")
    return place


def _beside(place: Placement, key: str) -> Placement:
    """Where another asset lies in the same system."""
    found = next((each for each in placements_of(_asset(key)) if each.system_id == place.system_id), None)
    if found is None:
        raise CannotMeasure(f"“{key}” does not lie in {place.system}, so one statement cannot read both. Name another.")
    return found


@contextmanager
def _reader(place: Placement, beside: Sequence[Placement] = ()) -> Iterator[Reader]:
    connector = connectors.capable(place.system.kind, Measurable)
    session = connector.reader(
        system_config(place.system),
        place.object_name,
        timeout_s=_patience.get(),
        settings=place.settings,
        also=[Target(each.object_name, each.settings) for each in beside],
    )
    with session as reader:
        _listen(reader)
        yield reader


def _listen(reader: Reader) -> None:
    """Note each statement that the look asks of the reader; a page shows what an SLO is measured by."""
    said, ask = _said.get([]), reader.row

    def row(sql: str) -> dict[str, Any]:
        said.append(sql)
        return ask(sql)

    reader.row = row  # type: ignore[method-assign]
