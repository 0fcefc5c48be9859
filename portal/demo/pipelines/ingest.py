"""New events from the made-up product into the OLTP database."""

from datetime import datetime

import psycopg

from portal.client.lineage import Dataset, Emitter, current_run, joined, same, traced
from portal.demo.estate import places, product
from portal.demo.estate.names import APP_EVENTS, CUSTOMERS, EVENTS
from portal.demo.pipelines import versions
from portal.demo.pipelines.telling import dataset

SEEN = dataset(APP_EVENTS)
KNOWN = dataset(CUSTOMERS)
WRITTEN = dataset(
    EVENTS,
    column_lineage=same(SEEN, "customer_id", "event_ts", "event_type", "amount_usd"),
    influences=[joined(KNOWN, "customer_id")],
)


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Append what happened between two times, told as one run."""
    job = traced(
        emitter, job="ingest_events", inputs=[SEEN], outputs=[WRITTEN], nominal=_window, record=["since", "until"]
    )
    job(append_events)(since=since, until=until)


def _window(*, since: datetime, until: datetime) -> tuple[datetime, datetime]:
    return since, until


def append_events(*, since: datetime, until: datetime) -> Dataset:
    """Append what the product's people did, of customers who still exist."""
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        rows = product.send(connection, since, until)
        connection.cursor().executemany(
            "INSERT INTO app.customer_events (customer_id, event_ts, event_type, amount_usd)"
            " SELECT %s, %s, %s, %s WHERE EXISTS (SELECT FROM app.customers WHERE customer_id = %s)",
            [(*row, row[0]) for row in rows],
        )
        current_run().reads(SEEN.measured(rows=len(rows)), KNOWN.measured(version=versions.of_customers(connection)))
        return WRITTEN.measured(rows=len(rows), version=versions.of_events(connection))
