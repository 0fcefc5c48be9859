"""Parallel ticks, late workers, killed workers: one alert, one notice, nothing half done."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections

from portal.core.clock.services import now
from portal.core.notify.models import Message
from slo_app.domain.alert import Phase
from slo_app.models import Alert, Incident, Measurement, Slo
from slo_app.probing import look
from slo_app.services import lapse, lease_due, record_look
from tests.slo_app.estate import asset_on, freshness_of, phase, the_incident, work, work_for


@pytest.fixture
def slo(table, world, monkeypatch):
    """Freshness of a table."""
    return freshness_of(asset_on(table, world, monkeypatch))


def in_parallel(number, function):
    """Run `function` in threads that start together, each with its own connection; returns what they returned."""
    results, barrier = [], threading.Barrier(number)

    def run():
        try:
            barrier.wait(10)
            results.append(function())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
def test_parallel_ticks_lease_each_slo_once(slo):
    minutes = timedelta(minutes=1)
    for number in range(20):
        Slo.objects.create(
            asset=slo.asset, kind=f"x{number}", target_op="<=", target_value=1, alert_op=">", alert_value=1,
            hold=minutes, clear_for=minutes, interval=minutes, objective="0.99", created_at=now(), next_due_at=now(),
        )  # fmt: skip
    Slo.objects.filter(kind="x0").update(kind="accuracy")
    leased = [pair for batch in in_parallel(4, lease_due) for pair in batch]
    assert sorted(pk for pk, _ in leased) == sorted(
        Slo.objects.filter(kind__in=["freshness", "accuracy"]).values_list("pk", flat=True)
    ), "each installed SLO once, and none whose indicator is not installed"


@pytest.mark.django_db(transaction=True)
def test_parallel_workers_with_one_look_open_one_incident_and_send_one_notice(slo, table, event, clock):
    table.fill(event(1, 45))
    work_for(clock, 4)
    assert phase(slo) is Phase.PENDING
    clock.move(minutes=1)
    [(pk, fence)] = lease_due()
    seen = look(slo)

    def record_once():
        try:
            return record_look(slo_id=pk, fence=fence, look=seen)
        except Exception as error:  # noqa: BLE001 - a refused duplicate is one of the right outcomes
            return error

    in_parallel(3, record_once)
    assert Alert.objects.count() == 1
    assert Incident.objects.count() == 1
    assert Message.objects.count() == 1
    assert Measurement.objects.filter(at=seen.at).count() == 1


@pytest.mark.django_db
def test_a_worker_that_comes_late_is_not_listened_to(slo, table, event, clock):
    table.fill(event(1, 45))
    [(pk, old)] = lease_due()
    late = look(slo)
    clock.move(minutes=3)
    [(_, new)] = lease_due()
    assert new == old + 1
    assert record_look(slo_id=pk, fence=old, look=late) is None
    assert not Measurement.objects.exists()
    assert record_look(slo_id=pk, fence=new, look=look(slo)) is not None


@pytest.mark.django_db
def test_a_lease_that_was_never_kept_is_given_again_when_it_ends(slo, table, event, clock):
    table.fill(event(1, 1))
    assert len(lease_due()) == 1
    assert lease_due() == []
    clock.move(minutes=2, seconds=1)
    assert work() == 1


@pytest.mark.django_db
def test_after_a_pause_it_is_measured_before_anything_is_called_missing(slo, table, event, clock):
    table.fill(event(1, 1))
    work()
    clock.move(hours=9)
    leased = lease_due()
    assert lapse() == 0
    for pk, fence in leased:
        record_look(slo_id=pk, fence=fence, look=look(slo))
    assert phase(slo) is Phase.OK
    assert not Incident.objects.exists()


@pytest.mark.django_db
def test_probes_that_never_come_back_are_called_missing(slo, table, event, clock):
    table.fill(event(1, 1))
    work()
    for _ in range(3):
        clock.move(minutes=3)
        lease_due()
        lapse()
    assert phase(slo) is Phase.NO_DATA
    assert the_incident(slo).kind == "no_data"


@pytest.mark.django_db
def test_what_fails_between_measurement_and_notice_leaves_nothing_half_done(slo, table, event, clock):
    Slo.objects.update(interval=timedelta(minutes=2))
    table.fill(event(1, 45))
    work_for(clock, 4)
    before = Measurement.objects.count()
    clock.move(minutes=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'disk full'; END $$;"
            "CREATE TRIGGER refuse BEFORE INSERT ON notify_message FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    with pytest.raises(DatabaseError, match="disk full"):
        work()
    assert Measurement.objects.count() == before
    assert not Incident.objects.exists()
    assert phase(slo) is Phase.PENDING
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER refuse ON notify_message; DROP FUNCTION refuse()")
    clock.move(minutes=2, seconds=1)
    assert work() == 1
    assert phase(slo) is Phase.FIRING
    assert Message.objects.count() == 1
