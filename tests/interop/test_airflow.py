"""Airflow with its OpenLineage provider: the guide's DAG, run by `airflow dags test` with the guide's settings."""

import shutil
from pathlib import Path

import pytest

from lineage_app.models import Edge, Job, RawEvent, Run
from lineage_app.services import project_all
from tests.clients.snippets import snippet
from tests.interop.programs import bash, environment, installs


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """AIRFLOW_HOME with the guide's DAG."""
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags/shop.py").write_text(snippet("airflow-dag").text)
    return tmp_path


def test_the_guide_says_to_install_what_is_tested_here():
    installs("airflow-install", "airflow")


def test_tasks_tell_what_they_read_and_wrote_and_are_parts_of_their_dag(server, token, home):
    assert shutil.which("bash")
    env = environment(
        "airflow",
        home,
        AIRFLOW_HOME=str(home),
        AIRFLOW__CORE__DAGS_FOLDER=str(home / "dags"),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
    )
    bash("airflow db migrate", home, env)
    bash(snippet("airflow").filled(server, token) + "\nairflow dags test shop_nightly", home, env)
    project_all()
    assert set(RawEvent.objects.values_list("lenient", flat=True)) == {""}
    (edge,) = Edge.objects.select_related("src", "dst", "job__parent")
    assert (str(edge.src), str(edge.dst), edge.state) == ("orders", "orders_daily", "seen")
    assert (edge.job.name, edge.job.namespace) == ("shop_nightly.build_daily", "shop-airflow")
    assert edge.job.parent.name == "shop_nightly"
    assert set(Job.objects.values_list("name", flat=True)) == {
        "shop_nightly",
        "shop_nightly.load_orders",
        "shop_nightly.build_daily",
    }
    assert set(Run.objects.values_list("status", flat=True)) == {"COMPLETE"}
