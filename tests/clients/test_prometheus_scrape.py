"""The how-to's own commands against the served portal, and what they print read by Prometheus's parsers."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as plain_families

from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from slo_app.models import Measurement
from tests.clients.snippets import snippets
from tests.people import World, build_world
from tests.slo_app.estate import freshness_of

GUIDE = Path(__file__).resolve().parents[2] / "docs/observability.md"


@pytest.fixture
def world(server: str) -> World:
    """People, and one SLO that was measured."""
    made = build_world()
    asset = Asset.objects.create(namespace="shop", name='or"ders', kind="table", owner_team=made.platform)
    Measurement.objects.create(
        slo=freshness_of(asset), at=now(), result="ok", value=7, alerting=False, cost_ms=5, digest="sha256:0"
    )
    return made


def shell(name: str, server: str, token: str) -> str:
    text = snippets(GUIDE)[name].filled(server, token)
    env = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_curl_with_a_token_reads_every_family(server, world):
    told = shell("scrape", server, world.token("metrics:read"))
    families = {family.name: family for family in plain_families(told)}
    (sample,) = families["slo_value"].samples
    assert (sample.labels["asset"], sample.value) == ('shop/or"ders', 7)
    assert all(family.documentation for family in families.values())


def test_what_prometheus_asks_for_is_answered_as_openmetrics_in_gzip(server, world):
    headers = {
        "Authorization": f"Bearer {world.token('metrics:read')}",
        "Accept": "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "Accept-Encoding": "gzip",
    }
    told = subprocess.run(
        ["curl", "-sf", "--compressed", "-D", "/dev/stderr", f"{server}/metrics"]
        + [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    sent = told.stderr.lower()
    assert "content-type: application/openmetrics-text; version=1.0.0; charset=utf-8" in sent
    assert "content-encoding: gzip" in sent
    assert told.stdout.endswith("# EOF\n")
    assert "slo_value" in {family.name for family in open_families(told.stdout)}


@pytest.mark.parametrize(("scope", "status"), [(None, 401), ("lineage:write", 403)])
def test_without_the_scope_nothing_is_told_not_even_on_this_machine(server, world, scope, status):
    headers = {"Authorization": f"Bearer {world.token(scope)}"} if scope else {}
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(f"{server}/metrics", headers=headers))
    assert refused.value.code == status
    assert json.load(refused.value)["status"] == status
