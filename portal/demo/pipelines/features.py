"""Each customer's profile from their events into the feature store."""

from datetime import datetime

import psycopg
import redis

from portal.client.lineage import Dataset, Emitter, traced
from portal.demo.estate import places
from portal.demo.estate.names import EVENTS, PROFILE
from portal.demo.pipelines.telling import dataset

KEY = "feature:customer_profile:{}"
FROM = {
    "customer_id": [(EVENTS, "customer_id")],
    "events": [(EVENTS, "event_type")],
    "purchases": [(EVENTS, "event_type")],
    "spend_usd": [(EVENTS, "amount_usd")],
}


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Refresh the profiles of everybody with events between two times, told as one run."""
    outputs = [dataset(PROFILE, sources=FROM)]
    job = traced(emitter, job="build_features", inputs=[dataset(EVENTS)], outputs=outputs)
    job(_build)(since=since, until=until)


def _build(*, since: datetime, until: datetime) -> Dataset:
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        rows = connection.execute(
            "SELECT customer_id, count(*), count(*) FILTER (WHERE event_type = 'purchase'),"
            " coalesce(sum(amount_usd), 0)"
            " FROM app.customer_events WHERE customer_id IN"
            " (SELECT customer_id FROM app.customer_events WHERE event_ts >= %s AND event_ts < %s)"
            " AND customer_id IN (SELECT customer_id FROM app.customers)"
            " GROUP BY customer_id",
            [since, until],
        ).fetchall()
    with store() as features, features.pipeline(transaction=False) as batch:
        for customer_id, events, purchases, spend in rows:
            values = {"events": events, "purchases": purchases, "spend_usd": round(float(spend), 2)}
            batch.hset(KEY.format(customer_id), mapping=values)
        batch.execute()
    return dataset(PROFILE, rows=len(rows), sources=FROM)


def store() -> redis.Redis:
    """A connection to the estate's feature store."""
    return redis.Redis.from_url(f"{places.plan().estate_redis_url}/0", decode_responses=True)
