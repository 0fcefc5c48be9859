"""A job that never ends: what happens just now, counted by kind of event; no person is in the counts."""

import uuid
from datetime import datetime

import psycopg

from portal.client.lineage import Emitter, aggregated, filtered, masked
from portal.demo.estate import places
from portal.demo.estate.names import EVENTS, FEATURES, Named
from portal.demo.pipelines import versions
from portal.demo.pipelines.features import store
from portal.demo.pipelines.telling import dataset

COUNTS = Named(FEATURES, "live_event_counts", "stream", "feature", (("event_type", "string"), ("count", "int")))
WHAT = "Counts what happens just now, by kind of event; it never ends."
STREAM, RUN, KEPT = "live:event_counts", "live:run", 1_000
SEEN = dataset(EVENTS)
WRITTEN = dataset(
    COUNTS,
    kind="STREAM",
    tags={"layer": "transform"},
    column_lineage={each: [masked(aggregated(SEEN, "event_type", "count"))] for each in ("event_type", "count")},
    influences=[filtered(SEEN, "event_ts")],
)


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Append the counts between two times to the stream: one step of the same run for ever, told by RUNNING."""
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        counts = connection.execute(
            "SELECT event_type, count(*) FROM app.customer_events WHERE event_ts >= %s AND event_ts < %s GROUP BY 1",
            [since, until],
        ).fetchall()
        read = SEEN.measured(rows=sum(count for _, count in counts), version=versions.of_events(connection))
    with store() as features:
        begins = features.set(RUN, str(uuid.uuid4()), nx=True)
        told = emitter.run("count_live_events", processing="STREAMING", description=WHAT, run_id=str(features.get(RUN)))
        for kind, count in counts:
            features.xadd(STREAM, {"event_type": kind, "count": count}, maxlen=KEPT)
        last = features.xrevrange(STREAM, count=1)
    told.reads(read)
    told.writes(WRITTEN.measured(rows=len(counts), version=str(last[0][0]) if last else ""))
    if begins:
        emitter.send(told.document("START"))
    told.running()
