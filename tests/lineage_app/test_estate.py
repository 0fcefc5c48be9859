"""The big estate is what it says: so many jobs and edges, the same every time, and whole enough to be asked."""

import pytest

from lineage_app.models import Dataset, Edge, Job, Run, RunIO
from lineage_app.selectors.closure import reach_of
from tests.lineage_estate import plant

pytestmark = pytest.mark.django_db


def test_a_thousand_jobs_have_2_8_edges_each_and_a_pipeline_is_reached_to_its_end() -> None:
    planted = plant(1_000)
    assert (Job.objects.count(), Edge.objects.count()) == (1_000, planted.edges)
    assert 2.7 <= planted.edges / 1_000 <= 2.85
    downstream = reach_of(Dataset.objects.get(pk=planted.focus), down=True)
    assert planted.product in {hop.dataset.pk for hop in downstream}
    assert len(downstream) == 49
    assert planted.source in {hop.dataset.pk for hop in reach_of(Dataset.objects.get(pk=planted.focus), down=False)}


def test_planted_runs_are_complete_and_write_what_their_job_writes() -> None:
    planted = plant(200, runs_a_job=3, run_edges=True)
    assert Run.objects.filter(job=planted.job, status="COMPLETE").count() == 3
    written = RunIO.objects.filter(run__job=planted.job, role="output").values_list("dataset", flat=True)
    assert set(written) == {planted.focus}


def test_a_connected_estate_is_one_graph_of_twenty_layers() -> None:
    planted = plant(2_000, connected=True)
    upstream = reach_of(Dataset.objects.get(pk=planted.product), down=False)
    assert max(hop.distance for hop in upstream) in (19, 20)
    assert len(upstream) > 500


def test_the_portal_finds_the_planted_rows_by_their_names_and_can_add_its_own_after_them(
    world: object, send: object
) -> None:
    from tests.lineage_app.sending import event

    plant(100)
    send(event(namespace="demo", inputs=[{"namespace": "estate", "name": "pipeline_00000.out_099"}]))  # type: ignore[operator]
    known = Dataset.objects.get(namespace="estate", name="pipeline_00000.out_099")
    assert Edge.objects.filter(src=known).count() == 1
