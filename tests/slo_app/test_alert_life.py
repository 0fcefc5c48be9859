"""A breach on a real source, from the first bad probe to the post-mortem."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from portal.core.evidence.models import Entry
from portal.core.notify.models import Message
from portal.core.notify.services import deliver_waiting
from portal.core.oncall.models import PageStep
from slo_app.domain.alert import Phase
from slo_app.models import Incident, Measurement, Slo
from slo_app.selectors.incidents import timeline_of
from slo_app.services import (
    acknowledge,
    ask_for_probe,
    resolve,
    silence_incident,
    tick_step,
    write_postmortem,
)
from slo_app.services.incidents import IncidentError
from slo_app.services.silences import SilenceRefused
from tests.slo_app.estate import asset_on, freshness_of, phase, the_incident, work, work_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def slo(planted, world, monkeypatch):
    """Freshness of a table, then of a Parquet folder."""
    return freshness_of(asset_on(planted, world, monkeypatch))


@pytest.fixture
def table_slo(table, world, monkeypatch):
    """Freshness of a table."""
    return freshness_of(asset_on(table, world, monkeypatch))


def fire(clock, planted, event, slo):
    planted.fill(event(1, 45))
    work_for(clock, 5)
    assert phase(slo) is Phase.FIRING
    return the_incident(slo)


def times_told():
    """How often somebody was told that something is wrong."""
    return PageStep.objects.filter(what="told").count()


def texts(incident):
    return [entry.what for entry in incident.timeline.all()]


def test_breach_to_pending_to_firing_to_acknowledged_to_resolved(planted, event, slo, clock, world):
    planted.fill(event(1, 1))
    assert work() == 1
    assert phase(slo) is Phase.OK

    planted.fill(event(1, 45))
    clock.move(minutes=1)
    work_for(clock, 4)
    assert phase(slo) is Phase.PENDING
    assert not Incident.objects.exists()

    clock.move(minutes=1)
    work()
    assert phase(slo) is Phase.FIRING
    incident = the_incident(slo)
    assert (incident.kind, incident.severity) == ("breach", "page")

    clock.move(seconds=30)
    acknowledge(user=world.dan, incident=incident)
    assert phase(slo) is Phase.ACKNOWLEDGED

    planted.fill(event(1, 1))
    clock.move(seconds=30)
    work_for(clock, 5)
    incident.refresh_from_db()
    assert phase(slo) is Phase.RESOLVED
    assert incident.resolved_at is not None
    assert incident.resolved_by is None
    assert texts(incident) == ["fired", "acknowledged", "clearing", "resolved"]
    kinds = list(Entry.objects.filter(kind__startswith="slo:").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["slo:incident:fired", "slo:incident:acknowledged", "slo:incident:resolved"]


def test_the_on_call_engineer_gets_one_mail_with_the_value_the_link_and_the_runbook(
    table, event, table_slo, clock, world
):
    incident = fire(clock, table, event, table_slo)
    assert deliver_waiting() == 1
    work_for(clock, 3)
    assert deliver_waiting() == 0
    assert [each.to for each in mail.outbox] == [[world.dan.email]]
    assert incident.number in mail.outbox[0].subject
    assert "> 20" in mail.outbox[0].body
    assert incident.get_absolute_url() in mail.outbox[0].body
    assert "Rerun the job." in mail.outbox[0].body


def test_measurements_keep_numbers_and_a_digest_and_no_row(table, event, table_slo, clock):
    table.fill(event(1, 2), event(2, None))
    work()
    kept = Measurement.objects.get()
    assert (kept.result, kept.total, kept.counts["without a time"]) == ("ok", 2, 1)
    assert 2 <= kept.value < 3
    assert kept.digest.startswith("sha256:")
    assert abs(kept.source_clock - kept.at) < timedelta(seconds=30)


def test_a_breach_while_it_clears_and_one_after_are_told_apart(table, event, table_slo, clock):
    incident = fire(clock, table, event, table_slo)
    table.fill(event(1, 1))
    clock.move(minutes=1)
    work_for(clock, 2)
    table.fill(event(1, 45))
    clock.move(minutes=1)
    work()
    incident.refresh_from_db()
    assert incident.resolved_at is None
    assert texts(incident)[-1] == "rebreached"
    assert Message.objects.count() == 1


def test_a_source_that_does_not_answer_keeps_the_incident_open_and_is_never_green(
    table, event, table_slo, clock, monkeypatch
):
    incident = fire(clock, table, event, table_slo)
    monkeypatch.setenv("CUSTODY_SECRET_TESTS", "postgresql://nobody@127.0.0.1:1/none")
    clock.move(minutes=1)
    work_for(clock, 4)
    incident.refresh_from_db()
    assert Measurement.objects.first().result == "probe_error"
    assert phase(table_slo) is Phase.FIRING
    assert "data_lost" in texts(incident)


def test_a_source_that_stays_empty_opens_a_quieter_incident_that_data_ends(table, event, table_slo, clock):
    table.fill()
    work_for(clock, 3)
    incident = the_incident(table_slo)
    assert (incident.kind, incident.severity) == ("no_data", "ticket")
    assert phase(table_slo) is Phase.NO_DATA
    table.fill(event(1, 1))
    clock.move(minutes=1)
    work()
    incident.refresh_from_db()
    assert incident.resolved_at is not None
    assert incident.closed
    assert phase(table_slo) is Phase.OK


def test_a_person_resolves_it_with_a_cause_and_closes_it_with_a_postmortem(table, event, table_slo, clock, world):
    incident = fire(clock, table, event, table_slo)
    with pytest.raises(IncidentError, match="Say what the cause was"):
        resolve(user=world.dan, incident=incident, cause=" ")
    with pytest.raises(IncidentError, match="not resolved yet"):
        write_postmortem(user=world.dan, incident=incident, text="It was late.")
    incident = resolve(user=world.dan, incident=incident, cause="late partition")
    assert not incident.closed
    assert incident.postmortem_due_at - incident.resolved_at == timedelta(hours=24)
    assert write_postmortem(user=world.dan, incident=incident, text="We alert earlier now.").closed
    with pytest.raises(IncidentError, match="resolved already"):
        resolve(user=world.dan, incident=incident, cause="again")


def test_a_breach_soon_after_a_person_resolved_it_opens_the_same_incident_and_tells_again(
    table, event, table_slo, clock, world
):
    incident = fire(clock, table, event, table_slo)
    acknowledge(user=world.dan, incident=incident)
    resolve(user=world.dan, incident=incident, cause="looked fine to me")
    clock.move(minutes=1)
    work()
    incident = the_incident(table_slo)
    assert incident.resolved_at is None
    assert incident.acknowledged_at is None
    assert phase(table_slo) is Phase.FIRING
    assert times_told() == 2


def test_a_silence_holds_notices_back_until_its_end_and_not_the_alert(table, event, table_slo, clock, world):
    incident = fire(clock, table, event, table_slo)
    until = clock.now() + timedelta(hours=1)
    silence_incident(user=world.dan, incident=incident, until=until, reason="known outage")
    resolve(user=world.dan, incident=incident, cause="provider says it is over")
    clock.move(minutes=1)
    work()
    incident.refresh_from_db()
    assert incident.resolved_at is None
    assert times_told() == 1
    clock.move(minutes=60)
    work_for(clock, 1)
    assert times_told() == 2


def test_a_silence_needs_a_reason_and_an_end_that_is_near(table, event, table_slo, clock, world):
    incident = fire(clock, table, event, table_slo)
    soon = clock.now() + timedelta(hours=1)
    for until, reason, refusal in (
        (soon, "", "Say why"),
        (clock.now() - timedelta(hours=1), "x", "must end in the future"),
        (clock.now() + timedelta(days=8), "x", "7 d at most"),
    ):
        with pytest.raises(SilenceRefused, match=refusal):
            silence_incident(user=world.dan, incident=incident, until=until, reason=reason)


def test_steps_of_the_runbook_are_ticked_off_and_back(table, event, table_slo, clock, world):
    incident = fire(clock, table, event, table_slo)
    tick_step(user=world.dan, incident=incident, step=0, done=True)
    tick_step(user=world.ana, incident=incident, step=0, done=True)
    assert incident.ticks.get().person == world.dan
    assert texts(incident).count("step") == 1
    tick_step(user=world.dan, incident=incident, step=0, done=False)
    assert not incident.ticks.exists()
    with pytest.raises(IncidentError, match="no such step"):
        tick_step(user=world.dan, incident=incident, step=7, done=True)


def test_other_teams_and_consumers_may_not_touch_it(table, event, table_slo, clock, world):
    incident = fire(clock, table, event, table_slo)
    for person in (world.otto, world.cleo, world.bob, world.hal):
        with pytest.raises(PermissionDenied):
            acknowledge(user=person, incident=incident)
        with pytest.raises(PermissionDenied):
            ask_for_probe(user=person, slo=table_slo)
    with pytest.raises(IncidentError, match="already acknowledged"):
        for _ in range(2):
            acknowledge(user=world.ana, incident=incident)


def test_nobody_on_call_means_the_owners_and_nobody_at_all_is_said(table, event, table_slo, clock, world):
    world.dan.memberships.all().delete()
    fire(clock, table, event, table_slo)
    deliver_waiting()
    assert [each.to for each in mail.outbox] == [[world.ana.email]]


def test_when_there_is_nobody_to_tell_the_timeline_says_so(table, event, table_slo, clock, world):
    world.platform.memberships.all().delete()
    incident = fire(clock, table, event, table_slo)
    assert any("Nobody was told" in line.text for line in timeline_of(incident))


def test_an_slo_without_an_owner_says_that_nobody_was_told(table, event, table_slo, clock, world):
    Slo.objects.update(owner_team=None)
    incident = fire(clock, table, event, table_slo)
    assert texts(incident) == ["fired", "nobody"]


def test_asking_for_a_probe_makes_it_due(table, event, table_slo, clock, world):
    table.fill(event(1, 1))
    work()
    assert work() == 0
    ask_for_probe(user=world.dan, slo=table_slo)
    assert work() == 1


def test_a_daily_slo_is_measured_again_at_once(table, event, world, clock, monkeypatch):
    zero = timedelta(0)
    slo = freshness_of(asset_on(table, world, monkeypatch), interval=timedelta(days=1), hold=zero, clear_for=zero)
    table.fill(event(1, 45))
    assert work() == 1
    assert phase(slo) is Phase.PENDING
    assert work() == 1
    assert phase(slo) is Phase.FIRING
    assert work() == 0
