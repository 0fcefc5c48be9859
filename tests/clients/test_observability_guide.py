"""The how-to's own commands against the served portal, and what they print read by Prometheus's parsers."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as plain_families

from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from slo_app.domain.measurement import Reading
from slo_app.models import Slo
from slo_app.probing import Look
from slo_app.services import lease_due, record_look
from tests.clients.snippets import snippets
from tests.people import World, build_world
from tests.slo_app.estate import freshness_of

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/observability.md"


@pytest.fixture
def world(server: str) -> World:
    """People, and one SLO that was measured."""
    made = build_world()
    asset = Asset.objects.create(namespace="shop", name='or"ders', kind="table", owner_team=made.platform)
    measure(freshness_of(asset), 7)
    return made


def measure(slo: Slo, minutes: int) -> None:
    """Lease the SLO and record a look, as a worker does."""
    Slo.objects.filter(pk=slo.pk).update(next_due_at=now())
    [(pk, fence)] = lease_due()
    assert record_look(slo_id=pk, fence=fence, look=Look(now(), Reading(now(), Decimal(minutes)), cost_ms=5))


def shell(name: str, server: str, token: str) -> str:
    text = snippets(GUIDE)[name].filled(server, token)
    env = {name: os.environ[name] for name in ("PATH", "CUSTODY_URL", "CUSTODY_TOKEN") if name in os.environ}
    ours = f'custody() {{ PYTHONPATH="{ROOT}" "{sys.executable}" -m portal.cli "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", ours + text], env=env, capture_output=True, text=True, check=False
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


def test_the_files_are_written_by_the_commands_and_checked_again(server, world, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    token = world.token("slos:read")
    monkeypatch.setenv("CUSTODY_URL", server)
    monkeypatch.setenv("CUSTODY_TOKEN", token)
    shell("export", server, token)
    kinds = [each["kind"] for each in yaml.safe_load_all((tmp_path / "openslo.yaml").read_text())]
    assert kinds.count("SLO") == 1
    assert (tmp_path / "sloth.yaml").read_text() == ""  # no ratio here
    assert 'Freshness of shop/or"ders' in (tmp_path / "observability/slo_catalog.md").read_text()
    assert "is what the portal says" in shell("check", server, token)
    measure(Slo.objects.get(), 8)
    with pytest.raises(AssertionError, match="1 == 0"):
        shell("check", server, token)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nothing"], 2, "invalid choice"),
        (["openslo", "--check"], 2, "Name one with --file"),
        (["openslo", "--slo", "1", "--team", "x"], 2, "not allowed with"),
        (["openslo", "--server", "http://127.0.0.1:9"], 2, "did not answer"),
    ],
)
def test_what_cannot_be_decided_says_why_and_ends_with_2(tmp_path, arguments, code, said):
    env = {"PATH": os.environ["PATH"], "CUSTODY_TOKEN": "cst_x", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "portal.cli", "slos", *arguments]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr
