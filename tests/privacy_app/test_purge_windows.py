"""Purges that stop readers: only in the system's window, after a delete that waits for nothing."""

from datetime import UTC, datetime

import pytest

from portal.core.clock import services as clock_services
from portal.core.connectors import registry
from privacy_app import tasks
from privacy_app.domain.request import State
from privacy_app.domain.steps import StepState
from tests.privacy_app.driving import fresh

SATURDAY_IN_BERLIN = datetime(2026, 11, 28, 0, 30, tzinfo=UTC)


@pytest.fixture
def windowed(drive, four, monkeypatch):
    """An approved request whose database may be locked on Saturdays only, with a copy that a mild purge leaves behind.

    `tried` collects, for each purge of that database, whether it might take an exclusive lock.
    """
    system = four.systems["oltp"]
    system.settings = {**system.settings, "purge_window": "sat 01:00-05:00 Europe/Berlin"}
    system.save()
    request = drive.approved()
    four.estates["oltp"].leak()
    request.tried = []
    connector = registry.get("postgresql")
    real = type(connector).purge

    def noted(self, *given, allow_exclusive, **more):
        if given[0].name == system.name:
            request.tried.append(allow_exclusive)
        return real(self, *given, allow_exclusive=allow_exclusive, **more)

    monkeypatch.setattr(type(connector), "purge", noted)
    return request


def oltp(request):
    return request.steps.get(system_name__startswith="oltp")


def go_to(moment):
    clock_services.move(clock_services.offset() + (moment - clock_services.now()))


def test_the_delete_is_done_at_once_and_the_exclusive_purge_waits_for_the_window_and_says_until_when(
    windowed, drive, four
):
    go_to(datetime(2026, 11, 26, 12, tzinfo=UTC))
    tasks.propagate()
    step = oltp(windowed)
    assert step.state == StepState.PURGE_WAITS
    assert "opens 2026-11-28 00:00 UTC" in step.verdict_text
    assert step.probes["logical"] == {"before": 1, "after": 0, "reason": ""}
    assert windowed.tried == [False]
    others = windowed.steps.exclude(pk=step.pk).exclude(system_name__startswith="vectors")  # the same server's files
    assert {each.state for each in others} == {StepState.DONE}
    tasks.prove()
    assert fresh(windowed).state == State.PROPAGATING
    tasks.propagate()
    assert windowed.tried == [False]


def test_in_the_window_the_purge_may_take_its_lock_and_the_request_completes(windowed, drive, four):
    go_to(datetime(2026, 11, 26, 12, tzinfo=UTC))
    tasks.propagate()
    (four.estates["oltp"].plan.root / "postgres" / "data" / f"{four.estates['oltp'].mark}.dump").unlink()
    go_to(SATURDAY_IN_BERLIN)
    request = drive.work(windowed)
    assert request.state == State.COMPLETED
    assert windowed.tried == [False, True]
    step = oltp(request)
    assert step.amounts["rows"] == 1
    assert [each.outcome for each in step.tries.all()] == ["waits", "done"]


def test_what_a_mild_purge_already_cleans_does_not_wait(drive, four):
    system = four.systems["oltp"]
    system.settings = {**system.settings, "purge_window": "sat 01:00-05:00 Europe/Berlin"}
    system.save()
    request = drive.approved()
    go_to(datetime(2026, 11, 26, 12, tzinfo=UTC))
    assert drive.work(request).state == State.COMPLETED


def test_a_window_that_cannot_be_read_fails_the_step_with_how_to_write_it(windowed, four):
    system = four.systems["oltp"]
    system.settings = {**system.settings, "purge_window": "at night"}
    system.save()
    tasks.propagate()
    step = oltp(windowed)
    assert step.state == StepState.RETRY
    assert "sat,sun 01:00-05:00 Europe/Berlin" in step.error
    assert windowed.tried == []
