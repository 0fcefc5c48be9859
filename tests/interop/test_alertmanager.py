"""Debian's Alertmanager, by our configuration: it delivers to the served portal, and takes what the portal sends."""

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from portal.core.catalog.models import TeamAddress
from portal.core.clock.services import now
from portal.core.notify.services import deliver_waiting
from portal.core.oncall.models import Page
from portal.core.oncall.services import page, resolve
from tests.faults.stand import free_port
from tests.interop import debian
from tests.interop.monitored import configure, plant, until
from tests.people import World, build_world

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@dataclass(frozen=True)
class Running:
    """A portal and an Alertmanager that knows it."""

    world: World
    portal: str
    url: str
    here: Path

    def amtool(self, *arguments: str) -> str:
        return debian.run("amtool", "--alertmanager.url", self.url, *arguments, here=self.here)


@pytest.fixture
def running(server: str, tmp_path: Path) -> Iterator[Running]:
    world = build_world()
    config = yaml.safe_load((DEPLOY / "alertmanager/alertmanager.yml").read_text())
    config["route"] |= {"group_wait": "0s", "group_interval": "1s"}
    (hook,) = config["receivers"][0]["webhook_configs"]
    hook["url"] = re.sub(r"http://localhost:\d+", server, hook["url"])
    (tmp_path / "alertmanager.yml").write_text(yaml.safe_dump(config))
    (tmp_path / "custody_token").write_text(world.token("alerts:write", team=world.platform))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    arguments = [
        "--config.file=alertmanager.yml",
        "--storage.path=data",
        "--cluster.listen-address=",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with debian.serving("prometheus-alertmanager", *arguments, here=tmp_path, ready=f"{url}/-/ready"):
        yield Running(world, server, url, tmp_path)


def test_amtool_takes_the_configuration_and_routes_what_the_portal_cannot_tell_to_mail(tmp_path):
    text = (DEPLOY / "alertmanager/alertmanager.yml").read_text()
    (tmp_path / "alertmanager.yml").write_text(text)
    (tmp_path / "custody_token").write_text("t")
    assert "SUCCESS" in debian.run("amtool", "check-config", "alertmanager.yml", here=tmp_path)
    for alert, receiver in (
        ("alertname=CustodyDown", "by-mail"),
        ("alertname=CustodyNoData", "custody"),
        ("custody_key=ab12", "by-mail"),  # what the portal sent does not come back to it
    ):
        routed = ["config", "routes", "test", "--config.file=alertmanager.yml", alert]
        assert debian.run("amtool", *routed, here=tmp_path).splitlines()[0] == receiver


def test_an_alert_pages_the_team_that_it_names_and_resolves_its_page(running):
    alert = ["alertname=Broken", "team=analytics", "severity=page", "--annotation=summary=The dashboard is broken."]
    running.amtool("alert", "add", *alert)
    until(lambda: Page.objects.filter(team=running.world.analytics).exists())
    found = Page.objects.get(team=running.world.analytics)
    assert found.summary == "The dashboard is broken."
    assert (found.severity, found.resolved_at) == ("page", None)
    running.amtool("alert", "add", *alert, f"--end={now().isoformat()}")
    until(lambda: Page.objects.get(pk=found.pk).resolved_at is not None)
    assert Page.objects.count() == 1


def test_an_alert_without_a_team_goes_to_the_tokens_own(running):
    running.amtool("alert", "add", "alertname=CustodyLineageBehind", "severity=ticket", "--annotation=summary=Late.")
    until(lambda: Page.objects.filter(team=running.world.platform, severity="ticket").exists())


def test_what_the_portal_pages_arrives_in_alertmanager_and_ends_there(running, settings):
    team = running.world.analytics
    settings.WEBHOOK_PRIVATE_HOSTS = [running.url.removeprefix("http://")]
    TeamAddress.objects.create(team=team, kind="alertmanager", text=running.url)
    about = {
        "team": team,
        "key": "incident:1",
        "severity": "page",
        "body": "Orders are late.",
        "url": "http://localhost/x",
    }
    page(summary="Freshness of shop/orders", details={"labels": {"asset": "shop/orders"}}, at=now(), **about)
    deliver_waiting()
    firing = json.loads(running.amtool("alert", "query", "-o", "json", "asset=shop/orders"))
    (alert,) = firing
    assert alert["annotations"]["summary"] == "Freshness of shop/orders"
    assert alert["labels"]["team"] == team.slug
    resolve(key="incident:1", at=now(), text="Fixed.")
    deliver_waiting()
    assert json.loads(running.amtool("alert", "query", "-o", "json", "asset=shop/orders")) == []


def test_the_whole_way_from_a_scrape_without_data_to_the_page_of_its_team(running):
    token = running.world.token("metrics:read")
    plant(running.world)
    here = running.here / "prometheus"
    here.mkdir()
    configure(here, running.portal, token, alertmanager=running.url)
    rules = here / "custody.rules.yml"
    rules.write_text(rules.read_text().replace("for: 30m", "for: 0s"))
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    arguments = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address=127.0.0.1:{port}"]
    with debian.serving("prometheus", *arguments, here=here, ready=f"{base}/-/ready"):
        until(lambda: Page.objects.filter(summary__contains="shop/returns").exists())
    found = Page.objects.get(summary__contains="shop/returns")
    assert found.team == running.world.platform
    assert "has had no verdict" in found.summary


def test_a_configuration_that_sends_everything_back_makes_no_loop(running, settings):
    """Also where the receiver's own routes lack ours."""
    config = yaml.safe_load((running.here / "alertmanager.yml").read_text())
    del config["route"]["routes"]
    (running.here / "alertmanager.yml").write_text(yaml.safe_dump(config))
    urllib.request.urlopen(urllib.request.Request(f"{running.url}/-/reload", method="POST"))
    settings.WEBHOOK_PRIVATE_HOSTS = [running.url.removeprefix("http://")]
    TeamAddress.objects.create(team=running.world.platform, kind="alertmanager", text=running.url)
    page(
        team=running.world.platform, key="incident:2", severity="page", summary="Round.", body="", at=now(),
        url="http://localhost/x", details={"labels": {"asset": "shop/orders"}},
    )  # fmt: skip
    deliver_waiting()
    running.amtool("alert", "add", "alertname=Later", "team=platform", "--annotation=summary=After it.")
    until(lambda: Page.objects.filter(summary="After it.").exists())
    until(lambda: _sent(running) >= 2)
    assert Page.objects.filter(summary="Round.").count() == 1


def _sent(running: Running) -> float:
    """How many webhooks Alertmanager has sent."""
    with urllib.request.urlopen(f"{running.url}/metrics") as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    counts = [s for f in families for s in f.samples if s.name == "alertmanager_notifications_total"]
    return sum(s.value for s in counts if s.labels["integration"] == "webhook")
