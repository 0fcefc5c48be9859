"""Workers killed while they test a contract: the run is taken over and written once, and nothing half is shown."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from contracts_app import services
from contracts_app.models import TestResult, TestRun
from portal.core.clock import services as clock
from tests.contracts_app.conftest import lies, place, table  # noqa: F401  (the live sources of the app's own tests)

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = """
name: events
version: 1.0.0
owner: Data Platform
schema:
  id: {type: integer, required: true, unique: true}
  amount: {type: float, min: 0}
"""


def worker(settings, run, word):
    """One worker process to its end, natural or not."""
    arguments = [connection.settings_dict["NAME"], str(settings.VAR_DIR), str(run.pk), word]
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "CUSTODY_VAR": str(Path(os.environ["CUSTODY_VAR"]).parent),
    }
    command = [sys.executable, "-m", "tests.faults.dying_tester", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr[-2000:]


@pytest.mark.django_db(transaction=True)
def test_a_run_survives_workers_killed_at_its_steps(place, table, settings):  # noqa: F811
    table.make("id int, amount float8", (1, 5.0), (1, -1.0))
    run = services.queue_test(place(table, CONTRACT), trigger="by hand")
    for word in ("rule", "duplicates"):
        code, said = worker(settings, run, word)
        assert code == -signal.SIGKILL, said
        run.refresh_from_db()
        assert (run.state, word in run.step) == ("running", True)
        assert not TestResult.objects.filter(run=run).exists()
        assert services.lease_run(run.pk) is None
        clock.move(clock.offset() + services.checks_runs.LEASE)
    code, said = worker(settings, run, "")
    assert code == 0, said
    run.refresh_from_db()
    assert (run.state, run.lease_number, run.rows) == ("failed", 3, 2)
    counted = dict(run.results.exclude(failing=None).values_list("name", "failing"))
    assert counted == {"id.required": 0, "amount.min": 1, "id": 2}
    assert TestRun.objects.count() == 1
