"""Deploys that no verdict let through are kept, evidenced and shown until a later verdict."""

from __future__ import annotations

import uuid

import pytest

from portal.core.evidence.models import Entry
from portal.gates.models import GateRun
from portal.gates.selectors import standings
from tests.gates.asking import JOB, SHA, ask, event, question, tell, verdict

pytestmark = pytest.mark.django_db


def record(clock, version, **other):
    return {
        "id": str(uuid.uuid4()),
        "at": clock.now().isoformat(),
        "why": "The server was away.",
        "request": question(version),
    } | other


def test_an_ungated_deploy_is_kept_evidenced_and_shown_on_the_asset_until_a_later_verdict(ready, clock):
    told = record(clock, ready.version)
    for _ in range(2):
        assert ask(ready, told, path="records").status_code == 201
    run = GateRun.objects.get()
    assert (run.verdict, run.why) == ("ungated", "The server was away.")
    assert Entry.objects.filter(kind="gates:deploy:ungated").count() == 1
    assert [one.word for one in standings(ready.asset)] == ["Ungated deploy"]
    assert "Ungated deploy" in ready.client("bob").get(ready.asset.get_absolute_url()).content.decode()
    assert f"{JOB['name']}: ungated deploy" in ready.client("bob").get("/").content.decode()
    clock.move(minutes=1)
    verdict(ready, question(ready.version))
    assert [one.word for one in standings(ready.asset)] == ["Passed the gate"]


@pytest.mark.parametrize("wrong", [{"at": "2019-01-01T00:00:00+00:00"}, {"at": "9999-01-01T00:00:00+00:00"}, {"at": "now"}, {"id": "7"}, {"at": "2026-01-01T00:00:00"}])  # fmt: skip  # noqa: E501
def test_a_record_with_a_time_or_number_that_cannot_be_right_is_refused(ready, clock, wrong):
    assert ask(ready, record(clock, ready.version, **wrong), path="records").status_code == 422


def test_a_run_from_a_commit_that_no_verdict_let_through_is_an_ungated_deploy_before_anybody_tells(ready, clock):
    verdict(ready, question(ready.version))
    clock.move(minutes=1)
    tell(ready, event(clock.now()))
    assert [one.word for one in standings(ready.asset)] == ["Passed the gate"]
    clock.move(minutes=1)
    tell(ready, event(clock.now(), sha="e" * 40))
    (one,) = standings(ready.asset)
    assert one.word == "Ungated deploy"
    assert "eeeeeeeeeeee" in one.said
    verdict(ready, question(ready.version, commit="e" * 40))
    assert [one.word for one in standings(ready.asset)] == ["Passed the gate"]


def test_a_failed_gate_is_on_the_work_list_of_those_who_build_the_asset_until_it_passes(ready, clock):
    body = question(ready.version)
    body["writes"][0]["version"] = "7.0.0"
    verdict(ready, body)
    seen = {name: "ingest_events: failed the gate" in ready.client(name).get("/").content.decode()
            for name in ("ana", "bob", "otto", "pia")}  # fmt: skip
    assert seen == {"ana": True, "bob": True, "otto": False, "pia": False}
    clock.move(minutes=1)
    verdict(ready, question(ready.version))
    assert "ingest_events: failed the gate" not in ready.client("bob").get("/").content.decode()


def test_the_commit_that_is_asked_about_is_kept_with_the_run(ready):
    assert GateRun.objects.get(pk=verdict(ready, question(ready.version))["id"]).commit == SHA
