"""Workers killed while they test a contract: the run is taken over and written once, and nothing half is shown."""

import signal

import pytest

from contracts_app import services
from contracts_app.models import TestResult, TestRun
from portal.core.clock import services as clock
from tests.contracts_app.conftest import lies, place, table  # noqa: F401  (the live sources of the app's own tests)
from tests.faults import dying

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
    return dying.run("dying_tester", settings.VAR_DIR, run.pk, word)


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
