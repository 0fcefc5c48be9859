"""The files in deploy/ for Prometheus, Alertmanager and Grafana: whole, consistent, and each thing with its runbook."""

import html
import json
import re
from pathlib import Path

import pytest
import yaml
from django.utils.html import strip_tags

from slo_app.domain.alert import Phase
from slo_app.domain.own_alerts import OWN_ALERTS
from slo_app.metrics import GAUGES

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/observability.md").read_text()
DASHBOARD = json.loads((ROOT / "deploy/grafana/dashboards/custody-slos.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
ROOMS = [path.read_text() for path in ROOT.glob("**/metrics.py") if ".venv" not in path.parts]


def rules(name: str) -> list[dict]:
    groups = yaml.safe_load((ROOT / "deploy/prometheus" / name).read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_the_dashboard_keeps_its_address_and_asks_the_source_that_its_reader_picks():
    assert (DASHBOARD["uid"], DASHBOARD["schemaVersion"]) == ("custody-slos", 38)
    assert DASHBOARD["templating"]["list"][0]["type"] == "datasource"
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${datasource}"}
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_each_panel_says_what_it_shows_and_leads_to_owner_and_runbook(panel):
    assert len(panel["description"]) > 30
    links = [link["title"] for link in panel["links"]]
    assert any("unbook" in title for title in links)
    assert all(link["url"].startswith("${") for link in panel["links"])
    anchors = re.findall(r"runbooks\}#(\w+)", json.dumps(panel["links"]))
    assert set(anchors) <= {alert.name.lower() for alert in OWN_ALERTS}


def test_panels_do_not_lie_on_each_other():
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_every_series_that_is_asked_for_is_one_that_the_portal_tells():
    told = {name for name, _, _ in GAUGES} | {"up", "scrape_duration_seconds"}
    told |= {name for text in ROOMS for name in re.findall(r'gauge\(\s*"(\w+)"', text)}
    told |= {rule["record"] for rule in rules("custody.rules.yml") if "record" in rule}
    asked = [target["expr"] for panel in PANELS for target in panel["targets"]]
    asked += [rule["expr"] for name in ("custody.rules.yml", "custody-burn.rules.yml") for rule in rules(name)]
    for expression in asked:
        plain = re.sub(r'"[^"]*"', '""', expression)
        names = set(re.findall(r"\b((?:slo|alert|custody|scrape)_\w+|slo:burn:\w+)\b", plain))
        assert names <= told, expression
        assert names or plain.startswith("up"), expression


def test_every_state_that_is_asked_for_is_one_of_the_machine():
    states = re.findall(r'alert_state\{state=~\\?"([\w|]+)', json.dumps(DASHBOARD).replace("\\", ""))
    assert states
    assert {state for each in states for state in each.split("|")} <= {phase.value for phase in Phase}


@pytest.mark.parametrize(
    "rule", [r for n in ("custody.rules.yml", "custody-burn.rules.yml") for r in rules(n) if "alert" in r],
    ids=lambda rule: rule["alert"],
)  # fmt: skip
def test_each_alert_says_how_loud_it_is_and_where_its_runbook_is(rule):
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert {"summary", "description"} <= set(rule["annotations"])
    place = rule["annotations"].get("runbook") or rule["annotations"]["runbook_url"]
    assert place in (f"docs/observability.md#{rule['alert'].lower()}", "{{ $labels.url }}#runbook")


def test_the_runbooks_are_those_of_the_rules_on_the_page_and_in_the_guide(client, world, db):
    client.force_login(world.ana)
    page = html.unescape(strip_tags(client.get("/slos/code/").content.decode().replace("<h3 id=", "[h3 id=")))
    assert "`" not in page
    alerts = {rule["alert"] for rule in rules("custody.rules.yml") if "alert" in rule}
    assert {each.name for each in OWN_ALERTS} == alerts
    for each in OWN_ALERTS:
        assert f'[h3 id="{each.name.lower()}"' in page
        assert all(sentence.replace("`", "") in page for sentence in (each.means, *each.steps))
        section = GUIDE.split(f"### {each.name}\n")[1].split("\n### ")[0]
        assert all(sentence in section for sentence in (each.means, *each.steps))


def test_provisioning_names_the_folder_that_the_guide_fills():
    (provider,) = yaml.safe_load((ROOT / "deploy/grafana/provisioning/dashboards/custody.yml").read_text())["providers"]
    assert provider["type"] == "file"
    assert f"install -D -t {provider['options']['path']} " in GUIDE
    (source,) = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text())[
        "datasources"
    ]
    assert source["type"] == "prometheus"


def test_what_the_portal_cannot_tell_when_it_fails_goes_another_way():
    config = yaml.safe_load((ROOT / "deploy/alertmanager/alertmanager.yml").read_text())
    receivers = {each["name"]: each for each in config["receivers"]}
    assert "webhook_configs" in receivers[config["route"]["receiver"]]
    own, mail = config["route"]["routes"]
    assert own["matchers"] == ['custody_key != ""']
    assert "CustodyDown" in mail["matchers"][0]
    assert "email_configs" in receivers[mail["receiver"]]
