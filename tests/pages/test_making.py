"""The lease of files in the making: one worker at a time, and one that lost its lease changes nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from portal.core.making import leases
from portal.core.making.leases import LeaseLost
from portal.pages.models import ProgrammeZip
from portal.pages.programme import making

LEASE = timedelta(minutes=5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(world) -> ProgrammeZip:
    """Programme files that Ana asked for."""
    return making.ask(user=world.ana, key=uuid4())


def test_a_leased_row_waits_for_nobody_until_its_lease_is_over(row, clock) -> None:
    asked = row.asked_at
    assert leases.waiting(ProgrammeZip) == [row.pk]
    assert leases.waiting_since(ProgrammeZip) == (1, asked)
    assert leases.take(ProgrammeZip, row.pk, LEASE).attempts == 1
    assert leases.take(ProgrammeZip, row.pk, LEASE) is None
    assert (leases.waiting(ProgrammeZip), leases.waiting_since(ProgrammeZip)) == ([], (0, None))
    clock.move(minutes=6)
    assert leases.waiting(ProgrammeZip) == [row.pk]
    assert leases.take(ProgrammeZip, row.pk, LEASE).attempts == 2


def test_progress_lengthens_the_lease(row, clock) -> None:
    mine = leases.take(ProgrammeZip, row.pk, LEASE)
    clock.move(minutes=4)
    leases.hold(mine, LEASE, files=3)
    clock.move(minutes=4)
    assert leases.take(ProgrammeZip, row.pk, LEASE) is None
    assert (mine.files, ProgrammeZip.objects.get().files) == (3, 3)


def test_a_worker_that_was_overtaken_neither_holds_nor_fails_nor_hands_back(row, clock) -> None:
    slow = leases.take(ProgrammeZip, row.pk, LEASE)
    clock.move(minutes=6)
    quick = leases.take(ProgrammeZip, row.pk, LEASE)
    with pytest.raises(LeaseLost, match="another worker's"):
        leases.hold(slow, LEASE)
    leases.hand_back(slow)
    leases.fail(slow, "too late")
    kept = ProgrammeZip.objects.get()
    assert (kept.state, kept.attempts, kept.problem) == ("queued", quick.attempts, "")
    assert not leases.held(slow).exists()
    assert leases.held(quick).exists()


def test_handing_back_costs_no_attempt_and_the_fourth_attempt_is_none(row) -> None:
    for _ in range(5):
        leases.hand_back(leases.take(ProgrammeZip, row.pk, LEASE))
    assert (row.refresh_from_db(), row.attempts) == (None, 0)
    for number in (1, 2, 3):
        assert leases.take(ProgrammeZip, row.pk, timedelta(0)).attempts == number
    failed = leases.take(ProgrammeZip, row.pk, LEASE)
    assert (failed.state, failed.problem) == ("failed", leases.TRIED_OUT)
    assert ProgrammeZip.objects.get().problem == leases.TRIED_OUT
    assert leases.take(ProgrammeZip, row.pk, LEASE) is None
