"""Airflow with its OpenLineage provider: the guide's DAG, run by `airflow dags test` with the guide's settings."""

import json
import re
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


def test_the_guides_settings_for_spark_are_those_that_airflow_hands_to_the_spark_jobs_it_starts(home):
    """Spark's listener cannot be had here; what its transport is called is known to the provider."""
    script = home / "keys.py"
    script.write_text(
        "import json\n"
        "from airflow.providers.openlineage.utils.spark import _get_transport_information_as_spark_properties as keys\n"
        "print('\\n' + json.dumps(keys()))\n"
    )
    env = environment("airflow", home, AIRFLOW_HOME=str(home))
    said = bash(snippet("airflow").text + f"\npython {script}", home, env)
    handed = json.loads(next(line for line in said.splitlines() if line.startswith('{"spark')))
    ours = re.findall(r"--conf (spark\.openlineage\.transport\.[\w.]+)=(\S+)", snippet("spark").text)
    assert {key for key, _ in ours} == set(handed) - {"spark.openlineage.transport.timeoutInMillis"}
    for key in ("type", "compression", "auth.type"):
        name = f"spark.openlineage.transport.{key}"
        assert dict(ours)[name] == handed[name]
