"""What the demo's owners expect of their pipelines, and one export that started last night and never ended."""

import uuid
from datetime import timedelta

from lineage_app import services
from lineage_app.selectors.watch import expectation_of, job_named
from portal.core.clock.services import now
from portal.core.identity.models import User
from portal.demo.estate.names import JOBS, ORDERS
from portal.demo.pipelines.telling import dataset, emitter

EXPECTED = {"ingest_events": "ana", "land_clickstream": "ana", "publish_forecast": "oli"}
EXPORT = "export_orders"
BEGAN = timedelta(hours=9)


def build() -> None:
    """Declare what is missing; the rhythm of the other pipelines is left for their owners to accept."""
    if job_named(JOBS, EXPORT) is None:
        _start_the_export()
    services.project_all()
    for name, owner in EXPECTED.items():
        job = job_named(JOBS, name)
        if job is not None and expectation_of(job) is None:
            user = User.objects.get(email=f"{owner}@demo.example.com")
            services.expect_runs(user=user, job=job, every=timedelta(hours=1), grace=timedelta(minutes=15))


def _start_the_export() -> None:
    telling = emitter()
    run = telling.run(EXPORT, inputs=[dataset(ORDERS)], run_id=str(uuid.uuid4()), owners=["team:data-platform"])
    telling.send(run.document("START") | {"eventTime": (now() - BEGAN).isoformat()})
