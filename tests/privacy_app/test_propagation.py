"""What workers do: a red system blocks nobody and is never green, a lost lease changes nothing."""

import json

import pytest

from portal.core.clock import services as clock_services
from portal.core.connectors.base import FencedOff
from portal.core.evidence.selectors import read_artifact
from portal.core.evidence.services import sequence_all
from privacy_app import tasks
from privacy_app.domain.request import State
from privacy_app.domain.steps import ATTEMPTS, LEASE, LONGEST_WAIT, StepState
from privacy_app.models import Step
from privacy_app.services import leasing, propagation, retrying, step_results
from tests.privacy_app.driving import fresh


def step_of(request, name):
    return request.steps.get(system_name__startswith=name)


@pytest.fixture
def broken(drive, four, monkeypatch):
    """An approved request whose feature store is down; mend() brings it back."""
    request = drive.approved()
    good = four.estates["features"].config.secret
    monkeypatch.setenv("CUSTODY_SECRET_FEATURES", "redis://127.0.0.1:1/0")
    request.mend = lambda: monkeypatch.setenv("CUSTODY_SECRET_FEATURES", good)
    return request


def test_one_system_that_is_down_is_shown_tried_again_and_blocks_no_other(broken, drive):
    tasks.propagate()
    red = step_of(broken, "features")
    assert red.state == StepState.RETRY
    assert red.error
    assert red.next_attempt_at > clock_services.now()
    others = broken.steps.exclude(pk=red.pk)
    assert {step.state for step in others} == {StepState.DONE}
    tasks.prove()
    assert fresh(broken).state == State.PROPAGATING
    broken.mend()
    assert drive.work(broken).state == State.COMPLETED
    red.refresh_from_db()
    *before, last = [each.outcome for each in red.tries.all()]
    assert (set(before), last) == ({"failed"}, "done")  # a slow machine tries twice before it is mended


def test_a_system_that_stays_down_leaves_the_request_partially_complete_until_somebody_tries_again(
    broken, drive, world, clock
):
    for _ in range(ATTEMPTS + 1):
        tasks.propagate()
        clock.move(seconds=LONGEST_WAIT.total_seconds())
    sequence_all()
    tasks.prove()
    assert fresh(broken).state == State.PARTIALLY_COMPLETE
    assert not fresh(broken).artifact_digest
    assert step_of(broken, "features").state == StepState.GAVE_UP
    broken.mend()
    retrying.retry(user=world.pia, step_id=step_of(broken, "features").pk)
    request = drive.work(broken)
    assert request.state == State.COMPLETED
    proof = json.loads(read_artifact(request.artifact_digest))
    assert [each["attempts"] for each in proof["systems"] if each["name"].startswith("features")] == [ATTEMPTS + 1]


def test_a_worker_that_lost_its_lease_changes_nothing_more(drive, four, clock):
    request = drive.approved()
    stale = leasing.lease_next()
    clock.move(seconds=LEASE.total_seconds() + 1)
    newer = leasing.lease_next()
    assert (newer.pk, newer.fence) == (stale.pk, stale.fence + 1)
    with pytest.raises(FencedOff):
        step_results.phase(stale, "deleting")
    propagation.run_step(stale)
    newer.refresh_from_db()
    assert (newer.state, newer.fence) == (StepState.RUNNING, stale.fence + 1)
    propagation.run_step(newer)
    assert Step.objects.get(pk=newer.pk).state == StepState.DONE
    assert request.steps.filter(state=StepState.DONE).count() == 1


def test_running_a_finished_step_again_finds_nothing_and_says_the_same(drive, four):
    request = drive.approved()
    tasks.propagate()
    lake = step_of(request, "lake")
    first = (lake.verdict, lake.amounts, lake.probes)
    Step.objects.filter(pk=lake.pk).update(state=StepState.WAITING)
    tasks.propagate()
    lake.refresh_from_db()
    assert (lake.verdict, lake.amounts, lake.probes) == first


def test_an_unknown_subject_gets_a_proof_that_says_not_found_and_nothing_was_deleted(drive, four):
    others = four.controls()
    request = drive.completed(email="nobody.knows@example.com")
    assert request.state == State.COMPLETED
    proof = json.loads(read_artifact(request.artifact_digest))
    systems = [each for each in proof["systems"] if each["kind"] != "portal"]
    assert {each["status"] for each in systems} == {"not_found"}
    assert proof["headline"].startswith("Not found")
    assert four.controls() == others


def test_a_subject_that_comes_back_before_the_last_check_is_not_called_deleted(drive, four):
    request = drive.approved()
    tasks.propagate()
    estate = four.estates["oltp"]
    estate.session.execute(*estate.insertion(four.customer, four.email, 1, "re-derived by a pipeline"))
    sequence_all()
    tasks.prove()
    request = fresh(request)
    assert request.state == State.PARTIALLY_COMPLETE
    assert "came back" in step_of(request, "oltp").error
