"""Events of the last week into the lake, one Parquet file a day."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from portal.client.lineage import Dataset, Emitter, copied, current_run, filtered, joined, same, traced
from portal.demo.estate import places
from portal.demo.estate.names import CLICKSTREAM, CUSTOMERS, EVENTS
from portal.demo.pipelines import versions
from portal.demo.pipelines.telling import dataset, digest_of

DAYS = 7
SEEN, PEOPLE = dataset(EVENTS), dataset(CUSTOMERS)
WRITTEN = dataset(
    CLICKSTREAM,
    column_lineage={
        **same(SEEN, "customer_id", "event_ts", "event_type"),
        "device_id": [copied(PEOPLE, "device_id")],
    },
    influences=[filtered(SEEN, "event_ts"), joined(PEOPLE, "customer_id")],
)
COLUMNS = (
    ("customer_id", pa.string()),
    ("device_id", pa.string()),
    ("event_ts", pa.timestamp("us", tz="UTC")),
    ("event_type", pa.string()),
)


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Write the days between two times anew: one run, and one part of it for each day."""
    job = traced(emitter, job="land_clickstream", inputs=[SEEN, PEOPLE], outputs=[WRITTEN], record=["since", "until"])
    job(land_days)(emitter, since=since, until=until)


def land_days(emitter: Emitter, *, since: datetime, until: datetime) -> Dataset:
    """Write each day's events with the device that made them as one file of the lake."""
    first = max(since, until - timedelta(days=DAYS)).astimezone(UTC).date()
    days = [first + timedelta(days=n) for n in range((until.astimezone(UTC).date() - first).days + 1)]
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        read = SEEN.measured(version=versions.of_events(connection))
        people = PEOPLE.measured(version=versions.of_customers(connection))
        current_run().reads(read, people)
        files, rows = [], 0
        for day in (datetime(d.year, d.month, d.day, tzinfo=UTC) for d in days):
            with emitter.run(
                "land_clickstream.day", nominal=(day, day + timedelta(days=1)), inputs=[read, people]
            ) as part:
                file, count = _write_day(connection, day)
                part.writes(_measured([file], count))
            files.append(file)
            rows += count
    return _measured(files, rows)


def _measured(files: list[Path], rows: int) -> Dataset:
    size = sum(file.stat().st_size for file in files)
    version = digest_of(places.clickstream().glob("*.parquet"))
    return WRITTEN.measured(rows=rows, size=size, files=len(files), version=version)


def _write_day(connection: psycopg.Connection, day: datetime) -> tuple[Path, int]:
    rows = connection.execute(
        "SELECT e.customer_id, c.device_id, e.event_ts, e.event_type FROM app.customer_events e"
        " JOIN app.customers c USING (customer_id) WHERE e.event_ts >= %s AND e.event_ts < %s ORDER BY e.id",
        [day, day + timedelta(days=1)],
    ).fetchall()
    table = pa.table({name: pa.array([row[n] for row in rows], type=kind) for n, (name, kind) in enumerate(COLUMNS)})
    path = places.clickstream() / f"{day:%Y-%m-%d}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    pq.write_table(table, partial, compression="snappy")
    os.replace(partial, path)
    return path, len(rows)
