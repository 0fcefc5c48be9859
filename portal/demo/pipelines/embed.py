"""Each customer's profile as a vector into the index: a fixed random projection, computed with NumPy."""

from datetime import UTC, datetime

import numpy as np
import psycopg
from numpy.typing import NDArray

from portal.client.lineage import Dataset, Emitter, traced
from portal.demo.estate import places
from portal.demo.estate.names import PROFILE, SEMANTIC
from portal.demo.pipelines.features import KEY, store
from portal.demo.pipelines.telling import dataset

DIMENSIONS = 32
FROM = {
    "customer_id": [(PROFILE, "customer_id")],
    "embedding": [(PROFILE, "events"), (PROFILE, "purchases"), (PROFILE, "spend_usd")],
}
_projection = np.random.default_rng(7).normal(size=(3, DIMENSIONS)).astype(np.float32)


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Embed everybody who had events between two times, told as one run."""
    outputs = [dataset(SEMANTIC, sources=FROM)]
    job = traced(emitter, job="embed_customers", inputs=[dataset(PROFILE)], outputs=outputs)
    job(_embed)(since=since, until=until)


def _embed(*, since: datetime, until: datetime) -> Dataset:
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        found = connection.execute(
            "SELECT DISTINCT customer_id FROM app.customer_events WHERE event_ts >= %s AND event_ts < %s",
            [since, until],
        ).fetchall()
        profiles = _profiles([row[0] for row in found])
        present = datetime.now(UTC)
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO vectors.customer_semantic (customer_id, embedding, created_at, vectorized_at)"
                " SELECT %s, %s, %s, %s WHERE EXISTS (SELECT FROM app.customers WHERE customer_id = %s)"
                " ON CONFLICT (customer_id) DO UPDATE SET embedding = excluded.embedding,"
                " created_at = excluded.created_at, vectorized_at = excluded.vectorized_at",
                [(who, _text(embedding(values, who)), present, present, who) for who, values in profiles.items()],
            )
    return dataset(SEMANTIC, rows=len(profiles), sources=FROM)


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
