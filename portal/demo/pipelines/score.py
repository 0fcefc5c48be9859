"""What the churn model says of some customers now: scores without the person, so that drift can be watched."""

from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg

from portal.client.lineage import Dataset, Emitter, aggregated, current_run, masked, traced
from portal.demo.estate import places
from portal.demo.estate.names import CHURN, PROFILE, SCORES
from portal.demo.pipelines import train
from portal.demo.pipelines.telling import dataset

FIRST, EACH = 2_000, 80  # how many are scored by the first run, and by each after it
KEPT = timedelta(days=2)
PROFILES, MODEL = dataset(PROFILE), dataset(CHURN)
WRITTEN = dataset(
    SCORES,
    column_lineage={
        "score": [aggregated(MODEL, "weight"), *[masked(aggregated(PROFILES, each, "score")) for each in train.USED]],
        "segment": [masked(aggregated(PROFILES, "spend_usd", "four classes"))],
    },
)


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Score some customers, told as one run."""
    del since
    job = traced(emitter, job="score_customers", inputs=[PROFILES, MODEL], outputs=[WRITTEN])
    job(score_customers)(until=until)


def score_customers(*, until: datetime) -> Dataset:
    """Write the score and the class of spending of a random sample of the profiles."""
    weights, version = train.fitted()
    table = train.profiles()
    current_run().reads(MODEL.measured(rows=len(weights), version=version))
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        found = connection.execute("SELECT EXISTS (SELECT FROM app.churn_scores)").fetchone()
        sample = np.random.default_rng().permutation(table)[: EACH if found and found[0] else FIRST]
        present = datetime.now(UTC)
        with connection.cursor().copy("COPY app.churn_scores (scored_at, score, segment) FROM STDIN") as rows:
            for score, segment in zip(train.scores(sample, weights), train.segments(sample), strict=True):
                rows.write_row((present, float(score), segment))
        connection.execute("DELETE FROM app.churn_scores WHERE scored_at < %s", [until - KEPT])
    return WRITTEN.measured(rows=len(sample), version=f"{present:%Y-%m-%dT%H:%M:%SZ}")
