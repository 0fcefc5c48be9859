"""docs/producer.md: every block is run as a reader would run it, against the real server, and does what is said."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.template.loader import render_to_string
from django.urls import reverse

from lineage_app.models import ColumnEdge, Edge, RawEvent, Run, RunIO
from lineage_app.services import project_all
from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from portal.core.identity.models import User
from slo_app.models import Consumer, ThrottleLevel, ThrottleReach
from slo_app.models.throttle import digest_of
from tests.clients.snippets import snippet, snippets
from tests.domain.client.openlineage_truth import check_event
from tests.people import World

ROOT = Path(__file__).resolve().parents[2]
RUN_HERE = {
    "curl",
    "curl-batch",
    "traced-environment",
    "traced",
    "traced-inside",
    "traced-block",
    "resend",
    "throttled",
    "throttled-celery",
    "openlineage-environment",
    "openlineage-yml",
    "openlineage-python",
}
RUN_BY_INTEROP = {"dbt-install", "dbt", "airflow-install", "airflow", "airflow-dag"}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder of the reader's own, with a `custody` on the PATH that is this one."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/custody"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m portal.cli "$@"\n')
    program.chmod(0o755)
    return tmp_path


def run(command: list[str], here: Path, **env: str) -> str:
    given = {"PATH": f"{here / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "HOME": str(here), **env}
    done = subprocess.run(command, cwd=here, env=given, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def bash(text: str, here: Path, **env: str) -> str:
    assert shutil.which("bash")
    return run(["bash", "-euo", "pipefail", "-c", text], here, **env)


def python(text: str, here: Path, **env: str) -> None:
    said = run([sys.executable, "-W", "error", "-c", text], here, **env)
    assert said == "", said  # a warning in the log would say that something was lost


def edges() -> set[tuple[str, str, str]]:
    project_all()
    found = Edge.objects.select_related("src", "dst", "job")
    return {(edge.src.name, edge.job.name if edge.job else "", edge.dst.name) for edge in found}


def told() -> dict[str, dict[str, Any]]:
    """The last event of each job and state as it was sent, each one a valid one."""
    events = [json.loads(body) for body in RawEvent.objects.values_list("body", flat=True)]
    for event in events:
        check_event(event)
    return {f"{event['job']['name']} {event['eventType']}": event for event in events}


def test_every_block_of_the_guide_has_a_name_and_a_test_that_runs_it():
    by_kind: dict[str, set[str]] = {}
    for each in snippets().values():
        by_kind.setdefault(each.how, set()).add(each.name)
    assert by_kind == {"run": RUN_HERE, "interop": RUN_BY_INTEROP, "form": {"spark", "flink"}}
    source = Path(__file__).read_text() + "".join(p.read_text() for p in (ROOT / "tests/interop").glob("test_*.py"))
    for name in RUN_HERE | RUN_BY_INTEROP:
        named = f'snippet("{name}")', f'environment("{name}"', f'installs("{name}"'
        assert any(each in source for each in named), f"no test runs {name}"


def test_every_block_that_is_not_run_says_so_and_names_only_what_exists():
    text = (ROOT / "docs/producer.md").read_text()
    for name in ("Spark", "Flink"):
        part = text.partition(f"## {name}\n")[2].partition("\n## ")[0]
        assert part.strip().startswith("Not run by a test")
    spark, flink = snippet("spark").text, yaml.safe_load(snippet("flink").text)
    said = dict(re.findall(r"--conf spark\.openlineage\.([\w.]+)=(\S+)", spark))
    assert said["transport.endpoint"] == flink["openlineage.transport.endpoint"] == reverse("api:lineage-ingest")
    assert {said["transport.type"], flink["openlineage.transport.type"]} == {"http"}


def test_the_first_event_by_curl_draws_its_edge_and_may_be_sent_twice(server, token, here):
    for _ in range(2):
        said = bash(snippet("curl").text, here, CUSTODY_URL=server, CUSTODY_TOKEN=token)
        assert said == ""
    assert RawEvent.objects.count() == 1
    assert RawEvent.objects.get().lenient == ""
    assert edges() == {("orders", "first_job", "orders_clean")}


def test_what_the_portals_own_page_tells_to_send_is_what_the_guide_tells(server, token, here):
    shown = render_to_string("lineage_app/_partials/first_event.html", {"endpoint": f"{server}/api/v1/lineage"})
    command = html.unescape(re.search(r"<pre[^>]*>(.*?)</pre>", shown, re.DOTALL)[1])

    def event_in(text: str) -> dict[str, Any]:
        event = json.loads(re.search(r"-d '(.*?)'", text, re.DOTALL)[1])
        return {key: value for key, value in event.items() if key != "eventTime"}

    assert event_in(command) == event_in(snippet("curl").text)
    assert "docs/producer.md" in shown
    assert " 201 " in bash(command, here, TOKEN=token)
    assert edges() == {("orders", "first_job", "orders_clean")}


def test_a_file_of_events_goes_by_curl_gzipped_and_chunked(server, token, here):
    events = [_plain(number) for number in range(3)] + ["not json"]
    (here / "events.ndjson").write_text("\n".join(events) + "\n")
    said = json.loads(bash(snippet("curl-batch").text, here, CUSTODY_URL=server, CUSTODY_TOKEN=token))
    assert said["summary"] == {"received": 4, "successful": 3, "failed": 1, "retriable": 0, "non_retriable": 1}
    assert RawEvent.objects.count() == 3


def _plain(number: int) -> str:
    event = json.loads(re.search(r"-d '(.*?)'", snippet("curl").text, re.DOTALL)[1])
    event["run"]["runId"] = f"00000000-0000-4000-8000-{number:012d}"
    return json.dumps(event)


def environment(name: str, url: str, token: str, here: Path) -> dict[str, str]:
    """The variables that a block of `export` lines sets, as a shell reads them."""
    before = set(bash("env", here).splitlines())
    after = bash(snippet(name).filled(url, token) + "\nenv", here).splitlines()
    return dict(line.split("=", 1) for line in after if line not in before and not line.startswith("_="))


def test_the_environment_for_traced_is_understood(server, token, here):
    said = environment("traced-environment", server, token, here)
    assert said == {"CUSTODY_URL": f"{server}/", "CUSTODY_TOKEN": token, "CUSTODY_NAMESPACE": "shop"}


def shop(server: str, token: str, here: Path) -> dict[str, str]:
    return environment("traced-environment", server, token, here) | {"GIT_COMMIT": "abc1234", "IMAGE_TAG": "shop:1"}


def test_a_traced_function_tells_a_whole_run(server, token, here):
    (here / "build.py").write_text(snippet("traced").text)
    run([sys.executable, "-W", "error", "build.py"], here, **shop(server, token, here))
    assert edges() == {("shop.public.orders", "orders_daily", "orders_daily")}
    event = told()["orders_daily COMPLETE"]
    assert event["job"]["facets"]["sourceCodeLocation"]["version"] == "abc1234"
    assert event["job"]["facets"]["documentation"]["description"] == "Add up a day's orders."
    parameters = event["run"]["facets"]["executionParameters"]["parameters"]
    assert [(one["name"], one["value"]) for one in parameters] == [("day", "2026-11-22")]
    assert "password" not in json.dumps(event)
    output = RunIO.objects.get(role="output", run__status="COMPLETE")
    assert (output.version, output.facets["outputStatistics"]["rowCount"]) == ("snapshot-7", 42)
    links = {(c.src_field, c.dst_field, c.subtype, c.masking) for c in ColumnEdge.objects.all()}
    assert links == {
        ("day", "day", "IDENTITY", False),
        ("total", "revenue", "AGGREGATION", False),
        ("email", "buyers", "AGGREGATION", True),
        ("day", "", "FILTER", False),
    }


def test_a_run_says_from_inside_what_it_read_and_wrote(server, token, here):
    python(snippet("traced-inside").text, here, **shop(server, token, here))
    assert edges() == {("2026-11-22", "land_files", "landed"), ("2026-11-22", "land_files", "rejected")}
    event = told()["land_files COMPLETE"]
    assert event["run"]["facets"]["nominalTime"]["nominalEndTime"] == "2026-11-23T00:00:00.000000Z"
    assert event["run"]["facets"]["tags"]["tags"][0]["value"] == "backfill"
    assert Run.objects.get().status == "COMPLETE"


def test_a_block_tells_a_streaming_job_and_hands_itself_on(server, token, here):
    python(snippet("traced-block").text, here, **shop(server, token, here))
    assert edges() == {("clicks", "relay", "live_clicks")}
    event = told()["relay RUNNING"]
    assert event["job"]["facets"]["jobType"]["processingType"] == "STREAMING"
    assert event["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 1000
    owners = told()["nightly COMPLETE"]["job"]["facets"]["ownership"]["owners"]
    assert owners == [{"name": "team:data-platform"}]


def test_what_waited_while_the_portal_was_away_is_resent_by_the_command(server, token, here):
    away = {"CUSTODY_URL": "http://127.0.0.1:9", "CUSTODY_TOKEN": token, "CUSTODY_SPOOL": str(here / "spool")}
    said = run([sys.executable, "-c", snippet("traced-inside").text], here, **away)
    assert "An event waits in" in said
    assert RawEvent.objects.count() == 0
    command = snippet("resend").text.replace("/var/spool/lineage", str(here / "spool"))
    assert "2 sent, 0 refused, 0 still waiting" in bash(command, here, CUSTODY_URL=server, CUSTODY_TOKEN=token)
    assert edges() == {("2026-11-22", "land_files", "landed"), ("2026-11-22", "land_files", "rejected")}


@pytest.mark.parametrize("transport", ["environment", "http", "async_http"])
def test_openlineage_python_is_configured_by_environment_or_file_and_draws_the_graph(server, token, here, transport):
    env = environment("openlineage-environment", server, token, here) if transport == "environment" else {}
    if transport != "environment":
        text = snippet("openlineage-yml").filled(server, token)
        assert "or async_http" in text
        (here / "openlineage.yml").write_text(text.replace("type: http ", f"type: {transport} "))
    run([sys.executable, "-c", snippet("openlineage-python").text], here, **env)
    assert edges() == {("shop.public.orders", "hash_orders", "orders_hashed")}
    assert set(RawEvent.objects.values_list("lenient", flat=True)) == {""}
    link = ColumnEdge.objects.get()
    assert (link.src_field, link.dst_field, link.masking) == ("email", "who", True)
    assert RunIO.objects.get(role="output").facets["outputStatistics"]["rowCount"] == 42


def throttled_shop(server: str) -> dict[str, str]:
    token = World(people={}, teams={}).token("throttle:read")
    orders = Asset.objects.create(namespace="shop", name="orders", kind="table")
    level = {"key": digest_of("shop/orders"), "changed_at": now(), "reach_at": now(), "factor": 0.1, "denies": True}
    ThrottleLevel.objects.create(asset=orders, reasons=[{"slo_id": 1, "text": "Accuracy of orders is low."}], **level)
    ThrottleReach.objects.create(
        asset=orders, consumer=digest_of("shop/orders_daily"), namespace="shop", name="orders_daily", hops=1
    )
    return {"CUSTODY_URL": f"{server}/", "CUSTODY_TOKEN": token, "CUSTODY_NAMESPACE": "shop"}


def test_a_throttled_function_runs_and_is_denied_as_the_guide_says(server, here):
    given = throttled_shop(server)
    program = [sys.executable, "-W", "error", "-c", snippet("throttled").text]
    assert run(program, here, **given) == "read the orders of 2026-11-22\n"
    person = User.objects.create(email="ada@example.org", name="Ada")
    names = {"namespace": "shop", "name": "orders_daily", "kind": "regulated"}
    Consumer.objects.create(consumer=digest_of("shop/orders_daily"), set_at=now(), set_by=person, **names)
    said = run(program, here, **given)
    assert said == "Reading is denied for now. Accuracy of orders is low. Again in 30 s.\n"


def test_a_throttled_celery_task_samples_as_the_guide_says(server, here):
    given = throttled_shop(server)
    reach = ThrottleReach.objects.get()
    reach.name, reach.consumer = "features", digest_of("shop/features")
    reach.save()
    text = snippet("throttled-celery").text + "\nprint([features.apply(args=[n]).get() for n in range(11)])\n"
    said = run([sys.executable, "-c", text], here, **given)
    assert said == f"{[0, *[None] * 9, 10]}\n"
