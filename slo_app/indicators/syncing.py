"""Reading the two sides of a vector index: their newest times, and what of the source has no vector yet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.core.connectors.base import Reader

from ..domain.lag import Backlog, Side, backlog
from .base import when
from .sql import clock, quoted, shifted_now, time_column

SKEW = timedelta(seconds=60)  # clocks of honest writers may run ahead by this much
COMPARED = 10_000  # keys that are compared where no statement can join the two sides


@dataclass(frozen=True, slots=True)
class Sided:
    """One side as SQL: where it is read, its quoted time column, and the newest time that is believed."""

    reader: Reader
    column: str
    limit: str

    @property
    def relation(self) -> str:
        """What is put after FROM."""
        return self.reader.relation

    @property
    def believed(self) -> str:
        """The condition that a row's time is one: there, not ahead of the clock, not infinitely far back."""
        return f"({self.column} <= {self.limit} AND isfinite({self.column}))"


def sided(reader: Reader, element: str) -> Sided:
    """Look a time column up; raises CannotMeasure where it is missing or no time."""
    columns = reader.columns()
    column = time_column(columns, element)
    return Sided(reader, column, shifted_now(reader.dialect, columns[element], SKEW))


def side_of(side: Sided) -> tuple[datetime, Side]:
    """The dataset's clock and its times, in one scan."""
    column, believed, ahead = side.column, side.believed, f"{side.column} > {side.limit}"
    row = side.reader.row(
        f"SELECT {clock(side.reader.dialect)} AS clock, count(*) AS total, "  # noqa: S608 - quoted by the reader
        f"count(*) FILTER (WHERE {column} IS NULL) AS nulls, count(*) FILTER (WHERE {ahead}) AS future, "
        f"extract(epoch FROM min({column}) FILTER (WHERE {believed})) AS oldest, "
        f"extract(epoch FROM max({column}) FILTER (WHERE {believed})) AS newest FROM {side.relation}"
    )
    known = Side(int(row["total"]), int(row["nulls"]), int(row["future"]), _at(row["oldest"]), _at(row["newest"]))
    return when(row["clock"]), known


def waiting_in_one(source: Sided, vectorized: str) -> Backlog:
    """Rows of one table whose vector is missing or older than they are."""
    created = source.column
    waiting = f"{source.believed} AND ({vectorized} IS NULL OR {vectorized} < {created})"
    row = source.reader.row(
        f"SELECT count(*) AS total, count(*) FILTER (WHERE {waiting}) AS waiting, "  # noqa: S608 - quoted
        f"extract(epoch FROM min({created}) FILTER (WHERE {waiting})) AS oldest FROM {source.relation}"
    )
    return Backlog(int(row["waiting"]), _at(row["oldest"]), int(row["total"]))


def waiting_between(source: Sided, vectors: Sided, key: str) -> Backlog:
    """Keys of the source whose vector is missing or older than their newest row.

    One anti-join where both sides lie in one database, else the newest keys are compared by digest.
    """
    if _joinable(source.reader, vectors.reader):
        return _joined(source, vectors, quoted(key))
    return _compared(source, vectors, quoted(key))


def _joinable(one: Reader, other: Reader) -> bool:
    """Whether a statement in `one` may read the relation of `other`: the same PostgreSQL database, and the right to."""
    if (one.dialect, other.dialect) != ("postgres", "postgres"):
        return False
    where = "SELECT system_identifier || '/' || current_database() AS place FROM pg_control_system()"
    if one.row(where) != other.row(where):
        return False
    relation = other.relation.replace("'", "''")
    return bool(one.row(f"SELECT has_table_privilege('{relation}', 'SELECT') AS may")["may"])


def _joined(source: Sided, vectors: Sided, key: str) -> Backlog:
    behind = "v.done IS NULL OR v.done < s.created"
    row = source.reader.row(
        f"SELECT count(*) AS total, count(*) FILTER (WHERE {behind}) AS waiting, "  # noqa: S608 - quoted
        f"extract(epoch FROM min(s.created) FILTER (WHERE {behind})) AS oldest "
        f"FROM ({_by_key(source, key, 'created')}) AS s LEFT JOIN ({_by_key(vectors, key, 'done')}) AS v USING (key)"
    )
    return Backlog(int(row["waiting"]), _at(row["oldest"]), int(row["total"]))


def _compared(source: Sided, vectors: Sided, key: str) -> Backlog:
    """The newest keys of the source, by digest, held against the vectors of the same digests; no key is fetched."""
    newest = f"{_by_key(source, key, 'created')} ORDER BY 2 DESC LIMIT {COMPARED}"
    total = f"SELECT count(DISTINCT {key}) AS total FROM {source.relation} WHERE {source.believed}"  # noqa: S608 - quoted
    created = _times(source.reader.row(_digests(newest, "created")))
    listed = ", ".join(f"'{digest}'" for digest in created) or "''"  # hexadecimal digits only
    same = f"SELECT * FROM ({_by_key(vectors, key, 'done')}) AS v WHERE md5(CAST(key AS text)) IN ({listed})"  # noqa: S608 - as above
    vectorized = _times(vectors.reader.row(_digests(same, "done")))
    whole = int(source.reader.row(total)["total"]) <= COMPARED
    return backlog(created, vectorized, whole=whole)


def _by_key(side: Sided, key: str, name: str) -> str:
    """The newest believed time of each key, as `key` and `name`; rows without a time have no vector."""
    return (
        f"SELECT {key} AS key, max({side.column}) AS {name} FROM {side.relation} "  # noqa: S608 - quoted
        f"WHERE {side.believed} AND {key} IS NOT NULL GROUP BY 1"
    )


def _digests(query: str, name: str) -> str:
    digest, epoch = "array_agg(md5(CAST(key AS text)))", f"array_agg(extract(epoch FROM {name}))"
    return f"SELECT {digest} AS digests, {epoch} AS times FROM ({query}) AS found"  # noqa: S608 - built above


def _times(row: dict[str, Any]) -> dict[str, datetime]:
    return {digest: when(at) for digest, at in zip(row["digests"] or (), row["times"] or (), strict=True)}


def _at(epoch: Any) -> datetime | None:
    return None if epoch is None or not math.isfinite(epoch) else when(epoch)
