"""What customers do, as it happens, into a stream that the assistant and the shop's pages listen to."""

from datetime import datetime

import psycopg

from portal.client.lineage import Dataset, Emitter, current_run, filtered, same, traced
from portal.demo.estate import places
from portal.demo.estate.names import CLICKS, CUSTOMERS, EVENTS
from portal.demo.pipelines import versions
from portal.demo.pipelines.features import store
from portal.demo.pipelines.telling import dataset

STREAM, KEPT = "clicks", 20_000
SEEN, PEOPLE = dataset(EVENTS), dataset(CUSTOMERS)
WRITTEN = dataset(
    CLICKS,
    kind="STREAM",
    column_lineage=same(SEEN, "customer_id", "event_type", "event_ts"),
    influences=[filtered(SEEN, "event_ts"), filtered(PEOPLE, "customer_id")],
)


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Send on each customer's last click between two times, told as one run."""
    job = traced(emitter, job="send_clicks", inputs=[SEEN, PEOPLE], outputs=[WRITTEN], record=["since", "until"])
    job(send_clicks)(since=since, until=until)


def send_clicks(*, since: datetime, until: datetime) -> Dataset:
    """Append the last click of every customer who had some and still exists."""
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        rows = connection.execute(
            "SELECT DISTINCT ON (customer_id) customer_id, event_type, event_ts FROM app.customer_events"
            " JOIN app.customers USING (customer_id) WHERE event_ts >= %s AND event_ts < %s"
            " ORDER BY customer_id, event_ts DESC",
            [since, until],
        ).fetchall()
        current_run().reads(
            SEEN.measured(version=versions.of_events(connection)),
            PEOPLE.measured(version=versions.of_customers(connection)),
        )
    with store() as features, features.pipeline(transaction=False) as batch:
        for customer, kind, when in rows:
            said = {"customer_id": customer, "event_type": kind, "event_ts": when.isoformat()}
            batch.xadd(STREAM, said, maxlen=KEPT)
        batch.execute()
        last = features.xrevrange(STREAM, count=1)
    return WRITTEN.measured(rows=len(rows), version=str(last[0][0]) if last else "")
