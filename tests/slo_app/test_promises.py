"""An activated contract makes its asset's SLOs, measures them by its rules, and never shows the unmeasured as met."""

from datetime import timedelta
from decimal import Decimal

import pytest

from portal.core.events.models import Event
from portal.core.events.services import consume_all
from portal.core.evidence.models import Entry
from slo_app.models import Measurement, Slo
from slo_app.selectors import board, shown_rows
from slo_app.services import lease_due
from tests.slo_app.estate import CONTRACT, activate, asset_on, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def asset(planted, world, monkeypatch):
    """An asset in each kind of source in turn."""
    return asset_on(planted, world, monkeypatch)


@pytest.fixture
def table_asset(table, world, monkeypatch):
    """An asset in PostgreSQL."""
    return asset_on(table, world, monkeypatch)


def words(user):
    return {row.slo.kind: row.standing.word for _, row in shown_rows(board(user))}


def test_an_activated_contract_makes_the_slos_that_it_promises(table_asset, world):
    activate(table_asset, world.ana)
    slos = {slo.kind: slo for slo in Slo.objects.all()}
    assert set(slos) == {"freshness", "accuracy", "completeness"}
    fresh = slos["freshness"]
    assert (str(fresh.target), str(fresh.alert), fresh.hold) == ("≤ 15", "> 20", timedelta(minutes=5))
    assert (fresh.element, fresh.owner_team, fresh.contract_version) == ("event_ts", world.platform, "1.0.0")
    assert any("--from-latest-success" in step["text"] for step in fresh.runbook)
    assert slos["accuracy"].objective == Decimal("0.999")


def test_freshness_and_accuracy_are_measured_and_completeness_without_expected_is_incomplete(
    asset, planted, event, world
):
    planted.fill(*[event(n, 1) for n in range(999)], event(1000, 2, amount=-3.0))
    activate(asset, world.ana)
    assert words(world.cleo) == dict.fromkeys(["freshness", "accuracy"], "Not probed") | {"completeness": "Incomplete"}
    assert work() == 2
    assert words(world.cleo) == {
        "freshness": "On target",
        "accuracy": "On target",
        "completeness": "Incomplete",
    }
    accuracy = Measurement.objects.get(slo__kind="accuracy")
    assert (accuracy.good, accuracy.total, accuracy.value) == (999, 1000, Decimal("99.9"))
    failing = {name: count for name, count in accuracy.counts.items() if count}
    assert set(failing.values()) == {1}
    assert any(name.endswith("amount >= 0") for name in failing)


def test_the_same_news_twice_changes_nothing(table_asset, world):
    version = activate(table_asset, world.ana)
    promised = Entry.objects.filter(kind="slo:slo:promised").count()
    event = Event.objects.get(topic="contracts.version.activated", payload__version_id=version.pk)
    event.pk = None
    event.save()
    consume_all()
    assert Slo.objects.count() == 3
    assert Entry.objects.filter(kind="slo:slo:promised").count() == promised == 3


def test_a_new_version_tightens_a_target_and_keeps_the_slo_with_its_history(table, table_asset, event, world):
    table.fill(event(1, 12))
    activate(table_asset, world.ana)
    work()
    before = Slo.objects.get(kind="freshness")
    activate(table_asset, world.ana, "1.1.0", CONTRACT.replace("target: 15", "target: 10"))
    after = Slo.objects.get(kind="freshness")
    assert after.pk == before.pk
    assert (str(after.target), after.contract_version) == ("≤ 10", "1.1.0")
    assert after.measurements.count() == 1
    work()
    assert words(world.ana)["freshness"] == "Off target"


def test_a_promise_that_is_taken_back_is_no_longer_measured(table_asset, world):
    activate(table_asset, world.ana)
    shorter = CONTRACT.replace('freshness_minutes: {target: 15, alert: "> 20"}', "")
    activate(table_asset, world.ana, "2.0.0", shorter)
    assert words(world.ana)["freshness"] == "Switched off"
    assert Slo.objects.get(kind="freshness").pk not in [pk for pk, _ in lease_due()]
    assert Entry.objects.filter(kind="slo:slo:retired").count() == 1


def test_an_asset_that_lies_nowhere_says_so_and_is_not_green(table, table_asset, world):
    table_asset.placements.all().delete()
    activate(table_asset, world.ana)
    work()
    assert words(world.ana)["freshness"] == "Probe failed"
    assert "Add a placement" in Measurement.objects.first().reason


def test_a_column_that_the_table_lost_is_named_and_is_not_green(table, table_asset, event, world):
    table.fill(event(1, 1))
    table.execute(f"ALTER TABLE {table.name} DROP COLUMN amount")
    activate(table_asset, world.ana)
    work()
    assert words(world.ana) == {
        "freshness": "On target",
        "accuracy": "Probe failed",
        "completeness": "Incomplete",
    }


def test_a_mapping_under_expected_becomes_the_settings_and_the_schedule_the_interval(table_asset, world):
    long = 'completeness_pct: {target: ">= 99.5%", alert: "< 99.0%"'
    text = CONTRACT.replace(long, f"{long}, schedule: every 2 min, expected: {{source: tests/source, key: id}}")
    activate(table_asset, world.ana, text=text)
    slo = Slo.objects.get(kind="completeness")
    assert (slo.settings, slo.interval) == ({"source": "tests/source", "key": "id"}, timedelta(minutes=2))
    activate(table_asset, world.ana, "1.1.0", CONTRACT.replace(long, f"{long}, expected: 500 per 1h"))
    slo.refresh_from_db()
    assert (slo.settings, slo.interval) == ({"expected": "500 per 1h"}, timedelta(minutes=5))
