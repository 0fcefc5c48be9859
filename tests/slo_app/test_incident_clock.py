"""What the clock does to an incident: acknowledgements run out, silences begin late, post-mortems come due."""

from datetime import timedelta

import pytest
from django.core import mail

from lineage_app.domain.names import Name
from lineage_app.models import Dataset, Edge
from portal.core.catalog.models import Asset, TeamAddress
from portal.core.clock.services import now
from portal.core.notify.services import deliver_waiting
from portal.core.oncall.models import PageStep
from portal.core.oncall.services import escalate_due
from slo_app.domain.alert import Phase
from slo_app.models import Alert, Incident, Precedent
from slo_app.selectors.incidents import timeline_of
from slo_app.services import (
    acknowledge,
    relate_incidents,
    remind_of_postmortems,
    resolve,
    silence_incident,
    tend,
    write_postmortem,
)
from slo_app.services.incidents import IncidentError
from tests.slo_app.estate import asset_on, freshness_of, phase, the_incident, work_for

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def slo(table, world, monkeypatch):
    """Freshness of a table of Data Platform."""
    return freshness_of(asset_on(table, world, monkeypatch))


@pytest.fixture
def incident(slo, table, event, clock):
    """It has fired."""
    table.fill(event(1, 45))
    work_for(clock, 5)
    return the_incident(slo)


def told(what="told"):
    return PageStep.objects.filter(what=what).count()


def test_an_acknowledgement_that_runs_out_tells_others_again_and_keeps_the_first_time(incident, slo, world, clock):
    taken = acknowledge(user=world.dan, incident=incident, length=HOUR)
    clock.move(minutes=59)
    assert tend() == 0
    clock.move(minutes=1)
    assert tend() == 1
    incident.refresh_from_db()
    assert phase(slo) is Phase.FIRING
    assert (incident.acknowledged_at, incident.acknowledged_by) == (None, None)
    assert incident.first_acknowledged_at == taken.acknowledged_at
    assert told() == 2
    again = acknowledge(user=world.ana, incident=incident)
    assert again.first_acknowledged_at == taken.acknowledged_at


def test_acknowledging_stops_the_escalation_and_nothing_else(incident, world, clock):
    acknowledge(user=world.dan, incident=incident)
    clock.move(hours=2)
    assert escalate_due(clock.now()) == 0
    assert told() == 1


def test_without_an_acknowledgement_the_next_level_is_told_and_the_timeline_shows_each_with_its_delivery(
    incident, world, clock
):
    assert deliver_waiting() == 1
    clock.move(minutes=20)
    assert escalate_due(clock.now()) == 1
    lines = [(line.text, line.word) for line in timeline_of(incident) if line.text.startswith("Told")]
    assert lines == [("Told Dan On-Call by E-mail.", "Delivered"), ("Told Ana Owner by E-mail.", "Waiting")]


def test_a_silence_that_comes_after_the_page_stops_its_climb_until_it_ends(incident, world, clock):
    silence_incident(user=world.dan, incident=incident, until=clock.now() + HOUR, reason="known outage")
    assert tend() == 1
    clock.move(minutes=30)
    assert escalate_due(clock.now()) == 0
    assert tend() == 0
    clock.move(minutes=31)
    assert tend() == 1
    assert told() == 2
    clock.move(minutes=16)
    assert escalate_due(clock.now()) == 1


def test_a_post_mortem_is_asked_for_after_twelve_hours_and_called_late_after_twenty_four_once_each(
    incident, world, clock
):
    TeamAddress.objects.create(text="lessons@example.org", team=world.platform, kind="email", purpose="postmortem")
    acknowledge(user=world.dan, incident=incident)
    resolve(user=world.dan, incident=incident, cause="late partition")
    deliver_waiting()
    mail.outbox.clear()
    for hours, done in ((11, 0), (1, 1), (1, 0), (11, 1), (1, 0), (48, 0)):
        clock.move(hours=hours)
        assert remind_of_postmortems() == done
    deliver_waiting()
    assert [each.to for each in mail.outbox] == [["lessons@example.org"]] * 2
    assert ["due soon" in each.subject for each in mail.outbox] == [True, False]
    assert "overdue" in mail.outbox[1].subject
    texts = [entry.what for entry in incident.timeline.all()]
    assert texts[-2:] == ["reminder", "overdue"]


def test_a_late_worker_says_that_it_is_late_and_does_not_remind_first(incident, world, clock):
    resolve(user=world.dan, incident=incident, cause="late partition")
    clock.move(hours=30)
    assert remind_of_postmortems() == 1
    assert [entry.what for entry in incident.timeline.all()][-1] == "overdue"
    assert remind_of_postmortems() == 0


def test_a_written_post_mortem_is_posted_and_ends_the_reminders(incident, world, clock):
    TeamAddress.objects.create(text="lessons@example.org", team=world.platform, kind="email", purpose="postmortem")
    resolve(user=world.dan, incident=incident, cause="late partition")
    deliver_waiting()
    mail.outbox.clear()
    write_postmortem(user=world.dan, incident=incident, text="We look earlier now.")
    deliver_waiting()
    [letter] = mail.outbox
    assert letter.to == ["lessons@example.org"]
    assert "We look earlier now." in letter.body
    clock.move(hours=30)
    assert remind_of_postmortems() == 0


def test_a_template_whose_questions_nobody_answered_does_not_close_an_incident(incident, world):
    resolve(user=world.dan, incident=incident, cause="late partition")
    text = "Impact\n(Who or what got wrong or late data, and for how long?)\nNobody.\n\nCause\nA partition."
    with pytest.raises(IncidentError, match="What helped, and what hindered, What will be different"):
        write_postmortem(user=world.dan, incident=incident, text=text)


def test_an_upstream_alert_that_fired_before_is_found_with_its_lead_and_one_that_was_long_over_is_not(
    incident, slo, world, clock
):
    raw, orders = _upstream(slo.asset, "raw"), slo.asset
    early = _incident(raw, clock.now() - timedelta(minutes=40), None)
    _incident(raw, clock.now() - timedelta(hours=30), clock.now() - timedelta(hours=20), kind="accuracy")
    _incident(_asset("elsewhere", orders), clock.now() - timedelta(minutes=40), None)
    assert relate_incidents() == 4
    [found] = Precedent.objects.filter(incident=incident)
    assert (found.upstream, found.distance) == (early, 1)
    assert found.lead == incident.fired_at - early.fired_at
    assert relate_incidents() == 0


def _asset(name, like):
    return Asset.objects.create(namespace="tests", name=name, kind="table", owner_team=like.owner_team)


def _upstream(asset, name):
    """An asset whose dataset feeds that of `asset`, as lineage has it."""
    other = _asset(name, asset)
    ends = [
        Dataset.objects.create(key=Name("tests", each.name).key, namespace="tests", name=each.name, asset=each)
        for each in (other, asset)
    ]
    at = now()
    Edge.objects.create(src=ends[0], dst=ends[1], state="seen", first_seen=at, last_seen=at, first_known=at)
    return other


def _incident(asset, fired_at, resolved_at, kind="freshness"):
    slo = freshness_of(asset, kind=kind)
    alert = Alert.objects.create(slo=slo, dedup_key=f"{slo.pk:064d}", watched_since=fired_at, fired_at=fired_at)
    return Incident.objects.create(
        alert=alert, slo=slo, kind="breach", severity="page", fired_at=fired_at, resolved_at=resolved_at
    )
