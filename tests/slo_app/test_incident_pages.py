"""The list of incidents and the page of one: filters in the address, polling that disturbs nobody, what to do next."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.core.catalog.worklist import waiting_for
from slo_app.models import Incident, Precedent
from slo_app.services import acknowledge, resolve
from tests.slo_app.estate import asset_on, freshness_of, the_incident, work_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(table, event, world, clock, monkeypatch):
    """Freshness that has fired."""
    slo = freshness_of(asset_on(table, world, monkeypatch))
    table.fill(event(1, 45))
    work_for(clock, 5)
    return the_incident(slo)


def listed(world, query="", name="cleo"):
    answer = world.client(name).get(f"{reverse('slos:incidents')}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


FILTERS = [
    ("", True),
    ("?state=untaken", True),
    ("?state=resolved", False),
    ("?state=all&severity=page&kind=freshness&team=platform", True),
    ("?severity=ticket", False),
    ("?about=no_data", False),
    ("?text=event", True),
    ("?text=nothing", False),
    ("?state=never_acknowledged", False),
    ("?state=nonsense", True),
]


@pytest.mark.parametrize(("query", "found"), FILTERS, ids=[query or "none" for query, _ in FILTERS])
def test_the_filters_of_the_list_are_in_its_address(incident, world, query, found):
    html = listed(world, query)
    assert (incident.number in html) == found
    assert ("No such incident" in html) == (not found)


def test_mine_are_those_of_my_teams(incident, world):
    assert incident.number in listed(world, "?mine=on", "dan")
    assert incident.number not in listed(world, "?mine=on", "otto")
    assert "Of my teams" not in listed(world)


def test_an_incident_that_nobody_took_on_is_found_afterwards(incident, world):
    resolve(user=world.dan, incident=incident, cause="late partition")
    assert incident.number in listed(world, "?state=never_acknowledged")
    assert incident.number in listed(world, "?state=unlearnt")
    assert "Nothing is open" in listed(world)


def test_polling_swaps_nothing_while_nothing_has_changed(incident, world, clock):
    client, url = world.client("dan"), reverse("slos:incident-state", args=[incident.pk])

    def poll(seen=""):
        return client.get(url, {"seen": seen}, headers={"HX-Request": "true"})

    first = poll()
    mark = first.content.decode().split("?seen=")[1].split('"')[0]
    assert poll(mark).status_code == 204
    acknowledge(user=world.ana, incident=incident)
    changed = poll(mark)
    assert changed.status_code == 200
    assert "by Ana Owner" in changed.content.decode()
    clock.move(minutes=1)
    assert poll(changed.content.decode().split("?seen=")[1].split('"')[0]).status_code == 200


def test_the_page_shows_value_chart_labels_delivery_and_what_came_first_upstream(incident, world):
    early = Incident.objects.create(
        alert=incident.alert, slo=incident.slo, kind="breach", severity="page",
        fired_at=incident.fired_at - timedelta(minutes=12), resolved_at=incident.fired_at,
    )  # fmt: skip
    Precedent.objects.create(incident=incident, upstream=early, lead=timedelta(minutes=12), distance=2)
    html = world.client("cleo").get(incident.get_absolute_url()).content.decode()
    for part in ("<polyline", early.number, "12 min", "tests/events", "Told Dan On-Call by E-mail.", "Waiting"):
        assert part in html


def test_keyboard_goes_from_the_acknowledgement_to_the_runbook_and_from_step_to_step(incident, world):
    client = world.client("dan")
    answer = client.post(reverse("slos:acknowledge", args=[incident.pk]), {"minutes": "30"})
    assert answer.url.endswith("#runbook")
    incident.alert.refresh_from_db()
    assert incident.alert.acknowledged_until is not None
    answer = client.post(reverse("slos:step", args=[incident.pk, 0]), {"done": "yes"})
    assert answer.url.endswith("#runbook-done")
    assert 'id="runbook-done"' in client.get(incident.get_absolute_url()).content.decode()


def test_the_post_mortem_starts_from_a_template_with_the_timeline_and_the_cause(incident, world, clock):
    acknowledge(user=world.dan, incident=incident)
    resolve(user=world.dan, incident=incident, cause="late partition")
    client, url = world.client("dan"), incident.get_absolute_url()
    html = client.get(url).content.decode()
    for part in ("Timeline (UTC)", "Dan On-Call took it on.", "What will be different", "late partition"):
        assert part in html
    refused = client.post(reverse("slos:postmortem", args=[incident.pk]), {"postmortem-text": "Impact\nCause\nx"})
    assert refused.status_code == 422
    assert "Nothing stands under" in refused.content.decode()
    assert waiting_for(world.ana)["Due soon"][0].state_word == "Post-mortem due"
    clock.move(hours=25)
    [late] = waiting_for(world.ana)["Due soon"]
    assert (late.state_word, late.state_kind) == ("Post-mortem overdue", "bad")
