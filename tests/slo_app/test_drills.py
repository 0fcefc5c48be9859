"""Fire drills: planted, measured, fired, delivered, acknowledged for real; kept as evidence, counted in no figure."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from portal.core.catalog.worklist import waiting_for
from portal.core.clock.services import now
from portal.core.evidence.models import Entry
from portal.core.notify.services import deliver_waiting
from slo_app.models import Drill, Incident, Measurement, Slo
from slo_app.selectors import board
from slo_app.selectors.drills import last_delivered, team_drills
from slo_app.selectors.response import answer
from slo_app.services import acknowledge, follow_drills, start_drill
from slo_app.services.drills import DrillRefused
from tests.slo_app.estate import asset_on, freshness_of, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def drill(world, settings, tmp_path):
    """A drill of Data Platform that Ana has started, in a folder of this test."""
    settings.DRILLS_DIR = tmp_path / "drills"
    settings.SYSTEM_PATHS = [*settings.SYSTEM_PATHS, settings.DRILLS_DIR]
    return start_drill(user=world.ana, team=world.platform, key=uuid.uuid4())


def looks(clock, count):
    """So many probes, half a minute apart, each followed."""
    for _ in range(count):
        work()
        follow_drills()
        clock.move(seconds=31)


def test_a_drill_is_planted_measured_fired_delivered_acknowledged_and_taken_back(drill, world, clock):
    looks(clock, 2)
    drill.refresh_from_db()
    assert Measurement.objects.filter(slo=drill.slo, alerting=True).count() == 2
    assert (drill.incident.drill, drill.incident.severity) == (True, "page")
    assert drill.measured_at < drill.fired_at
    assert drill.delivered_at is None

    assert deliver_waiting() == 1
    follow_drills()
    acknowledge(user=world.dan, incident=drill.incident)
    looks(clock, 4)
    drill.refresh_from_db()
    assert drill.fired_at <= drill.delivered_at <= drill.acknowledged_at <= drill.mended_at < drill.ended_at
    assert (drill.acknowledged_by, drill.missing, drill.state) == (world.dan, "", ("Passed", "ok"))
    assert drill.measurement == Measurement.objects.filter(slo=drill.slo, at=drill.fired_at).get().digest
    drill.incident.refresh_from_db()
    assert drill.incident.closed, "a drill needs no post-mortem"
    assert not Slo.objects.get(pk=drill.slo_id).enabled
    assert follow_drills() == 0


def test_its_record_is_evidence_and_names_the_measurement_that_fired(drill, world, clock):
    looks(clock, 2)
    deliver_waiting()
    acknowledge(user=world.dan, incident=Incident.objects.get())
    looks(clock, 4)
    kinds = Entry.objects.filter(kind__startswith="slo:drill").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["slo:drill:started", "slo:drill:passed"]
    entry = Entry.objects.get(kind="slo:drill:passed")
    assert entry.payload["measurement"].startswith("sha256:")
    assert entry.payload["fired_s"] <= entry.payload["delivered_s"] <= entry.payload["acknowledged_s"]
    assert "passed: fired after" in entry.sentence


def test_nobody_who_acknowledges_fails_it_and_the_delivery_still_counts(drill, world, clock):
    looks(clock, 2)
    deliver_waiting()
    clock.move(minutes=30)
    looks(clock, 4)
    drill.refresh_from_db()
    assert (drill.missing, drill.state) == ("acknowledged", ("Failed", "bad"))
    assert Entry.objects.get(kind="slo:drill:failed").payload["missing"] == "acknowledged"
    assert last_delivered([drill.slo]) == {drill.slo_id: drill.delivered_at}


def test_a_message_that_never_arrives_fails_it_and_counts_as_no_delivery(drill, world, clock):
    looks(clock, 2)
    clock.move(minutes=30)
    looks(clock, 4)
    drill.refresh_from_db()
    assert drill.missing == "delivered"
    assert last_delivered([drill.slo]) == {}


def test_a_worker_that_never_measures_fails_it(drill, world, clock):
    clock.move(minutes=31)
    follow_drills()
    drill.refresh_from_db()
    assert drill.missing == "measured"
    assert drill.ended_at is not None


def test_only_one_drill_of_a_team_runs_a_form_starts_one_and_strangers_start_none(drill, world):
    assert start_drill(user=world.ana, team=world.platform, key=drill.key) == drill
    with pytest.raises(DrillRefused, match="is running"):
        start_drill(user=world.dan, team=world.platform, key=uuid.uuid4())
    for person in (world.otto, world.cleo, world.bob, world.hal):
        with pytest.raises(PermissionDenied):
            start_drill(user=person, team=world.platform, key=uuid.uuid4())


def test_a_drill_counts_in_no_figure_and_stands_on_no_board(drill, world, clock):
    looks(clock, 2)
    acknowledge(user=world.dan, incident=Incident.objects.get())
    looks(clock, 4)
    found = answer(clock.now())
    assert (found.now.acknowledge, found.now.resolve, found.open) == (None, None, 0)
    assert list(board(world.cleo)) == []


def test_a_team_is_due_from_its_first_slo_on_and_every_ninety_days_and_finds_it_on_its_work_list(
    drill, table, world, clock, monkeypatch
):
    Drill.objects.update(ended_at=now())
    slo = freshness_of(asset_on(table, world, monkeypatch))

    def due(person):
        return [item.state_word for item in waiting_for(person)["Due soon"] if "drill" in item.text]

    assert due(world.dan) == []
    clock.move(days=17)
    assert due(world.dan) == ["Drill due"]
    clock.move(days=14)
    assert due(world.ana) == ["Drill overdue"]
    assert due(world.otto) == due(world.cleo) == []
    Drill.objects.update(delivered_at=now())
    assert due(world.ana) == []
    assert last_delivered([slo]) == {slo.pk: Drill.objects.get().delivered_at}
    [team] = team_drills()
    assert team.due_at - team.delivered_at == timedelta(days=90)


def test_the_pages_say_whom_it_will_page_and_how_far_it_is(drill, world, clock):
    dan, cleo = world.client("dan"), world.client("cleo")
    html = dan.get(f"{reverse('slos:drill-new')}?team=platform").content.decode()
    assert "Dan On-Call" in html
    assert "Page Data Platform" in html
    assert dan.get(f"{reverse('slos:drill-new')}?team=logistics").status_code == 404
    wish = {"team": "platform", "idempotency_key": str(uuid.uuid4())}
    assert "is running" in dan.post(reverse("slos:drill-new"), wish, follow=True).content.decode()
    looks(clock, 2)
    part = cleo.get(drill.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert "acknowledge it there" in part
    assert part.count("Waiting") == 4
    assert "Running" in cleo.get(reverse("slos:drills")).content.decode()
