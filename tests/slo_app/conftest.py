"""Real tables and Parquet folders with events planted relative to the source's own clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from portal.core.connectors.base import SystemConfig


@dataclass(frozen=True)
class Event:
    """One row; `minutes_ago` None is a NULL time, negative lies in the future."""

    id: int
    minutes_ago: float | None = 1
    kind: str | None = "view"
    amount: float | None = 1.0


class PlantedTable:
    """A PostgreSQL table of events, refilled at will."""

    def __init__(self, url: str, time_type: str = "timestamptz") -> None:
        self.url, self.name = url, f"events_{uuid.uuid4().hex[:8]}"
        self.object_name = f"public.{self.name}"
        self.config = SystemConfig("warehouse", "postgresql", {}, url)
        self.execute(f"CREATE TABLE {self.name} (id int, event_ts {time_type}, kind text, amount float8)")

    def execute(self, query: Any, rows: list[tuple] | None = None) -> None:
        with closing(psycopg.connect(self.url, autocommit=True)) as session, session.cursor() as cursor:
            cursor.execute("SET TimeZone = 'Asia/Tokyo'")  # a probe must not depend on the session's zone
            if rows is None:
                cursor.execute(query)
            else:
                cursor.executemany(query, rows)

    def fill(self, *events: Event) -> None:
        now = "now() AT TIME ZONE 'UTC'" if self.naive else "now()"
        self.execute(f"TRUNCATE {self.name}")
        query = f"INSERT INTO {self.name} VALUES (%s, {now} - %s::float8 * interval '1 minute', %s, %s)"
        self.execute(query, [(each.id, each.minutes_ago, each.kind, each.amount) for each in events])

    naive = False


class PlantedFolder:
    """A Parquet folder of events in two files, refilled at will."""

    def __init__(self, root: Path) -> None:
        self.root, self.object_name = root, "events"
        self.config = SystemConfig("lake", "parquet", {"root": str(root)})

    def fill(self, *events: Event) -> None:
        folder = self.root / self.object_name
        folder.mkdir(exist_ok=True)
        half = len(events) // 2
        for number, part in enumerate((events[:half], events[half:])):
            pq.write_table(_table(part), folder / f"{number}.parquet")


def _table(events: tuple[Event, ...]) -> pa.Table:
    now = datetime.now(UTC)  # DuckDB's clock is this machine's
    schema = pa.schema(
        {"id": pa.int32(), "event_ts": pa.timestamp("us", tz="UTC"), "kind": pa.string(), "amount": pa.float64()}
    )
    times = [None if each.minutes_ago is None else now - timedelta(minutes=each.minutes_ago) for each in events]
    columns = {
        "id": [each.id for each in events],
        "event_ts": times,
        "kind": [each.kind for each in events],
        "amount": [each.amount for each in events],
    }
    return pa.table(columns, schema=schema)


@pytest.fixture
def event() -> type[Event]:
    """What is planted."""
    return Event


@pytest.fixture
def table(postgres_server) -> Iterator[PlantedTable]:
    """A PostgreSQL table; dropped afterwards."""
    planted = PlantedTable(postgres_server.plan.database_url_of("postgres"))
    yield planted
    planted.execute(f"DROP TABLE {planted.name}")


@pytest.fixture
def naive_table(postgres_server) -> Iterator[PlantedTable]:
    """The same with times that carry no zone."""
    planted = PlantedTable(postgres_server.plan.database_url_of("postgres"), "timestamp")
    planted.naive = True
    yield planted
    planted.execute(f"DROP TABLE {planted.name}")


@pytest.fixture
def folder(tmp_path: Path) -> PlantedFolder:
    """A Parquet folder."""
    return PlantedFolder(tmp_path)


@pytest.fixture(params=["table", "folder"])
def planted(request) -> Any:
    """Each kind of source in turn."""
    return request.getfixturevalue(request.param)
