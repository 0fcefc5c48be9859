"""The console script as a process against the real server: verdict, refusals, fail-open and upload, push and pull."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.conf import settings
from django.db import connection

from contracts_app.models import Version
from portal.core.clock.services import now
from portal.gates.models import GateRun
from tests.clients.serving import granian
from tests.contracts_app import life
from tests.gates.asking import IMAGE, SHA, event, tell
from tests.people import World

ROOT = Path(__file__).resolve().parents[2]
SARIF = json.loads((ROOT / "tests/domain/gates/sarif_subset.json").read_text())
MANIFEST = """\
job: {namespace: demo, name: ingest_events}
writes: [{contract: customer_events_v1, version: 1.2.0, file: contracts/customer_events_v1.yaml}]
"""


@pytest.fixture(scope="module")
def running(django_db_setup: None, postgres_server: Any) -> Iterator[str]:
    url = postgres_server.plan.database_url_of(connection.settings_dict["NAME"])
    with granian(url, settings.REDIS_URL) as base:
        yield base


@pytest.fixture
def estate(transactional_db: None, running: str, world: World) -> World:
    """The contract's names, and the server's address."""
    world.asset = life.register_names(world)  # type: ignore[attr-defined]
    world.server = running  # type: ignore[attr-defined]
    return world


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A pipeline's folder."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts/customer_events_v1.yaml").write_bytes(life.EXAMPLE)
    (tmp_path / "custody.yaml").write_text(MANIFEST)
    return tmp_path


def custody(here: Path, *arguments: str, server: str = "", token: str = "") -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "GITHUB_SHA": SHA, "IMAGE_TAG": IMAGE}
    env |= {"CUSTODY_URL": server} if server else {}
    env |= {"CUSTODY_TOKEN": token} if token else {}
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", *arguments],
        cwd=here, env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert not token or token not in done.stdout + done.stderr
    return done


def asked(estate: World, here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return custody(here, "gate", *arguments, server=estate.server, token=estate.token("gate:read"))


def test_push_then_sign_then_gate_then_pull(estate, here):
    """The whole way of one contract between git and the portal."""
    write = estate.token("contracts:write")
    pushed = custody(here, "push", "contracts/customer_events_v1.yaml", server=estate.server, token=write)
    assert pushed.returncode == 0, pushed.stderr
    version = Version.objects.get()
    assert bytes(version.authored) == life.EXAMPLE
    before = asked(estate, here)
    assert before.returncode == 1
    assert "contract.none" in before.stdout
    for name in life.SIGNERS:
        life.sign(estate, name, version)
    tell(estate, event(now()))
    after = asked(estate, here)
    assert after.returncode == 0, after.stdout + after.stderr
    assert "Verdict: pass." in after.stdout
    run = GateRun.objects.latest("pk")
    assert (run.commit, run.image, run.verdict) == (SHA, IMAGE, "pass")
    pulled = custody(here, "pull", "--dir", "signed", server=estate.server, token=estate.token("contracts:read"))
    assert pulled.returncode == 0, pulled.stderr
    assert (here / "signed/customer_events_v1.yaml").read_bytes() == life.EXAMPLE


@pytest.fixture
def signed(estate, here):
    """The contract in force, and its job's lineage told."""
    life.signed(estate, life.EXAMPLE)
    tell(estate, event(now()))
    return estate


def test_pull_never_destroys_work_that_git_does_not_have(signed, here):
    read = signed.token("contracts:read")
    file = here / "contracts/customer_events_v1.yaml"
    file.write_bytes(life.EXAMPLE + b"# my work\n")
    check = custody(here, "pull", "--dir", "contracts", "--check", server=signed.server, token=read)
    assert check.returncode == 1
    refused = custody(here, "pull", "customer_events_v1", "--dir", "contracts", server=signed.server, token=read)
    assert refused.returncode == 1
    assert "git does not have it" in refused.stdout
    assert file.read_bytes().endswith(b"# my work\n")
    forced = custody(here, "pull", "--dir", "contracts", "--force", server=signed.server, token=read)
    assert (forced.returncode, file.read_bytes()) == (0, life.EXAMPLE)
    unknown = custody(here, "pull", "no_such_v1", server=signed.server, token=read)
    assert unknown.returncode == 2
    assert "No version of a contract named" in unknown.stderr


