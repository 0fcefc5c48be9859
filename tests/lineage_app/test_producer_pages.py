"""The producers' pages: everybody sees who sends and what is wrong; bodies are for the token's team alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from lineage_app.models import RefusedEvent
from lineage_app.selectors.tallies import totals
from lineage_app.services import project_all
from lineage_app.services.counting import count_all
from portal.core.clock.services import now
from portal.core.identity.models import ServiceToken
from tests.lineage_app.sending import event, post

BATCH = "/api/v1/lineage/batch"


@pytest.fixture
def theirs(world: Any) -> str:
    """A token of Data Platform for demo*."""
    return world.token("lineage:write", namespaces=("demo*",), team=world.platform)


@pytest.fixture
def sent(theirs: str) -> ServiceToken:
    """Five events: two plain, one lenient, one foreign, one refused; counted and projected."""
    post(theirs, [event(run=1), event(run=2)], BATCH)
    post(theirs, event(run=3) | {"eventTime": "2026-03-01T10:00:00"})
    post(theirs, event(run=4, inputs=[{"namespace": "elsewhere", "name": "x"}]))
    post(theirs, event(run=5) | {"eventTime": "yesterday, says eve@example.org"})
    count_all()
    project_all()
    return ServiceToken.objects.get()


def page(world: Any, name: str, *args: Any, who: str = "cleo", **query: Any) -> Any:
    return world.client(who).get(reverse(f"lineage:{name}", args=args), query)


def words(answer: Any) -> str:
    """The page's text without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_list_shows_each_token_with_its_counts_and_links_to_the_rows(world: Any, sent: ServiceToken) -> None:
    answer = page(world, "producers")
    row = answer.context["senders"][0]
    counted = row.counted
    assert (counted.kept, counted.lenient, counted.foreign, counted.refused) == (4, 1, 1, 1)
    assert (counted.hour, counted.day, sum(counted.line)) == (4, 4, 4)
    assert row.state == ("Sending", "ok")
    links = re.findall(rf'href="(/lineage/producers/{sent.pk}/[^"]*)"', answer.content.decode())
    listed = {link: len(world.client("cleo").get(link).context.get("rows", ())) for link in links if "events" in link}
    assert listed == {
        f"/lineage/producers/{sent.pk}/events/": 4,
        f"/lineage/producers/{sent.pk}/events/?only=lenient": 1,
        f"/lineage/producers/{sent.pk}/events/?only=foreign": 1,
    }


def test_a_token_that_sent_nothing_is_listed_so_that_its_silence_is_seen(world: Any, theirs: str) -> None:
    assert page(world, "producers").context["senders"][0].state == ("Nothing sent yet", "wait")
    assert "Nothing sent yet" in words(page(world, "producer", ServiceToken.objects.get().pk))


def test_a_producer_that_fell_silent_is_quiet_and_an_expired_one_says_so(
    world: Any, sent: ServiceToken, clock: Any
) -> None:
    clock.move(hours=20)
    assert page(world, "producer", sent.pk).context["sender"].state == ("Sending", "ok")
    sent.expires_at = now() + timedelta(days=9)
    sent.save()
    clock.move(hours=6)
    found = page(world, "producer", sent.pk).context["sender"]
    assert (found.state, found.counted.day, found.counted.kept) == (("Quiet", "warn"), 0, 4)
    clock.move(days=10)
    assert page(world, "producer", sent.pk).context["sender"].state == ("Expired", "off")


def test_one_producers_page_says_how_to_mend_each_departure_and_what_was_outside(
    world: Any, sent: ServiceToken
) -> None:
    text = words(page(world, "producer", sent.pk))
    for part in (
        "https://pipelines.example/1",
        "no time zone",
        "end eventTime with Z",
        "elsewhere",
        "No time 1",
        "RFC 3339",
    ):
        assert part in text
    assert "eve@example.org" not in text


