"""A worker killed in the middle of a step of the escalation: nothing half told, and the next one takes the step."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from portal.core.clock import services as clock
from portal.core.notify.models import Message
from portal.core.oncall.models import Level, Page, Policy
from portal.core.oncall.services import escalate_due, page

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db(transaction=True)
def test_a_step_survives_a_worker_killed_between_its_message_and_its_state(world, settings):
    policy = Policy.objects.create(team=world.platform, repeats=0, changed_at=clock.now())
    for position, target in enumerate(("on_call", "owners"), 1):
        Level.objects.create(policy=policy, position=position, target=target, wait=timedelta(minutes=5))
    facts = {"summary": "Stale", "body": "b", "severity": "page", "url": "/slos/", "details": {}}
    page(team=world.platform, key="k1", at=clock.now(), **facts)
    clock.move(timedelta(minutes=6))
    for _ in range(2):
        done = _worker(settings)
        assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
        found = Page.objects.get()
        assert (found.level, found.steps.filter(what="told").count()) == (1, 1)
        assert Message.objects.count() == 1
    assert escalate_due(clock.now()) == 1
    assert Page.objects.get().level == 2
    assert Message.objects.count() == 2
    assert escalate_due(clock.now()) == 0


def _worker(settings) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "CUSTODY_VAR": str(Path(os.environ["CUSTODY_VAR"]).parent),
    }
    command = [sys.executable, "-m", "tests.faults.dying_escalation", connection.settings_dict["NAME"]]
    return subprocess.run(
        [*command, str(settings.VAR_DIR)], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
