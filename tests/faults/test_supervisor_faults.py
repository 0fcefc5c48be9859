"""A killed portal leaves nothing that stops the next one; one that is asked to stop leaves nothing at all."""

import os
import signal
import subprocess
import sys

import pytest

from tests.faults.stand import ROOT, Stand, until


@pytest.fixture
def stand(tmp_path):
    stand = Stand(tmp_path)
    yield stand
    if stand.supervisor and stand.supervisor.poll() is None:
        stand.stop()


def test_after_kill_nine_of_the_supervisor_the_next_start_works_and_keeps_the_data(stand):
    stand.start()
    stand.python("from portal.core.identity.models import Team; Team.objects.create(slug='kept', name='Kept')")
    stand.stop(signal.SIGKILL)
    stand.start()
    told = stand.python("from portal.core.identity.models import Team; print(Team.objects.filter(slug='kept').count())")
    assert told.strip() == "1"
    assert stand.stop() == 0
    until(lambda: not stand.processes(), 10, "the end of every process")


def test_a_worker_that_is_killed_is_started_again(stand):
    stand.start()
    before = stand.processes("celery -A portal.celery:app worker")
    assert before
    os.kill(min(before), signal.SIGKILL)
    until(lambda: set(stand.processes("portal.celery:app worker")) - set(before), 30, "a new worker")
    assert stand.usable()
    assert stand.stop(signal.SIGINT) == 0


def test_a_second_run_on_the_same_folder_is_refused_and_harms_nothing(stand):
    stand.start()
    second = subprocess.run(
        [sys.executable, "-m", "portal.supervisor"],
        cwd=ROOT,
        env=stand.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert "another run uses" in second.stdout
    assert stand.usable()
