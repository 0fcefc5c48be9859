"""Silences: what they cover, who may make them, what is told at their end, and their pages."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from portal.core.evidence.models import Entry
from portal.core.notify.models import Message
from slo_app.domain.alert import AlertRule, Phase, Sample
from slo_app.models import Alert, Incident, Silence
from slo_app.selectors.silences import hidden_by, silence_over
from slo_app.services import Watch, advance, end_silence, make_silence, tend
from slo_app.services.silences import SilenceRefused
from tests.slo_app.estate import asset_on, freshness_of, phase, the_incident, work_for

pytestmark = pytest.mark.django_db
KEY = "7f3b0a52-0000-4000-8000-000000000001"


@pytest.fixture
def slo(table, world, monkeypatch):
    """Freshness of a table of Data Platform."""
    return freshness_of(asset_on(table, world, monkeypatch))


def quiet(world, clock, hours=1, **matchers):
    return make_silence(
        user=world.dan, team=world.platform, matchers=matchers, starts_at=None,
        ends_at=clock.now() + timedelta(hours=hours), reason="planned work",
    )  # fmt: skip


def breach(table, event, clock):
    table.fill(event(1, 45))
    work_for(clock, 5)


CASES = [
    ({}, True),
    ({"asset": "tests/events"}, True),
    ({"asset": "tests/*"}, True),
    ({"asset": "tests/event?", "kind": "fresh*"}, True),
    ({"severity": "page"}, True),
    ({"slo": "*"}, True),
    ({"asset": "tests/event"}, False),
    ({"asset": "tests/[e]vents"}, False),
    ({"kind": "freshness", "severity": "ticket"}, False),
    ({"burn": "14.4"}, False),
]


@pytest.mark.parametrize(("matchers", "covered"), CASES, ids=[str(case[0]) for case in CASES])
def test_a_silence_holds_back_what_fits_all_its_matchers_and_nothing_else(
    slo, table, event, world, clock, matchers, covered
):
    silence = quiet(world, clock, **matchers)
    breach(table, event, clock)
    assert phase(slo) is Phase.FIRING
    assert (silence_over(the_incident(slo), clock.now()) == silence) == covered
    assert Message.objects.exists() == (not covered)


def test_what_is_still_wrong_when_a_silence_ends_is_told_even_if_nothing_is_measured_then(
    slo, table, event, world, clock
):
    quiet(world, clock, kind="freshness")
    breach(table, event, clock)
    clock.move(minutes=54)
    assert tend() == 0
    clock.move(minutes=1)
    assert tend() == 1
    assert Message.objects.count() == 1
    assert tend() == 0


def test_ending_a_silence_early_tells_at_once_and_is_kept(slo, table, event, world, clock):
    silence = quiet(world, clock, hours=24)
    breach(table, event, clock)
    end_silence(user=world.ana, silence=silence)
    assert tend() == 1
    assert Message.objects.count() == 1
    assert end_silence(user=world.ana, silence=silence).ended_by == world.ana
    kinds = Entry.objects.filter(kind__startswith="slo:silence").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["slo:silence:made", "slo:silence:ended"]


def test_a_silence_that_starts_later_hides_nothing_before(slo, table, event, world, clock):
    make_silence(
        user=world.dan, team=world.platform, matchers={}, starts_at=clock.now() + timedelta(hours=1),
        ends_at=clock.now() + timedelta(hours=2), reason="planned work",
    )  # fmt: skip
    breach(table, event, clock)
    assert Message.objects.count() == 1


def test_only_the_people_of_a_team_may_silence_its_alerts_and_no_silence_reaches_another_team(
    slo, table, event, world, clock
):
    for person in (world.otto, world.cleo, world.bob, world.hal):
        with pytest.raises(PermissionDenied):
            make_silence(
                user=person, team=world.platform, matchers={}, starts_at=None,
                ends_at=clock.now() + timedelta(hours=1), reason="no",
            )  # fmt: skip
    make_silence(
        user=world.otto, team=world.logistics, matchers={}, starts_at=None,
        ends_at=clock.now() + timedelta(hours=1), reason="ours",
    )  # fmt: skip
    breach(table, event, clock)
    assert Message.objects.count() == 1


def test_a_label_that_no_alert_has_is_refused(world, clock):
    with pytest.raises(SilenceRefused, match="No alert has the label colour"):
        quiet(world, clock, colour="red")


def test_the_preview_names_what_it_would_hide_and_its_open_incident(slo, table, event, world, clock):
    breach(table, event, clock)
    [hidden] = hidden_by(world.platform, {"kind": "freshness"})
    assert (hidden.slo, hidden.incident) == (slo, the_incident(slo))
    assert hidden_by(world.platform, {"kind": "drift"}) == []
    query = {"team": "platform", "kind": "fresh*", "reason": "planned", "ends_at": _in_an_hour(clock)}
    html = world.client("dan").get(reverse("slos:silence-new"), query).content.decode()
    assert the_incident(slo).number in html
    assert "Silence 1 SLO" in html
    assert not Silence.objects.exists()


def test_a_silence_is_made_once_from_its_page_listed_and_ended(slo, world, clock):
    client = world.client("dan")
    wish = {"team": "platform", "asset": "tests/*", "reason": "planned", "ends_at": _in_an_hour(clock)}
    for _ in range(2):
        answer = client.post(reverse("slos:silence-new"), wish | {"idempotency_key": KEY}, follow=True)
        assert "Nobody is told of these alerts until" in answer.content.decode()
    silence = Silence.objects.get()
    assert silence.sentence == "asset like tests/*"
    listed = world.client("cleo").get(reverse("slos:silences")).content.decode()
    assert silence.get_absolute_url() in listed
    assert "In force" in listed
    client.post(reverse("slos:silence-end", args=[silence.pk]))
    assert "Nothing is silenced" in world.client("cleo").get(reverse("slos:silences")).content.decode()
    assert "Ended early" in world.client("cleo").get(f"{reverse('slos:silences')}?state=all").content.decode()


def test_a_silence_without_a_near_end_or_a_reason_is_refused_on_its_page(slo, world, clock):
    client, url = world.client("dan"), reverse("slos:silence-new")
    far = (clock.now() + timedelta(days=8)).strftime("%Y-%m-%dT%H:%M")
    answer = client.get(url, {"team": "platform", "reason": "", "ends_at": far})
    assert answer.status_code == 422
    assert "7 d at most" in answer.content.decode()
    assert "There is a problem" in answer.content.decode()


def test_a_burning_budget_has_an_alert_an_incident_and_a_silence_of_its_own(slo, table, event, world, clock):
    minute = timedelta(minutes=1)
    watch = Watch(AlertRule(minute, minute, minute), "ticket", "burn rate 14.4", {"burn": "14.4"})
    for _ in range(3):
        sample = Sample(clock.now(), alerting=True, on_target=False)
        state = advance(slo=slo, watch=watch, at=clock.now(), sample=sample, seen="burn rate 15.2 over 1 h")
        clock.move(minutes=1)
    breach(table, event, clock)
    assert state.phase is Phase.FIRING
    assert sorted(Alert.objects.values_list("burn", flat=True)) == ["", "14.4"]
    assert {(each.kind, each.severity) for each in Incident.objects.all()} == {("burn", "ticket"), ("breach", "page")}
    burn = Incident.objects.get(kind="burn")
    assert "burn rate 15.2 over 1 h" in burn.timeline.first().text
    quiet(world, clock, burn="*.*")
    assert silence_over(burn, clock.now())
    assert not silence_over(Incident.objects.get(kind="breach"), clock.now())


def _in_an_hour(clock):
    return (clock.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
