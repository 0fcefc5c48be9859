"""Rows fetched from a system that takes no SQL, as a relation: every value is text, typed where the placement says so.

A value is converted when a statement asks for its column, so one odd value fails the rules of its column with a
sentence, is never taken for NULL, and leaves every other column readable.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from time import monotonic
from typing import Any

import pyarrow as pa

from portal.core.connectors.base import ConnectorError, Setting, SystemConfig
from portal.core.connectors.duck.reading import Source, quoted

MAX_ROWS = 100_000
MAX_BYTES = 64_000_000
TYPES = {
    "string": "{}",
    "text": "{}",
    "enum": "{}",
    "integer": "CAST({} AS BIGINT)",
    "float": "CAST({} AS DOUBLE)",
    "number": "CAST({} AS DOUBLE)",
    "decimal": "CAST({} AS DECIMAL(38, 9))",
    "boolean": "CAST({} AS BOOLEAN)",
    "date": "CAST({} AS DATE)",
    "timestamp": "CAST({} AS TIMESTAMPTZ)",  # one without a zone is UTC, as the session is
    "epoch_seconds": "to_timestamp(CAST({} AS DOUBLE))",
    "epoch_milliseconds": "to_timestamp(CAST({} AS DOUBLE) / 1000)",
}
ROWS_SETTING = Setting("max_rows", f"Most rows that a probe may fetch; {MAX_ROWS:,} when empty.")
COLUMNS_SETTING = Setting("columns", f"Type of each field that is not text: {', '.join(sorted(TYPES))}.")
NEWEST_SETTING = Setting("newest_minutes", "Read only what came in the last so many minutes; all of it when empty.")


class Fetch:
    """Collects rows under the limits of one fetch, and says in a sentence which one is passed."""

    def __init__(self, config: SystemConfig, timeout_s: float) -> None:
        """`max_rows` of the system bounds the rows, `timeout_s` the whole fetch."""
        self.most = int(config.settings.get("max_rows") or MAX_ROWS)
        self.rows: list[dict[str, str | None]] = []
        self._name, self._bytes, self._ends = config.name, 0, monotonic() + timeout_s
        self._timeout_s = timeout_s

    def refuse(self, what: str) -> ConnectorError:
        """The error for a dataset that is too large to fetch; `what` says how to ask for less of it."""
        said = f"{self._name} holds more than the {self.most:,} rows that a probe may fetch from it. {what}"
        return ConnectorError(f"{said}, or raise `max_rows` in the system's settings.", code="rows")

    def add(self, row: Mapping[str, Any], what: str) -> None:
        """Keep one row. Raises ConnectorError where it is one too many, and never leaves one out."""
        if len(self.rows) >= self.most:
            raise self.refuse(what)
        kept = {name: _text(value) for name, value in row.items()}
        self._bytes += sum(len(name) + len(value or "") for name, value in kept.items())
        if self._bytes > MAX_BYTES:
            said = (
                f"The rows of {self._name} hold more than the {MAX_BYTES:,} characters that a probe may fetch. {what}."
            )
            raise ConnectorError(said, code="bytes")
        self.rows.append(kept)

    def check_time(self) -> None:
        """Raises ConnectorError once the time is up."""
        if monotonic() > self._ends:
            said = f"Fetching the rows of {self._name} took longer than {self._timeout_s:g} seconds."
            raise ConnectorError(said, code="timeout", retryable=True)


def source(object_name: str, number: int, rows: list[dict[str, str | None]], types: Mapping[str, str]) -> Source:
    """The rows as a dataset: declared columns first, then every other field as text; `number` tells datasets apart."""
    names = _nameable([*types, *(name for row in rows for name in row)])
    if not names:
        raise ConnectorError(f"{object_name} holds no row and its placement declares no `columns`; declare them.")
    table = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    held = f"fetched_{number}"
    columns = ", ".join(f"{_typed(name, types)} AS {quoted(name)}" for name in names)
    return Source(object_name, f"SELECT {columns} FROM {held}", rows={held: table})  # noqa: S608 - quoted names


def _nameable(names: Iterable[str]) -> list[str]:
    """Each name once; those that SQL cannot say, or tell from an earlier one, can be asked for by nobody."""
    found: dict[str, str] = {}
    for name in names:
        if name and "\0" not in name:
            found.setdefault(name.casefold(), name)
    return list(found.values())


def declared(settings: Mapping[str, Any]) -> dict[str, str]:
    """The placement's `columns`. Raises ConnectorError for a type that does not exist."""
    types = dict(settings.get("columns") or {})
    unknown = sorted({str(kind) for kind in types.values()} - set(TYPES))
    if unknown:
        said = f"The placement's `columns` know no type “{unknown[0]}”; known are {', '.join(sorted(TYPES))}."
        raise ConnectorError(said)
    return types


def newest(settings: Mapping[str, Any]) -> timedelta | None:
    """How far back the placement wants to be read; None for all of it."""
    minutes = settings.get("newest_minutes")
    return timedelta(minutes=float(minutes)) if minutes else None


def shortest(reaches: Iterable[timedelta | None]) -> timedelta | None:
    """How far back all of several datasets go."""
    return min((each for each in reaches if each is not None), default=None)


def _typed(name: str, types: Mapping[str, str]) -> str:
    return TYPES[types.get(name, "string")].format(quoted(name))


def _text(value: Any) -> str | None:
    """A value as the text that DuckDB casts from."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return json.dumps(value)
