"""The schedule: limits of systems, catching up after a pause, duplicates, stopping, and clocks that jump."""

from collections import Counter
from datetime import timedelta

import pytest

from portal.core.catalog.models import Asset, DataSystem
from portal.core.clock.services import now
from slo_app import tasks
from slo_app.domain.schedule import next_due, phase
from slo_app.models import Alert, Incident, Measurement, Slo
from slo_app.probing import look
from slo_app.services import beat, hand_back, lapse, lease_batches, lease_due, record_look, take_up
from tests.slo_app.estate import asset_on, freshness_of, work

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def slo(table, world, monkeypatch):
    """Freshness of a table."""
    return freshness_of(asset_on(table, world, monkeypatch))


def many(number, system=None, **override):
    """SLOs that are due now, last measured in `system`."""
    asset, _ = Asset.objects.get_or_create(namespace="tests", name="many", kind="table")
    facts = {
        "asset": asset, "kind": "freshness", "target_op": "<=", "target_value": 1, "alert_op": ">", "alert_value": 1,
        "hold": MINUTE, "clear_for": MINUTE, "interval": MINUTE, "objective": "0.99", "system": system,
        "created_at": now(), "next_due_at": now(),
    }  # fmt: skip
    names = (f"{system.name if system else ''} {n}" for n in range(number))
    return Slo.objects.bulk_create(Slo(name=name, **facts | override) for name in names)


def a_system(name, **settings):
    return DataSystem.objects.create(name=name, kind="postgresql", settings=settings, created_at=now())


def test_a_slow_system_waits_for_itself_and_not_everybody_for_it(clock):
    slow, wide = a_system("slow"), a_system("wide", probes_at_once=3)
    many(20, slow)
    many(20, wide)
    batches = lease_batches(5)
    assert Counter(batch.system_id for batch in batches) == {slow.pk: 1, wide.pk: 3}
    assert all(len(batch.pairs) == 5 for batch in batches)
    assert lease_batches(5) == [], "all their places are taken"
    [first] = [batch for batch in batches if batch.system_id == slow.pk]
    hand_back(first.pairs)
    assert [batch.system_id for batch in lease_batches(5)] == [slow.pk]


def test_a_limit_that_is_no_number_counts_as_none(clock):
    odd = a_system("odd", probes_at_once="many")
    many(10, odd)
    assert len(lease_batches(5)) == 1


def test_the_longest_due_is_leased_first(clock):
    system = a_system("one")
    many(10, system)
    late = Slo.objects.last()
    Slo.objects.filter(pk=late.pk).update(next_due_at=now() - MINUTE)
    [batch] = lease_batches(1)
    assert batch.pairs == [(late.pk, 1)]


def test_a_thousand_of_one_interval_are_spread_over_it():
    seconds = Counter(int(phase(number, MINUTE).total_seconds() // 5) for number in range(1000))
    assert set(seconds) == set(range(12))
    assert max(seconds.values()) < 2 * 1000 / 12
    assert phase(5, timedelta(days=1)) < timedelta(hours=1), "a daily look stays within the first hour of its day"


def test_missed_intervals_are_one_look_and_the_grid_stays(slo, table, event, clock):
    table.fill(event(1, 1))
    work()
    due = Slo.objects.get(pk=slo.pk).next_due_at
    clock.move(hours=9)
    assert work() == 1
    assert Measurement.objects.count() == 2
    after = Slo.objects.get(pk=slo.pk).next_due_at
    assert now() < after <= now() + MINUTE
    assert (after - due) % MINUTE == timedelta(0)


def test_after_a_pause_nobody_is_told_of_missing_data_before_there_was_time_to_measure(clock):
    many(5, a_system("one"))
    for slo in Slo.objects.all():
        Alert.objects.create(slo=slo, dedup_key=str(slo.pk), watched_since=now(), last_sample_at=now())
    beat()
    clock.move(hours=9)
    resumed = beat()
    assert lapse(resumed=resumed) == 0
    for _ in range(9):
        clock.move(seconds=20)
        resumed = beat()
    assert lapse(resumed=resumed) == 5, "two intervals later it is missing data"


def test_a_clock_that_ran_ahead_and_came_back_puts_nothing_off(slo, table, event, clock):
    table.fill(event(1, 1))
    beat()
    clock.move(days=30)
    work()
    beat()
    clock.move(days=-30)
    assert Slo.objects.get(pk=slo.pk).next_due_at > now() + timedelta(days=29)
    beat()
    assert work() == 1


def test_an_immediate_second_look_is_not_put_on_the_grid():
    at, hour = now(), timedelta(hours=1)
    assert next_due(at, at, hour, timedelta(0)) == at


def test_a_message_that_comes_twice_measures_once(slo, table, event, clock):
    table.fill(event(1, 1))
    pairs = lease_due()
    assert tasks.probe_batch(pairs) == 1
    assert tasks.probe_batch(pairs) == 0
    assert Measurement.objects.count() == 1


def test_a_look_that_was_recorded_is_not_recorded_again(slo, table, event, clock):
    table.fill(event(1, 1))
    [(pk, fence)] = lease_due()
    assert record_look(slo_id=pk, fence=fence, look=look(slo))
    clock.move(seconds=1)
    assert record_look(slo_id=pk, fence=fence, look=look(slo)) is None


def test_a_worker_that_is_told_to_stop_hands_its_leases_back(slo, table, event, clock):
    table.fill(event(1, 1))
    pairs = lease_due()
    tasks.stop()
    try:
        assert tasks.probe_batch(pairs) == 0
    finally:
        tasks._stopping[0] = 0
    assert lease_due() == [(slo.pk, 2)], "another worker takes it at once"


def test_leases_are_renewed_when_their_batch_begins(slo, clock):
    pairs = lease_due()
    clock.move(seconds=90)
    assert take_up(pairs) == pairs
    clock.move(seconds=90)
    assert lease_due() == []
    clock.move(seconds=90)
    assert take_up(pairs) == []


def test_the_system_of_a_look_is_remembered(slo, table, event, clock):
    table.fill(event(1, 1))
    work()
    slo.refresh_from_db()
    assert slo.system.name == "warehouse"
    newest = Measurement.objects.get()
    assert (slo.last_result, slo.last_at, slo.last_value) == ("ok", newest.at, newest.value)
    assert not Incident.objects.exists()
