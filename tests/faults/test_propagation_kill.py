"""Workers killed at every phase of a propagation: the request completes all the same, nothing lost or doubled."""

import json
import signal

import pytest

from portal.core.clock import services as clock
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import read_artifact
from privacy_app.domain.request import State
from privacy_app.domain.steps import LEASE
from tests.faults import dying
from tests.privacy_app.conftest import drive, four  # noqa: F401 the estate of the app's own tests

DEATHS = [(1, "looking"), (1, "deleting"), (2, "purging"), (3, "verifying"), (4, "judged")]


def worker(settings, position, phase):
    """Run one worker process to its end, natural or not; its exit code."""
    return dying.run("dying_worker", settings.VAR_DIR, position, phase)


@pytest.mark.django_db(transaction=True)
def test_a_request_survives_workers_killed_at_every_phase(drive, four, settings):  # noqa: F811
    others = four.controls()
    request = drive.approved()
    expected = {step.system_name: step.preview["count"] for step in request.steps.exclude(system=None)}
    for position, phase in DEATHS:
        code, said = worker(settings, position, phase)
        assert code == -signal.SIGKILL, said
        clock.move(clock.offset() + LEASE)
    code, said = worker(settings, 0, "")
    assert code == 0, said
    request = drive.work(request)
    assert request.state == State.COMPLETED
    assert four.controls() == others
    steps = {step.system_name: step for step in request.steps.exclude(system=None)}
    assert {name: step.amounts["rows"] for name, step in steps.items()} == expected
    lost = [each.outcome for step in steps.values() for each in step.tries.all()].count("lost")
    assert lost == len(DEATHS)
    done = Entry.objects.filter(kind="privacy:step:done", payload__request=request.req_id)
    assert sorted(done.values_list("payload__system", flat=True)) == sorted([*expected, "lineage", "portal"])
    proof = json.loads(read_artifact(request.artifact_digest))
    assert len(proof["systems"]) == len(expected) + 2
    assert Entry.objects.filter(kind="privacy:request:completed").count() == 1
