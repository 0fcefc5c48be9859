"""Each customer's profile as a vector into the index: a fixed random projection, computed with NumPy."""

from datetime import UTC, datetime

import numpy as np
import psycopg
from numpy.typing import NDArray

from portal.client.lineage import Dataset, Emitter, computed, current_run, filtered, same, traced
from portal.demo.estate import places
from portal.demo.estate.names import CUSTOMERS, EVENTS, PROFILE, SEMANTIC
from portal.demo.pipelines import versions
from portal.demo.pipelines.features import KEY, store
from portal.demo.pipelines.telling import dataset

DIMENSIONS = 32
PROFILES, RECENT, PEOPLE = dataset(PROFILE), dataset(EVENTS), dataset(CUSTOMERS)
WRITTEN = dataset(
    SEMANTIC,
    column_lineage={
        **same(PROFILES, "customer_id"),
        "embedding": [computed(PROFILES, column) for column in ("events", "purchases", "spend_usd", "customer_id")],
    },
    influences=[filtered(RECENT, "event_ts"), filtered(PEOPLE, "customer_id")],
)
_projection = np.random.default_rng(7).normal(size=(3, DIMENSIONS)).astype(np.float32)


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Embed everybody who had events between two times, told as one run."""
    inputs = [PROFILES, RECENT, PEOPLE]
    job = traced(emitter, job="embed_customers", inputs=inputs, outputs=[WRITTEN], record=["since", "until"])
    job(embed_customers)(since=since, until=until)


def embed_customers(*, since: datetime, until: datetime) -> Dataset:
    """Write the vector of each customer who had events, as long as they exist."""
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        found = connection.execute(
            "SELECT DISTINCT customer_id FROM app.customer_events WHERE event_ts >= %s AND event_ts < %s",
            [since, until],
        ).fetchall()
        with store() as features:
            version = versions.of_profiles(features)
        profiles = _profiles([row[0] for row in found])
        current_run().reads(
            PROFILES.measured(rows=len(profiles), version=version),
            RECENT.measured(version=versions.of_events(connection)),
            PEOPLE.measured(version=versions.of_customers(connection)),
        )
        present = datetime.now(UTC)
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO vectors.customer_semantic (customer_id, embedding, created_at, vectorized_at)"
                " SELECT %s, %s, %s, %s WHERE EXISTS (SELECT FROM app.customers WHERE customer_id = %s)"
                " ON CONFLICT (customer_id) DO UPDATE SET embedding = excluded.embedding,"
                " created_at = excluded.created_at, vectorized_at = excluded.vectorized_at",
                [(who, _text(embedding(values, who)), present, present, who) for who, values in profiles.items()],
            )
    return WRITTEN.measured(rows=len(profiles), version=f"{present:%Y-%m-%dT%H:%M:%SZ}")


def _profiles(customer_ids: list[str]) -> dict[str, tuple[float, float, float]]:
    with store() as features, features.pipeline(transaction=False) as batch:
        for customer_id in customer_ids:
            batch.hmget(KEY.format(customer_id), "events", "purchases", "spend_usd")
        answers = batch.execute()
    return {
        who: (float(a[0]), float(a[1]), float(a[2]))
        for who, a in zip(customer_ids, answers, strict=True)
        if None not in a
    }


def embedding(profile: tuple[float, float, float], who: str) -> NDArray[np.float32]:
    """The unit vector of one profile; a person's own small offset keeps vectors apart."""
    base = np.log1p(np.asarray(profile, dtype=np.float32)) @ _projection
    own = np.random.default_rng(list(who.encode())).normal(scale=0.05, size=DIMENSIONS).astype(np.float32)
    vector = base + own
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def _text(vector: NDArray[np.float32]) -> str:
    return "[" + ",".join(repr(float(x)) for x in vector) + "]"
