"""Events of the last week into the lake, one Parquet file a day."""

import os
from datetime import UTC, datetime, timedelta

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from portal.client.lineage import Dataset, Emitter, traced
from portal.demo.estate import places
from portal.demo.estate.names import CLICKSTREAM, CUSTOMERS, EVENTS
from portal.demo.pipelines.telling import dataset

DAYS = 7
FROM = {
    "customer_id": [(EVENTS, "customer_id")],
    "device_id": [(CUSTOMERS, "device_id")],
    "event_ts": [(EVENTS, "event_ts")],
    "event_type": [(EVENTS, "event_type")],
}


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Write the days between two times anew, told as one run."""
    outputs = [dataset(CLICKSTREAM, sources=FROM)]
    job = traced(emitter, job="land_clickstream", inputs=[dataset(EVENTS), dataset(CUSTOMERS)], outputs=outputs)
    job(_land)(since=since, until=until)


def _land(*, since: datetime, until: datetime) -> Dataset:
    first = max(since, until - timedelta(days=DAYS)).astimezone(UTC).date()
    days = [first + timedelta(days=n) for n in range((until.astimezone(UTC).date() - first).days + 1)]
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        written = sum(_write_day(connection, datetime(d.year, d.month, d.day, tzinfo=UTC)) for d in days)
    return dataset(CLICKSTREAM, rows=written, sources=FROM)


def _write_day(connection: psycopg.Connection, day: datetime) -> int:
    rows = connection.execute(
        "SELECT e.customer_id, c.device_id, e.event_ts, e.event_type FROM app.customer_events e"
        " JOIN app.customers c USING (customer_id) WHERE e.event_ts >= %s AND e.event_ts < %s ORDER BY e.id",
        [day, day + timedelta(days=1)],
    ).fetchall()
    table = pa.table(
        {
            name: pa.array([row[n] for row in rows], type=kind)
            for n, (name, kind) in enumerate(
                (
                    ("customer_id", pa.string()),
                    ("device_id", pa.string()),
                    ("event_ts", pa.timestamp("us", tz="UTC")),
                    ("event_type", pa.string()),
                )
            )
        }
    )
    path = places.clickstream() / f"{day:%Y-%m-%d}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    pq.write_table(table, partial, compression="snappy")
    os.replace(partial, path)
    return len(rows)
