"""Error budgets: what a look adds, what it never adds, what leaves the window, and how being spent is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from portal.core.clock.services import now
from portal.core.evidence.models import Entry
from slo_app.domain.measurement import Reading, Result
from slo_app.models import Measurement, Slo, Tally
from slo_app.probing import Look
from slo_app.selectors import budget_of, spent_of
from slo_app.selectors.budgets import burn_down, window_of
from slo_app.services import lease_due, record_look
from slo_app.services.spending import settle_idle
from slo_app.services.upkeep import drop_before, keep_house, prepare
from tests.slo_app.estate import freshness_of

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
GOOD, BAD = Decimal(3), Decimal(60)


@pytest.fixture
def asset(world):
    """An asset of Data Platform, nowhere measured."""
    from portal.core.catalog.models import Asset

    return Asset.objects.create(namespace="tests", name="events", kind="table", owner_team=world.platform)


def seen(slo, value=None, **more):
    """A look at this moment with a value, or with a result that has none; recorded as a worker does."""
    Slo.objects.filter(pk=slo.pk).update(next_due_at=now(), leased_until=None)
    [(pk, fence)] = [pair for pair in lease_due() if pair[0] == slo.pk]
    return record_look(slo_id=pk, fence=fence, look=Look(now(), Reading(now(), value, **more), cost_ms=2))


def counted(slo):
    budget = budget_of(slo)
    return (budget.bad, budget.total) if budget else None


def test_only_verdicts_move_the_budget(asset, clock):
    slo = freshness_of(asset)
    for result in (Result.NO_DATA, Result.INSUFFICIENT, Result.PROBE_ERROR):
        seen(slo, result=result)
        clock.move(minutes=1)
    assert counted(slo) is None
    seen(slo, GOOD)
    clock.move(minutes=1)
    assert counted(slo) == (0, 1), "zero burn is success"
    seen(slo, BAD)
    clock.move(minutes=1)
    seen(slo, result=Result.NO_DATA)
    assert counted(slo) == (1, 2)
    tally = Tally.objects.get(slo=slo, grain="d")
    assert (tally.looks, tally.undecided, tally.cost_ms, tally.low, tally.high) == (6, 4, 12, 3, 60)


def test_a_second_look_in_a_slice_counts_once_and_does_not_heal_it(asset, clock):
    slo = freshness_of(asset, interval=DAY)
    seen(slo, BAD)
    clock.move(seconds=5)
    seen(slo, GOOD)
    assert counted(slo) == (1, 1)


def test_a_window_that_is_judged_again_replaces_what_it_had_counted(asset, clock):
    slo = freshness_of(asset, kind="accuracy", target_op=">=", alert_op="<", budget_method="occurrences", element="")
    window = {"window_start": now() - 2 * MINUTE, "window_end": now() - MINUTE}
    seen(slo, Decimal(90), good=90, total=100, **window)
    clock.move(minutes=1)
    seen(slo, Decimal(95), good=114, total=120, **window)
    assert counted(slo) == (6, 120)
    clock.move(minutes=1)
    seen(slo, Decimal(100), good=50, total=50, window_start=window["window_end"], window_end=now() - MINUTE)
    assert counted(slo) == (6, 170)


@pytest.mark.parametrize(("days", "after", "left"), [(28, 28, True), (28, 29, False), (30, 29, True), (30, 31, False)])
def test_what_was_bad_leaves_the_window_of_28_or_30_days(asset, clock, days, after, left):
    slo = freshness_of(asset, budget_days=days)
    seen(slo, BAD)
    clock.move(days=after)
    seen(slo, GOOD)
    assert counted(slo) == ((1, 2) if left else (0, 1))


def test_the_first_bad_minute_of_a_new_slo_does_not_spend_the_budget_of_a_month(asset, clock):
    slo = freshness_of(asset)
    seen(slo, BAD)
    slo.refresh_from_db()
    assert slo.spent_at is None
    assert 0.99 < slo.budget_left < 1
    assert not spent_of([asset.pk])


def test_a_spent_budget_and_its_return_are_evidence_and_need_no_new_look(asset, clock):
    slo = freshness_of(asset, interval=DAY, objective=Decimal("0.95"), hold=timedelta(0))
    seen(slo, BAD)
    clock.move(days=1)
    last = seen(slo, BAD)
    slo.refresh_from_db()
    assert slo.spent_at == last.at
    [spent] = spent_of([asset.pk])
    assert (spent.budget.bad, spent.freezes) == (2, True)
    assert "is spent: 2 of 28 bad in 28 days" in Entry.objects.get(kind="slo:budget:spent").sentence
    clock.move(days=28)
    Slo.objects.filter(pk=slo.pk).update(enabled=False)
    settle_idle()
    slo.refresh_from_db()
    assert slo.spent_at is None
    assert Entry.objects.filter(kind="slo:budget:restored").count() == 1
    settle_idle()
    assert Entry.objects.filter(kind="slo:budget:restored").count() == 1


def test_a_burn_window_reads_to_the_look_and_a_long_one_by_the_hour(asset, clock):
    slo = freshness_of(asset)
    for value in (BAD, BAD, GOOD, GOOD):
        seen(slo, value)
        clock.move(minutes=1)
    hour = window_of(slo, now(), timedelta(hours=1))
    assert (hour.budget.bad, hour.budget.total, hour.judged) == (2, 4, 4)
    assert window_of(slo, now(), 3 * MINUTE).budget.bad == 0
    assert window_of(slo, now(), 3 * DAY).budget == hour.budget


def test_the_burn_down_ends_where_the_budget_is(asset, clock):
    slo = freshness_of(asset, interval=timedelta(hours=1), objective=Decimal("0.9"))
    for value in (BAD, GOOD, BAD):
        seen(slo, value)
        clock.move(hours=1)
    points = [left for _, left in burn_down(slo, now())]
    assert len(points) == 3
    assert points == sorted(points, reverse=True)
    assert points[-1] == budget_of(slo, now()).left


def partitions():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, (SELECT count(*) FROM pg_inherits i WHERE i.inhrelid = c.oid) FROM pg_class c"
                       " WHERE relname LIKE 'slo_app_measurement_d%%' AND relkind = 'r'")  # fmt: skip
        return {name[-8:] for name, attached in cursor.fetchall() if attached}


def where(measurement):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM slo_app_measurement WHERE id = %s", [measurement.pk])
        return cursor.fetchone()[0]


def test_looks_lie_in_the_partition_of_their_day_also_those_that_came_before_it(asset, clock):
    slo = freshness_of(asset)
    early = seen(slo, GOOD)
    assert where(early).endswith("_rest")
    assert prepare(now().date())
    assert not prepare(now().date())
    assert where(early).endswith(f"_d{now():%Y%m%d}")
    clock.move(minutes=1)
    assert where(seen(slo, GOOD)) == where(early)


def test_old_days_are_dropped_whole_and_the_budget_stays(asset, clock, settings):
    settings.SLO_RAW_DAYS = 3
    slo = freshness_of(asset)
    stray = seen(slo, BAD)
    keep_house()
    first = f"{now():%Y%m%d}"
    assert first in partitions()
    Measurement.objects.filter(pk=stray.pk).update(at=now() - 9 * DAY)
    clock.move(days=4)
    keep_house()
    assert first not in partitions()
    assert {f"{now() + n * DAY:%Y%m%d}" for n in range(4)} <= partitions()
    assert not Measurement.objects.exists()
    assert counted(slo) == (1, 1)
    assert drop_before(now().date()) == 3
