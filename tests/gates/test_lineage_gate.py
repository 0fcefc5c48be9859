"""A job is deployed only where a run of its own commit has told its lineage."""

from __future__ import annotations

import uuid

import pytest

from lineage_app.models import Inbox
from portal.gates.models import GateRun
from tests.gates.asking import ask, event, finding, found, in_force, question, tell, verdict

pytestmark = pytest.mark.django_db


def test_a_job_that_lineage_has_never_seen_fails_and_passes_with_the_events_of_its_own_commit(estate, clock):
    version = in_force(estate)
    answer = verdict(estate, question(version))
    assert "--events FILE" in finding(answer, "lineage.missing")["todo"]
    told = [event(clock.now(), kind="START", run="a"), event(clock.now(), run="a")]
    assert verdict(estate, question(version, events=told))["verdict"] == "pass"


def test_events_of_another_commit_prove_nothing(estate, clock):
    version = in_force(estate)
    answer = verdict(estate, question(version, events=[event(clock.now(), sha="f" * 40)]))
    assert found(answer, "fail") == ["lineage.other-commit"]
    answer = verdict(estate, question(version, commit="", events=[event(clock.now(), sha="")]))
    assert found(answer, "fail") == ["lineage.other-commit"]


@pytest.mark.parametrize(
    ("lacking", "word"),
    [({"inputs": ()}, "inputs"), ({"outputs": ()}, "outputs"), ({"sha": ""}, "git revision"), ({"image": ""}, "image")],
)
def test_a_run_that_does_not_tell_all_it_must_fails_and_says_what_is_missing(estate, clock, lacking, word):
    version = in_force(estate)
    tell(estate, event(clock.now(), **lacking))
    assert word in finding(verdict(estate, question(version)), "lineage.incomplete")["message"]


def test_a_run_that_is_older_than_seven_days_or_failed_does_not_count(ready, clock):
    clock.move(days=7, minutes=1)
    assert "lineage.missing" in found(verdict(ready, question(ready.version)), "fail")
    tell(ready, event(clock.now(), kind="FAIL"))
    assert "lineage.missing" in found(verdict(ready, question(ready.version)), "fail")


def test_while_events_wait_for_the_graph_nothing_is_called_missing(estate):
    version = in_force(estate)
    Inbox.objects.create(raw_id=-1, subject=uuid.uuid4())
    answer = verdict(estate, question(version))
    assert answer["verdict"] == "undecided"
    assert found(answer, "unknown") == ["lineage.waiting"]


def test_an_event_that_is_none_is_refused_and_nothing_is_decided(estate):
    version = in_force(estate)
    answer = ask(estate, question(version, events=[{"eventTime": "yesterday"}]))
    assert answer.status_code == 422
    assert GateRun.objects.count() == 0
