"""A tightened SLO is held against a month of measurements, a new one is measured once, before either is in force."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts_app import services, tasks
from contracts_app.domain.lifecycle import State
from portal.core.clock.services import now
from portal.core.events.services import consume_all
from slo_app.indicators import registry
from slo_app.models import Baseline, Measurement, Slo
from tests.contracts_app.life import again, signed
from tests.slo_app.estate import asset_on

BASE = """
name: events
version: 1.0.0
owner: Data Platform
on_call: Data Platform
asset: {namespace: tests, name: events, kind: table}
schema:
  id: {type: integer, required: true}
  event_ts: {type: timestamp, required: true}
slos:
  freshness_minutes: {target: 15, alert: "> 20"}
change_policy: {breaking_change_notice_days: 14, deprecation_window_days: 30, contact: Product Analytics}
"""
TIGHTER = BASE.replace("target: 15", "target: 10").replace("1.0.0", "1.1.0")
LOOSE = BASE.replace('slos:\n  freshness_minutes: {target: 15, alert: "> 20"}\n', "")


@pytest.fixture
def asset(table, event, world, monkeypatch):
    """An asset over a table whose newest row is five minutes old."""
    table.fill(event(1, 5), event(2, 9))
    return asset_on(table, world, monkeypatch)


def measured(minutes, *, days_ago=1, slo=None, result="ok"):
    """Measurements of these many minutes of delay, one a second, on a day in the past."""
    slo = slo or Slo.objects.get(kind="freshness")
    start = now() - timedelta(days=days_ago)
    Measurement.objects.bulk_create(
        Measurement(
            slo=slo, at=start + timedelta(seconds=n), result=result, alerting=False, value=value, cost_ms=1, digest="d"
        )
        for n, value in enumerate(minutes)
    )


def promised(world, content):
    """The version in force, its SLOs watched."""
    version = signed(world, content.encode(), ("ana",))
    consume_all()
    return version


def answer(version):
    return next(each for each in again(version).readiness if each["check"] == "slo history")


def test_a_tighter_target_that_a_month_of_measurements_met_comes_into_force_with_the_figures(asset, world):
    promised(world, BASE)
    measured([8] * 995 + [12] * 5)
    version = signed(world, TIGHTER.encode(), ("ana",))
    assert version.state == State.ACTIVE
    assert answer(version)["text"] == (
        "freshness ≤ 10: met by 995 of 1,000 measurements of the last 30 days (99.5 %; 99 % are needed)."
    )


def test_a_tighter_target_that_was_missed_too_often_holds_the_version(asset, world):
    promised(world, BASE)
    measured([8] * 980 + [12] * 20)
    version = signed(world, TIGHTER.encode(), ("ana",))
    assert version.state == State.SCHEDULED
    assert "980 of 1,000" in answer(version)["text"]


def test_only_the_last_thirty_days_and_only_verdicts_count(asset, world):
    promised(world, BASE)
    measured([30] * 100, days_ago=31)
    measured([None] * 50, days_ago=2, result="probe_error")
    measured([8] * 10, result="ok")
    version = signed(world, TIGHTER.encode(), ("ana",))
    assert "met by 10 of 10" in answer(version)["text"]
    assert version.state == State.ACTIVE


def test_without_measurements_it_cannot_be_told_and_is_not_ready(asset, world):
    promised(world, BASE)
    version = signed(world, TIGHTER.encode(), ("ana",))
    assert version.state == State.SCHEDULED
    assert "no measurements in the last 30 days, so it cannot be told" in answer(version)["text"]
    measured([8])
    assert services.activate_due() == 1


def test_a_new_slo_is_measured_once_now_because_it_has_no_history(asset, world):
    promised(world, LOOSE)
    version = signed(world, BASE.replace("1.0.0", "1.1.0").encode(), ("ana",))
    assert version.state == State.SCHEDULED
    assert tasks.check_readiness(version.pk) == "active"
    assert "new, so without history; measured now at 5" in answer(version)["text"]
    assert Measurement.objects.count() == 0


def test_a_new_slo_that_is_missed_now_holds_the_version(asset, table, event, world):
    promised(world, LOOSE)
    table.fill(event(1, 40))
    version = signed(world, BASE.replace("1.0.0", "1.1.0").encode(), ("ana",))
    assert tasks.check_readiness(version.pk) == "scheduled"
    assert "measured now at 40.1, not met" in answer(version)["text"]


def with_drift(world):
    """A version that adds drift of the column `amount`."""
    more = BASE.replace("1.0.0", "1.1.0").replace("slos:", "slos:\n  drift_psi: {target: 0.2, element: amount}")
    more = more.replace("schema:", "schema:\n  amount: {type: float, required: false}")
    return signed(world, more.encode(), ("ana",))


def test_new_drift_is_ready_where_the_rows_of_now_could_be_its_baseline(asset, table, event, world):
    promised(world, BASE)
    table.fill(*(event(n, amount=float(n % 90)) for n in range(1200)))
    version = with_drift(world)
    tasks.check_readiness(version.pk)
    assert "drift ≤ 0.2: new; 1,200 rows could be its first baseline now, 200 are needed." in answer(version)["text"]
    assert Baseline.objects.count() == 0, "nothing is kept before the version is in force"


def test_new_drift_over_too_few_rows_holds_the_version(asset, world):
    promised(world, BASE)
    version = with_drift(world)
    assert tasks.check_readiness(version.pk) == "scheduled"
    assert "2 rows could be its first baseline now, 200 are needed" in answer(version)["text"]


def test_an_slo_that_nothing_here_can_measure_does_not_hold_a_version_and_is_said_to_be_unmeasured(
    asset, world, monkeypatch
):
    registry.kinds()
    monkeypatch.delitem(registry._kinds._members, "drift")
    promised(world, BASE)
    more = BASE.replace("1.0.0", "1.1.0").replace("slos:", "slos:\n  drift_psi: {target: 0.2}")
    version = signed(world, more.encode(), ("ana",))
    assert version.state == State.ACTIVE
    assert "drift ≤ 0.2: not measured, its indicator is not installed here." in answer(version)["text"]
