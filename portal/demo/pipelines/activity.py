"""What each customer did lately, into a Delta table of the lakehouse, every ten minutes."""

from datetime import datetime, timedelta

import psycopg
import pyarrow as pa

from portal.client.lineage import Dataset, Emitter, aggregated, copied, current_run, filtered, grouped, same, traced
from portal.demo.estate import places
from portal.demo.estate.names import ACTIVITY, CUSTOMERS, EVENTS
from portal.demo.pipelines import versions
from portal.demo.pipelines.customers import Active, active, falls_due
from portal.demo.pipelines.telling import dataset

EVERY = timedelta(minutes=10)
FILES = 24  # so many, and the table is compacted
SEEN, PEOPLE = dataset(EVENTS), dataset(CUSTOMERS)
WRITTEN = dataset(
    ACTIVITY,
    column_lineage={
        **same(SEEN, "customer_id"),
        "email": [copied(PEOPLE, "email")],
        "events": [aggregated(SEEN, "event_type", "count")],
        "last_event": [aggregated(SEEN, "event_ts", "max")],
    },
    influences=[filtered(SEEN, "event_ts"), grouped(SEEN, "customer_id")],
)
SCHEMA = pa.schema(
    {
        "customer_id": pa.string(),
        "email": pa.string(),
        "events": pa.int64(),
        "last_event": pa.timestamp("us", tz="UTC"),
    }
)


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Append everybody who did something, where ten minutes are full, told as one run."""
    if falls_due(since, until, EVERY):
        job = traced(emitter, job="append_activity", inputs=[SEEN, PEOPLE], outputs=[WRITTEN], record=["until"])
        job(append_activity)(since=max(since, until - timedelta(days=31)), until=until)


def append_activity(*, since: datetime, until: datetime) -> Dataset:
    """One commit; many small files are compacted, so that the table's history holds rewritten ones too."""
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        rows = active(connection, min(since, until - EVERY), until)
        current_run().reads(
            SEEN.measured(version=versions.of_events(connection)),
            PEOPLE.measured(version=versions.of_customers(connection)),
        )
    version = _append(rows)
    return WRITTEN.measured(rows=len(rows), version=f"v{version}")


def _append(rows: list[Active]) -> int:
    """Write the rows; the table's newest version."""
    from deltalake import DeltaTable, write_deltalake

    path = str(places.lakehouse() / ACTIVITY.name)
    columns = [
        pa.array([row.customer_id for row in rows]),
        pa.array([row.email for row in rows]),
        pa.array([row.events for row in rows], pa.int64()),
        pa.array([row.last for row in rows], pa.timestamp("us", tz="UTC")),
    ]
    write_deltalake(path, pa.Table.from_arrays(columns, schema=SCHEMA), mode="append")
    table = DeltaTable(path)
    if len(table.file_uris()) > FILES:
        table.optimize.compact()
    return int(table.version())
