"""The pages as people meet them: board, SLO, incident, asset panel and worklist."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from portal.core.catalog.panels import panels
from portal.core.catalog.worklist import waiting_for
from slo_app.models import Slo
from slo_app.services import acknowledge, resolve
from tests.slo_app.estate import activate, asset_on, freshness_of, the_incident, work, work_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def asset(table, world, monkeypatch):
    """An asset in PostgreSQL."""
    return asset_on(table, world, monkeypatch)


@pytest.fixture
def incident(asset, table, event, clock):
    """Freshness that has fired."""
    slo = freshness_of(asset)
    table.fill(event(1, 45))
    work_for(clock, 5)
    return the_incident(slo)


def page(client, url, status=200, **how):
    response = client.get(url, **how)
    assert response.status_code == status
    return response.content.decode()


def test_an_empty_board_says_what_to_do_next(world):
    html = page(world.client("cleo"), reverse("slos:board"))
    assert "Nothing is promised yet" in html
    assert "/contracts/" in html


def test_the_board_shows_value_target_state_and_owner_and_the_incomplete_as_incomplete(asset, table, event, world):
    table.fill(event(1, 3))
    activate(asset, world.ana)
    work()
    html = page(world.client("cleo"), reverse("slos:board"))
    assert "2 of 3 are measured and on target" in html
    assert "≤ 15 min" in html
    assert "Data Platform" in html
    assert "Nothing says what complete means" in html


@pytest.mark.parametrize(
    ("query", "found"),
    [("kind=freshness", 1), ("state=on_target", 2), ("state=firing", 0), ("text=nothing", 0), ("team=platform", 3)],
)
def test_the_boards_filters_are_in_its_url(asset, table, event, world, query, found):
    table.fill(event(1, 3))
    activate(asset, world.ana)
    work()
    html = page(world.client("cleo"), f"{reverse('slos:board')}?{query}")
    assert html.count('<th scope="row">') == found
    assert ("No SLO fits these filters" in html) == (found == 0)


def test_the_board_asks_the_same_number_of_questions_for_one_slo_and_for_many(
    asset, world, django_assert_num_queries, django_assert_max_num_queries
):
    activate(asset, world.ana)
    client = world.client("cleo")
    client.get(reverse("slos:board"))
    with django_assert_max_num_queries(30) as few:
        client.get(reverse("slos:board"))
    for number in range(5):
        freshness_of(asset, kind=f"other_{number}")
    with django_assert_num_queries(len(few)):
        client.get(reverse("slos:board"))


def test_a_long_board_has_pages_with_the_worst_on_the_first_and_the_trend_on_each(incident, asset, world):
    for number in range(60):
        freshness_of(asset, kind=f"other_{number}")
    client = world.client("cleo")
    first, second = (page(client, f"{reverse('slos:board')}?page={number}") for number in (1, 2))
    assert first.count('<th scope="row">') == 15
    assert second.count('<th scope="row">') == 15
    assert incident.get_absolute_url() in first
    assert "15 of 61" in first
    assert re.search(r'<path d="M[^"]*L', first), "the trend of several measurements is a line"


def test_a_page_of_one_slo_has_chart_measurements_counts_runbook_and_contract(asset, table, event, world, clock):
    table.fill(event(1, 3))
    activate(asset, world.ana)
    work_for(clock, 6)
    html = page(world.client("cleo"), Slo.objects.get(kind="freshness").get_absolute_url())
    for part in ("<polyline", "alert &gt; 20 min", "--from-latest-success", "events 1.0.0", "without a time", "% left"):
        assert part in html
    html = page(world.client("cleo"), Slo.objects.get(kind="accuracy").get_absolute_url())
    assert "amount &gt;= 0" in html
    html = page(world.client("cleo"), Slo.objects.get(kind="completeness").get_absolute_url())
    assert "counts as unknown, never as met" in html
    assert "Probe now" not in html


def test_only_handlers_see_what_they_may_do(incident, world):
    url = incident.get_absolute_url()
    assert "Acknowledge</button>" in page(world.client("dan"), url)
    for name in ("cleo", "otto", "bob"):
        html = page(world.client(name), url)
        assert "Acknowledge</button>" not in html
        assert "<textarea" not in html


def test_an_incident_is_acknowledged_ticked_off_resolved_and_learnt_from_on_its_page(incident, world):
    client, url = world.client("dan"), incident.get_absolute_url()
    assert "Rerun the job." in page(client, url)

    def post(name, data=None, **extra):
        return client.post(reverse(f"slos:{name}", kwargs={"pk": incident.pk} | extra), data or {}, follow=True)

    assert "You took on" in post("acknowledge").content.decode()
    assert "already acknowledged" in post("acknowledge").content.decode()
    assert "Undo" in post("step", {"done": "yes"}, number=0).content.decode()
    refused = post("resolve", {"resolve-cause": ""})
    assert refused.status_code == 422
    assert "There is a problem" in refused.content.decode()
    assert "late partition" in post("resolve", {"resolve-cause": "late partition"}).content.decode()
    html = post("postmortem", {"postmortem-text": "We look earlier."}).content.decode()
    assert "Closed" in html
    assert "We look earlier." in html


def test_a_silence_is_shown_with_its_end_and_reason(incident, world):
    client = world.client("dan")
    url = reverse("slos:silence", args=[incident.pk])
    assert client.post(url, {"silence-minutes": "60", "silence-reason": ""}).status_code == 422
    html = client.post(url, {"silence-minutes": "60", "silence-reason": "planned"}, follow=True).content.decode()
    assert "Silenced until" in html
    assert "planned" in html


def test_the_polled_part_is_a_fragment_for_htmx_and_a_page_for_everybody_else(incident, world):
    url = reverse("slos:incident-state", args=[incident.pk])
    fragment = page(world.client("cleo"), url, headers={"HX-Request": "true"})
    assert fragment.lstrip().startswith("<section")
    assert "hx-get" in fragment
    assert "<html" in page(world.client("cleo"), url)


def test_a_resolved_incident_no_longer_polls(incident, world):
    resolve(user=world.dan, incident=incident, cause="late partition")
    html = page(world.client("cleo"), incident.get_absolute_url())
    assert "hx-get" not in html.split("<main")[1], "the bell of the frame asks for notices; the incident asks no more"


def test_open_incidents_and_due_postmortems_wait_for_the_owner_and_the_on_call_and_for_nobody_else(incident, world):
    for person in (world.ana, world.dan):
        [item] = waiting_for(person)["To fix"]
        assert (item.state_word, item.state_kind) == ("Firing", "bad")
    for person in (world.cleo, world.otto, world.bob, world.aud):
        assert waiting_for(person)["To fix"] == []
    acknowledge(user=world.dan, incident=incident)
    assert waiting_for(world.dan)["To fix"][0].state_word == "Acknowledged"
    resolved = resolve(user=world.dan, incident=incident, cause="late partition")
    [item] = waiting_for(world.dan)["Due soon"]
    assert item.when == resolved.resolved_at + timedelta(hours=24)


def test_the_asset_page_has_a_panel_with_the_slos(asset, world):
    activate(asset, world.ana)
    [panel] = [each for each in panels() if each.key == "slo"]
    assert len(panel.context(world.cleo, asset)["rows"]) == 3


def test_asking_for_a_probe_on_the_page_makes_it_due(asset, table, event, world, clock):
    table.fill(event(1, 3))
    slo = freshness_of(asset)
    work()
    html = world.client("dan").post(reverse("slos:probe", args=[slo.pk]), follow=True).content.decode()
    assert "A probe is on its way" in html
    assert work() == 1