def test_the_lists_of_events_show_their_marks_and_lead_to_the_run(world: Any, sent: ServiceToken) -> None:
    lenient = page(world, "producer-events", sent.pk, only="lenient", mark="no time zone")
    assert [row.marks for row in lenient.context["rows"]] == [["no time zone"]]
    run = re.search(r'href="(/lineage/runs/\d+/)"', lenient.content.decode())
    assert run
    assert world.client("cleo").get(run[1]).status_code == 200
    assert "Foreign" in words(page(world, "producer-events", sent.pk, only="foreign"))


def test_a_long_list_goes_on_where_it_ended_though_a_batch_has_one_time(world: Any, theirs: str) -> None:
    post(theirs, [event(run=number) for number in range(120)], BATCH)
    post(theirs, event(run=200))
    count_all()
    pk, seen, query = ServiceToken.objects.get().pk, [], {}
    while True:
        answer = page(world, "producer-events", pk, **query)
        seen += [row.raw.pk for row in answer.context["rows"]]
        if not answer.context["older"]:
            break
        query = {"before": answer.context["older"]}
    assert len(seen) == len(set(seen)) == 121
    for nonsense in ("nonsense~9", "0001-01-01T00:00:00+00:00~1", "9999-12-31T23:59:59-14:00~1", f"{now()}~{2**70}"):
        assert page(world, "producer-events", pk, before=nonsense, only="7", mark="x").status_code == 200


@pytest.mark.parametrize("name", ["producer", "producer-events", "refused-events", "refused-event"])
def test_a_number_that_nobody_has_is_a_404(world: Any, theirs: str, name: str) -> None:
    assert page(world, name, 10**30, who="ada").status_code == 404
    assert page(world, name, 0, who="ada").status_code == 404


def test_events_from_long_ago_are_found_without_reading_what_came_since(world: Any, theirs: str, clock: Any) -> None:
    post(theirs, [event(run=number) for number in range(3)], BATCH)
    count_all()
    clock.move(hours=23)
    assert len(page(world, "producer-events", ServiceToken.objects.get().pk).context["rows"]) == 3


@pytest.mark.parametrize(("who", "sees"), [("ana", True), ("bob", True), ("ada", True)])
def test_the_tokens_team_and_administrators_see_a_refused_body(
    world: Any, sent: ServiceToken, who: str, sees: bool
) -> None:
    assert "The newest refused events" in words(page(world, "producer", sent.pk, who=who))
    listed = page(world, "refused-events", sent.pk, who=who, reason="time")
    assert [row.reason for row, _ in listed.context["rows"]] == ["time"]
    body = page(world, "refused-event", RefusedEvent.objects.get().pk, who=who)
    assert "eve@example.org" in body.content.decode()
    assert "no-store" in body["Cache-Control"]


@pytest.mark.parametrize("who", ["cleo", "dan", "pia", "aud", "hal", "otto"])
def test_nobody_else_sees_a_refused_body_but_everybody_the_count(world: Any, sent: ServiceToken, who: str) -> None:
    assert page(world, "refused-events", sent.pk, who=who).status_code == 403
    assert page(world, "refused-event", RefusedEvent.objects.get().pk, who=who).status_code == 403
    text = words(page(world, "producer", sent.pk, who=who))
    assert "Owners and contributors of Data Platform can see the newest" in text


def test_without_a_team_refused_events_are_for_administrators_alone(world: Any, token: str) -> None:
    post(token, b"bad")
    pk = RefusedEvent.objects.get().pk
    assert page(world, "refused-event", pk, who="ana").status_code == 403
    assert page(world, "refused-event", pk, who="ada").status_code == 200


def test_a_hostile_body_is_text(world: Any, theirs: str) -> None:
    post(theirs, b"</pre><script>alert(1)</script>\0\xff")
    html = page(world, "refused-event", RefusedEvent.objects.get().pk, who="ana").content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_the_front_page_counts_at_once_and_never_reads_the_events(theirs: str, django_assert_num_queries: Any) -> None:
    post(theirs, event(run=1))
    post(theirs, b"bad")
    wanted = {"kept": 1, "lenient": 0, "foreign": 0, "refused": 1, "waiting": 1}
    with django_assert_num_queries(1) as asked:
        assert totals() == wanted
    assert "lineage_app_rawevent" not in asked[0]["sql"]
    count_all()
    assert totals() == wanted
