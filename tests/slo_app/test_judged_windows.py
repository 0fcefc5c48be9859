"""Completeness as a promise: incomplete without `expected`, measured with it, and both verdicts on a window kept."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.core.catalog.models import Asset, Placement
from slo_app.models import Alert, JudgedWindow, Measurement, Slo
from slo_app.selectors import board, shown_rows
from slo_app.services import lapse
from tests.slo_app.estate import CONTRACT, activate, asset_on, work, work_for

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LONG = 'completeness_pct: {target: ">= 99.5%", alert: "< 99.0%"'


def promised(windows_lateness, expected="source: tests/source"):
    """The contract with an `expected:` whose newest window began a whole hour before this one."""
    return CONTRACT.replace(LONG, f"{LONG}, expected: {{{expected}, lateness: {windows_lateness}}}")


@pytest.fixture
def end():
    """When the newest judged window ended; the allowance below puts "now" in the middle of the next."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - HOUR


@pytest.fixture
def lateness(end):
    """The allowance."""
    return f"{int((datetime.now(UTC) - end).total_seconds()) - 1800}s"


def minutes_before_now(at):
    return (datetime.now(UTC) - at).total_seconds() / 60


@pytest.fixture
def source(table, request, postgres_server, world, monkeypatch):
    """The table that is promised, and a second one that it is counted against."""
    from tests.slo_app.conftest import PlantedTable

    asset = asset_on(table, world, monkeypatch)
    other = PlantedTable(postgres_server.plan.database_url_of("postgres"))
    named = Asset.objects.create(namespace="tests", name="source", kind="table", owner_team=world.platform)
    system = asset.placements.get().system
    Placement.objects.create(asset=named, system=system, object_name=other.object_name)
    yield asset, other
    other.execute(f"DROP TABLE {other.name}")


def test_without_expected_it_is_incomplete_never_measured_and_never_lost(source, event, clock, world):
    asset, _ = source
    activate(asset, world.ana)
    work_for(clock, 12)
    slo = Slo.objects.get(kind="completeness")
    assert "Say `expected:`" in slo.incomplete
    assert not Measurement.objects.filter(slo=slo).exists()
    assert lapse() == 0
    assert not Alert.objects.filter(slo=slo).exists()
    words = {row.slo.kind: row.standing.word for _, row in shown_rows(board(world.cleo))}
    assert words["completeness"] == "Incomplete"


def test_late_rows_give_a_window_its_second_verdict_and_the_first_stays(
    table, source, event, clock, world, end, lateness
):
    asset, other = source
    inside = minutes_before_now(end - HOUR / 2)
    other.fill(*[event(n, inside) for n in range(100)])
    table.fill(*[event(n, inside) for n in range(90)])
    activate(asset, world.ana, text=promised(lateness))
    work()
    slo = Slo.objects.get(kind="completeness")
    assert (slo.incomplete, slo.element, slo.measurements.get().value) == ("", "event_ts", 90)
    window = JudgedWindow.objects.get()
    assert (window.start, window.end, window.expected, window.ingested) == (end - HOUR, end, 100, 90)
    assert (window.first_shown, window.again_at) == ("90", None)

    table.fill(*[event(n, inside) for n in range(100)])
    work_for(clock, 5)
    window.refresh_from_db()
    assert (window.first_shown, window.again_shown) == ("90", "100")
    assert slo.measurements.first().result == "ok"
    before = window.again_at
    work_for(clock, 5)
    window.refresh_from_db()
    assert window.again_at == before


def test_the_page_shows_both_verdicts_of_a_window(table, source, event, clock, world, end, lateness):
    asset, other = source
    inside = minutes_before_now(end - HOUR / 2)
    other.fill(*[event(n, inside) for n in range(40)])
    table.fill(*[event(n, inside) for n in range(30)])
    activate(asset, world.ana, text=promised(lateness))
    work()
    table.fill(*[event(n, inside) for n in range(40)])
    work_for(clock, 5)
    html = world.client("cleo").get(Slo.objects.get(kind="completeness").get_absolute_url()).content.decode()
    assert "After late rows" in html
    assert "75 %" in html
    assert "100 %" in html


def test_a_source_that_does_not_exist_is_a_failed_probe_that_names_it(table, source, event, world, lateness):
    asset, _ = source
    table.fill(event(1))
    activate(asset, world.ana, text=promised(lateness, "source: tests/nowhere"))
    work()
    found = Measurement.objects.get(slo__kind="completeness")
    assert found.result == "probe_error"
    assert "tests/nowhere" in found.reason
