"""The same work done again gives the same proof but for times and attempts: a step that ran may run once more."""

from portal.core.evidence.domain.canonical import canonical_bytes
from portal.core.evidence.services import sequence_all
from privacy_app import tasks
from privacy_app.domain.artifact import without_run
from privacy_app.domain.request import State
from privacy_app.domain.steps import StepState
from privacy_app.models import Request, Step
from privacy_app.services import checking, contents
from tests.privacy_app.driving import fresh


def artifact_now(request):
    """What `conclude` would store at this moment, without storing it."""
    tasks.propagate()
    checking.settle(request.pk)
    checking.check(request.pk)
    sequence_all()
    found = fresh(request)
    found.completed_at = found.checked_at
    return contents.artifact_of(found, checking.current_steps(found), contents.ledger_places(found))


def run_again(request, steps):
    """Let these steps run once more, as after a worker that died just before it said that it was done."""
    Step.objects.filter(pk__in=[step.pk for step in steps]).update(state=StepState.WAITING, done_at=None)
    Request.objects.filter(pk=request.pk).update(state=State.PROPAGATING, checked_at=None)
    return artifact_now(request)


def test_a_run_that_is_replayed_in_part_or_whole_gives_the_same_artifact_but_for_times_and_attempts(drive, four):
    request = drive.approved()
    first = artifact_now(request)
    steps = checking.current_steps(fresh(request))
    assert {each["status"] for each in first["systems"]} >= {"deleted", "tombstoned"}
    for again in ([steps[0]], steps[1::2], steps):
        second = run_again(request, again)
        assert canonical_bytes(without_run(second)) == canonical_bytes(without_run(first))
    assert sum(each["attempts"] for each in second["systems"]) > sum(each["attempts"] for each in first["systems"])
    assert [each["rows"] for each in second["systems"] if "rows" in each] == [
        each["rows"] for each in first["systems"] if "rows" in each
    ]
