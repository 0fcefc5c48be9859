"""Each customer's profile from their events into the feature store."""

from datetime import UTC, datetime

import psycopg
import redis

from portal.client.lineage import Dataset, Emitter, aggregated, current_run, filtered, grouped, same, traced
from portal.demo.estate import places
from portal.demo.estate.names import CUSTOMERS, EVENTS, PROFILE
from portal.demo.pipelines import versions
from portal.demo.pipelines.telling import dataset

KEY = "feature:customer_profile:{}"
SEEN, PEOPLE = dataset(EVENTS), dataset(CUSTOMERS)
WRITTEN = dataset(
    PROFILE,
    column_lineage={
        **same(SEEN, "customer_id"),
        "events": [aggregated(SEEN, "event_type", "count")],
        "purchases": [aggregated(SEEN, "event_type", "count where purchase")],
        "spend_usd": [aggregated(SEEN, "amount_usd", "sum")],
    },
    influences=[filtered(SEEN, "event_ts"), grouped(SEEN, "customer_id"), filtered(PEOPLE, "customer_id")],
)


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Refresh the profiles of everybody with events between two times, told as one run."""
    job = traced(emitter, job="build_features", inputs=[SEEN, PEOPLE], outputs=[WRITTEN], record=["since", "until"])
    job(build_profiles)(since=since, until=until)


def build_profiles(*, since: datetime, until: datetime) -> Dataset:
    """Count and add up the events of each customer who had some."""
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        current_run().reads(
            SEEN.measured(version=versions.of_events(connection)),
            PEOPLE.measured(version=versions.of_customers(connection)),
        )
        rows = connection.execute(
            "SELECT customer_id, count(*), count(*) FILTER (WHERE event_type = 'purchase'),"
            " coalesce(sum(amount_usd), 0)"
            " FROM app.customer_events WHERE customer_id IN"
            " (SELECT customer_id FROM app.customer_events WHERE event_ts >= %s AND event_ts < %s)"
            " AND customer_id IN (SELECT customer_id FROM app.customers)"
            " GROUP BY customer_id",
            [since, until],
        ).fetchall()
    version = f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    with store() as features, features.pipeline(transaction=False) as batch:
        for customer_id, events, purchases, spend in rows:
            values = {"events": events, "purchases": purchases, "spend_usd": round(float(spend), 2)}
            batch.hset(KEY.format(customer_id), mapping=values)
        batch.set(versions.PROFILES, version)
        batch.execute()
    return WRITTEN.measured(rows=len(rows), version=version)


def store() -> redis.Redis:
    """A connection to the estate's feature store."""
    return redis.Redis.from_url(f"{places.plan().estate_redis_url}/0", decode_responses=True)
