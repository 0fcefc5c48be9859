"""Debian's Prometheus scrapes the served portal by our configuration and answers every query of the dashboard."""

import json
import os
import re
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.snippets import snippet
from tests.faults.stand import free_port
from tests.interop import debian
from tests.interop.monitored import DEPLOY, configure, plant, until
from tests.interop.programs import bash
from tests.people import build_world

GUIDE = DEPLOY.parent / "docs/observability.md"
DASHBOARD = json.loads((DEPLOY / "grafana/dashboards/custody-slos.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
Ask = Callable[..., Any]


def test_promtool_takes_our_rules_our_configuration_and_what_they_say_of_made_up_series(tmp_path):
    here = Path(shutil.copytree(DEPLOY / "prometheus", tmp_path / "prometheus"))
    (here / "custody_token").write_text("t")
    assert "14 rules found" in debian.run("promtool", "check", "rules", "custody.rules.yml", here=here)
    assert "2 rules found" in debian.run("promtool", "check", "rules", "custody-burn.rules.yml", here=here)
    assert "SUCCESS" in debian.run("promtool", "check", "config", "prometheus.yml", here=here)
    assert "SUCCESS" in debian.run("promtool", "test", "rules", "custody.tests.yml", here=here)


@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text"])
def test_promtool_finds_nothing_to_mend_in_what_is_scraped(server, tmp_path, accept):
    world = build_world()
    plant(world)
    headers = {"Authorization": f"Bearer {world.token('metrics:read')}", "Accept": accept}
    with urllib.request.urlopen(urllib.request.Request(f"{server}/metrics", headers=headers)) as answer:
        told = answer.read().decode()
    if accept == "text/plain":  # promtool's linter reads no OpenMetrics
        assert debian.run("promtool", "check", "metrics", here=tmp_path, given=told) == ""
    else:
        assert told.endswith("# EOF\n")


@pytest.fixture
def ask(server: str, tmp_path: Path) -> Iterator[Ask]:
    """Ask a Prometheus that has scraped the portal three times and evaluated the rules: path and parameters to data."""
    world = build_world()
    token = world.token("metrics:read")  # an entry for the ledger's head
    plant(world)
    port = free_port()
    configure(tmp_path, server, token)
    listen = f"--web.listen-address=127.0.0.1:{port}"
    base = f"http://127.0.0.1:{port}"
    arguments = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", listen]
    with debian.serving("prometheus", *arguments, here=tmp_path, ready=f"{base}/-/ready"):

        def asked(path: str, **query: Any) -> Any:
            try:
                with urllib.request.urlopen(
                    f"{base}/api/v1/{path}?{urllib.parse.urlencode(query)}", timeout=20
                ) as told:
                    return json.load(told)["data"]
            except urllib.error.HTTPError as refused:
                raise AssertionError(f"{query}: {refused.read().decode()}") from None

        until(lambda: _value(asked, "min(count_over_time(slo_on_target[1m]))") >= 3)
        until(lambda: _value(asked, "count(slo:burn:1h)") >= 3)
        yield asked


def _value(ask: Ask, expression: str) -> float:
    result = ask("query", query=expression)["result"]
    return float(result[0]["value"][1]) if result else 0.0


def test_every_query_of_the_dashboard_is_answered_with_data(ask):
    asked = 0
    for panel in PANELS:
        for target in panel["targets"]:
            expression = _filled(target["expr"])
            now = time.time()
            if target.get("instant"):
                found = ask("query", query=expression)["result"]
            else:
                found = ask("query_range", query=expression, start=now - 5, end=now, step=1)["result"]
            assert found, f"{panel['title']}: {expression}"
            asked += 1
    assert asked >= 25


def test_each_variable_of_the_dashboard_has_the_values_that_the_portal_knows(ask):
    found = {}
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            match = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["definition"])
            assert match
            found[variable["name"]] = ask(f"label/{match[2]}/values", **{"match[]": _filled(match[1])})
    assert found["team"] == ["analytics", "platform"]
    assert found["kind"] == ["accuracy", "freshness"]
    assert found["asset"] == ["shop/customers", "shop/orders", "shop/payments", "shop/returns"]
    assert len(found["slo"]) == 4


def test_what_prometheus_reads_is_what_the_portal_measured(ask):
    values = {each["metric"]["asset"]: float(each["value"][1]) for each in ask("query", query="slo_value")["result"]}
    assert values == {"shop/orders": 7, "shop/payments": 44.5, "shop/customers": 95}
    assert _value(ask, 'slo_no_data{asset="shop/returns"}') == 1
    assert _value(ask, 'slo_error_budget_remaining_ratio{asset="shop/payments"}') == -1.5
    assert _value(ask, 'round(slo:burn:1h{kind="accuracy"}, 0.001)') == 50
    firing = ask("query", query='alert_state{state="firing"}')["result"]
    assert [each["metric"]["asset"] for each in firing] == ["shop/payments"]


def test_an_slo_without_data_raises_the_alert_that_says_so_and_no_burn_alert(ask):
    until(lambda: any(a["labels"]["alertname"] == "CustodyNoData" for a in ask("alerts")["alerts"]))
    (alert,) = [each for each in ask("alerts")["alerts"] if each["labels"]["alertname"] == "CustodyNoData"]
    assert (alert["labels"]["asset"], alert["labels"]["team"]) == ("shop/returns", "platform")
    assert alert["annotations"]["runbook_url"].endswith("#runbook")
    assert "SloBurnsFast" not in {each["labels"]["alertname"] for each in ask("alerts")["alerts"]}  # intervals are long


def _filled(expression: str) -> str:
    """As Grafana fills in "All"; every variable that is used is declared."""
    declared = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    assert set(re.findall(r"\$(\w+)", expression)) <= declared
    return re.sub(r"\$\w+", ".*", expression)


@pytest.mark.parametrize("name", ["prometheus", "alertmanager"])
def test_the_commands_of_the_guide_accept_the_files_as_they_are(tmp_path, name):
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    text = snippet(name, GUIDE).text
    commands = "\n".join(line for line in text.splitlines() if not line.startswith("prometheus "))
    path = f"{debian.programs()}:{os.environ['PATH']}"
    said = bash(commands, tmp_path, {"PATH": path, "CUSTODY_TOKEN": "custody_t"})
    assert "SUCCESS" in said
    token = tmp_path / "deploy" / name / "custody_token"
    assert (token.read_text(), token.stat().st_mode & 0o777) == ("custody_t", 0o600)
