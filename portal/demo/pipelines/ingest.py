"""New events from the made-up product into the OLTP database."""

from datetime import UTC, datetime, timedelta
from random import SystemRandom

import psycopg

from portal.client.lineage import Dataset, Emitter, traced
from portal.demo.estate import places
from portal.demo.estate.names import APP_EVENTS, EVENTS
from portal.demo.estate.oltp import EVENT_TYPES
from portal.demo.pipelines.telling import dataset

COLUMNS = ("customer_id", "event_ts", "event_type", "amount_usd")
FROM = {column: [(APP_EVENTS, column)] for column in COLUMNS}


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Append what happened between two times, told as one run."""
    job = traced(emitter, job="ingest_events", inputs=[dataset(APP_EVENTS)], outputs=[dataset(EVENTS, sources=FROM)])
    job(_append)(since=since, until=until)


def _append(*, since: datetime, until: datetime) -> Dataset:
    chance = SystemRandom()
    count = max(3, int((until - since).total_seconds() // 6))
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        known = connection.execute(
            "SELECT customer_id FROM app.customers ORDER BY random() LIMIT %s", [count]
        ).fetchall()
        rows = [_event(row[0], until - (until - since) * chance.random(), chance) for row in known]
        connection.cursor().executemany(
            "INSERT INTO app.customer_events (customer_id, event_ts, event_type, amount_usd)"
            " SELECT %s, %s, %s, %s WHERE EXISTS (SELECT FROM app.customers WHERE customer_id = %s)",
            rows,
        )
    return dataset(EVENTS, rows=len(rows), sources=FROM)


def _event(customer_id: str, when: datetime, chance: SystemRandom) -> tuple[str, datetime, str, float | None, str]:
    kind = chance.choice(EVENT_TYPES)
    amount = round(chance.lognormvariate(3, 1), 2) if kind == "purchase" else None
    return customer_id, min(when, datetime.now(UTC) - timedelta(seconds=1)), kind, amount, customer_id