@pytest.mark.parametrize("format_", ["text", "json", "junit", "sarif", "github"])
def test_a_failed_verdict_says_rule_place_who_and_the_command_in_every_format(signed, here, format_):
    (here / "contracts/customer_events_v1.yaml").write_bytes(life.EXAMPLE.replace(b"target: 15", b"target: 30"))
    done = asked(signed, here, "--format", format_)
    assert done.returncode == 1, done.stderr
    assert "contract.hash" in done.stdout
    assert "an owner of Data Platform" in done.stdout
    assert "contracts/customer_events_v1.yaml" in done.stdout
    if format_ == "sarif":
        jsonschema.Draft202012Validator(SARIF).validate(json.loads(done.stdout))
    if format_ == "json":
        found = json.loads(done.stdout)
        assert (found["verdict"], [gate["key"] for gate in found["gates"]][:2]) == ("fail", ["contract", "change"])
    else:
        assert f"custody gate --format {format_}" in done.stdout


def test_what_is_not_yet_known_ends_with_2_and_is_never_called_a_pass(signed, here):
    (here / "custody.yaml").write_text(MANIFEST + "reads: [{asset: nobody/knows.this}]\n")
    done = asked(signed, here)
    assert done.returncode == 2
    assert "SLO: not yet known" in done.stdout
    assert "Verdict: undecided." in done.stdout
    assert 'errors="1"' in asked(signed, here, "--format", "junit").stdout


def test_a_bad_token_decides_nothing_and_the_sentence_is_the_portals_own(signed, here):
    done = custody(here, "gate", server=signed.server, token="cst_wrong")
    assert done.returncode == 2
    assert "This service token is not known here." in done.stderr
    lacking = custody(here, "gate", server=signed.server, token=signed.token("lineage:write"))
    assert "lacks the scope gate:read" in lacking.stderr
    other = custody(here, "gate", server=signed.server, token=signed.token("gate:read", namespaces=("shop*",)))
    assert (other.returncode, "namespace demo" in other.stderr) == (2, True)


def test_a_deploy_that_went_out_while_the_portal_was_away_is_told_by_the_next_call(signed, here):
    away = custody(here, "gate", "--fail-open", "--timeout", "1", server="http://127.0.0.1:9", token="cst_any")
    assert away.returncode == 0
    assert len(list((here / ".custody/ungated").glob("*.json"))) == 1
    assert GateRun.objects.count() == 0
    back = asked(signed, here)
    assert back.returncode == 0, back.stdout
    assert "1 record of ungated deploys uploaded." in back.stdout
    assert list((here / ".custody/ungated").glob("*.json")) == []
    assert set(GateRun.objects.values_list("verdict", flat=True)) == {"ungated", "pass"}


def test_a_record_that_somebody_tampered_with_is_refused_kept_and_does_not_stop_the_verdict(signed, here):
    folder = here / ".custody/ungated"
    folder.mkdir(parents=True)
    (folder / "0.json").write_text("{not json")
    done = asked(signed, here)
    assert done.returncode == 0
    assert "was refused and is kept" in done.stdout
    assert (folder / "0.json").exists()


def test_a_new_job_passes_with_the_events_of_its_ci_run(estate, here):
    life.signed(estate, life.EXAMPLE)
    assert asked(estate, here).returncode == 1
    lines = [json.dumps(event(now(), kind=kind, run="a")) for kind in ("START", "COMPLETE")]
    (here / "events.ndjson").write_text("\n".join(lines) + "\n")
    assert asked(estate, here, "--events", "events.ndjson").returncode == 0
    (here / "events.ndjson").write_text("{\n")
    assert asked(estate, here, "--events", "events.ndjson").returncode == 2


def test_a_push_that_is_refused_fails_with_every_reason(estate, here):
    file = here / "contracts/customer_events_v1.yaml"
    file.write_bytes(life.EXAMPLE.replace(b"data-platform@company.com", b"nobody@company.com"))
    done = custody(here, "push", str(file), server=estate.server, token=estate.token("contracts:write"))
    assert done.returncode == 1
    assert "names no team" in done.stdout
    file.write_bytes(life.EXAMPLE.replace(b"us-only", b"NO"))
    assert custody(here, "push", str(file), server=estate.server, token="cst_x").returncode == 1
