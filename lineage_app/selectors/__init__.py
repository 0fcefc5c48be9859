"""Questions to lineage. Reading it is everybody's right, so none of them asks who asks."""

from lineage_app.selectors.activity import (
    EventRefused,
    Ran,
    Wrote,
    completed_runs,
    events_waiting,
    job_is_known,
    outputs_of_job,
    runs_in_events,
)
from lineage_app.selectors.closure import Hop, downstream, downstream_datasets, reach_of, upstream_datasets
from lineage_app.selectors.consumers import Consumer, consumers_of, job_of_key, jobs_named, way_to
from lineage_app.selectors.content import graph_content, graph_digest
from lineage_app.selectors.coverage import Coverage, coverage, coverage_trend
from lineage_app.selectors.erasure import Copies, Copy, Start, copies_of, readers_of
from lineage_app.selectors.flows import provers_of_hops
from lineage_app.selectors.lag import projected_until
from lineage_app.selectors.lists import datasets_of_asset, latest_runs
from lineage_app.selectors.personal import (
    datasets_with_personal_columns,
    personal_columns,
    personal_reach_of_asset,
    reach_of_columns,
)
from lineage_app.selectors.schemas import columns_sent, dataset_with_schema, datasets_with_schema
from lineage_app.selectors.trainings import Read, Training, trainings_of
from lineage_app.selectors.view import View
from lineage_app.selectors.windows import window

__all__ = [
    "Consumer",
    "Copies",
    "Copy",
    "Coverage",
    "EventRefused",
    "Hop",
    "Ran",
    "Read",
    "Start",
    "Training",
    "View",
    "Wrote",
    "columns_sent",
    "completed_runs",
    "consumers_of",
    "copies_of",
    "coverage",
    "coverage_trend",
    "dataset_with_schema",
    "datasets_of_asset",
    "datasets_with_personal_columns",
    "datasets_with_schema",
    "downstream",
    "downstream_datasets",
    "events_waiting",
    "graph_content",
    "graph_digest",
    "job_is_known",
    "job_of_key",
    "jobs_named",
    "latest_runs",
    "outputs_of_job",
    "personal_columns",
    "personal_reach_of_asset",
    "projected_until",
    "provers_of_hops",
    "reach_of",
    "reach_of_columns",
    "readers_of",
    "runs_in_events",
    "trainings_of",
    "upstream_datasets",
    "way_to",
    "window",
]
