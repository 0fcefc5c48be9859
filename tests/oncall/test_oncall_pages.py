"""The on-call pages as people use them."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from portal.core.catalog.models import TeamAddress
from portal.core.evidence.models import Entry
from portal.core.identity.models import Membership
from portal.core.notify.models import Message
from portal.core.notify.services import deliver_waiting
from portal.core.oncall.models import Level, Override, Page, Plan, Rotation
from portal.core.oncall.selectors import on_call_of
from portal.core.oncall.services import page

pytestmark = pytest.mark.django_db


def text_of(answer):
    """What a reader of the page sees."""
    return " ".join(re.sub("<[^>]+>", " ", answer.content.decode().split("<main")[1]).split())


def local(at):
    return at.strftime("%Y-%m-%dT%H:%M")


def test_an_owner_starts_a_rotation_and_the_page_shows_who_is_on_call_now_and_next(world, clock):
    client = world.client("ana")
    wish = {
        "name": "First line", "starts_on": str((clock.now() - timedelta(days=1)).date()), "hand_off": "09:00",
        "time_zone": "Europe/Berlin", "period": "week", "layer": "1",
        "person_1": world.dan.pk, "person_2": world.ana.pk,
    }  # fmt: skip
    answer = client.post("/on-call/teams/platform/rotations/add/", wish, follow=True)
    assert on_call_of(world.platform, clock.now()) == [world.dan]
    seen = text_of(answer)
    assert "1. Rotation First line Dan On-Call Ana Owner," in seen
    assert "First line is planned from" in seen
    assert "<svg" in answer.content.decode()
    assert Entry.objects.filter(kind="oncall:rotation:planned").count() == 1


def test_a_rotation_takes_only_people_who_may_be_on_call_for_the_team(world, clock):
    wish = {
        "name": "First line", "starts_on": str(clock.now().date()), "hand_off": "09:00", "time_zone": "Mars/Olympus",
        "period": "week", "layer": "1", "person_1": world.otto.pk,
    }  # fmt: skip
    answer = world.client("ana").post("/on-call/teams/platform/rotations/add/", wish)
    assert answer.status_code == 422
    assert not Rotation.objects.exists()


def test_the_past_of_a_rotation_cannot_be_planned_anew(world, clock, rotation_of):
    rotation = rotation_of(world.platform, world.dan, world.ana)
    wish = {
        "starts_on": str((clock.now() - timedelta(days=3)).date()), "hand_off": "09:00", "time_zone": "Europe/Berlin",
        "period": "week", "layer": "1", "person_1": world.ana.pk,
    }  # fmt: skip
    answer = world.client("ana").post(f"/on-call/rotations/{rotation.pk}/plan/", wish)
    assert "The past stays as it was" in text_of(answer)
    wish["starts_on"] = str((clock.now() + timedelta(days=3)).date())
    world.client("ana").post(f"/on-call/rotations/{rotation.pk}/plan/", wish)
    assert Plan.objects.filter(rotation=rotation).count() == 2


def test_i_take_a_shift_am_on_call_in_it_and_give_it_back(world, clock, rotation_of):
    rotation = rotation_of(world.platform, world.dan, world.ana)
    [person] = on_call_of(world.platform, clock.now())
    other, name = (world.ana, "ana") if person == world.dan else (world.dan, "dan")
    start = clock.now()
    wish = {
        "rotation": rotation.pk, "person": other.pk, "starts_at": local(start),
        "ends_at": local(start + timedelta(hours=9)), "zone": "UTC", "reason": "Swapped",
    }  # fmt: skip
    answer = world.client(name).post("/on-call/teams/platform/take/", wish, follow=True)
    assert on_call_of(world.platform, clock.now()) == [other]
    assert f"{other.name} is on call in First line for that time." in text_of(answer)
    assert "took it over" in answer.content.decode()
    made = Override.objects.get()
    world.client("dan").post(f"/on-call/overrides/{made.pk}/withdraw/")
    assert on_call_of(world.platform, clock.now()) == [person]
    kinds = set(Entry.objects.filter(kind__startswith="oncall:override").values_list("kind", flat=True))
    assert kinds == {"oncall:override:made", "oncall:override:withdrawn"}


def test_times_of_a_shift_are_in_the_zone_that_is_chosen(world, clock, rotation_of):
    rotation = rotation_of(world.platform, world.dan)
    wish = {
        "rotation": rotation.pk, "person": world.ana.pk, "starts_at": "2099-07-01T20:00", "ends_at": "2099-07-02T08:00",
        "zone": "Europe/Berlin",
    }  # fmt: skip
    world.client("ana").post("/on-call/teams/platform/take/", wish)
    made = Override.objects.get()
    assert made.starts_at.isoformat() == "2099-07-01T18:00:00+00:00"


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (5, 3, "The end has to be after the beginning."),
        (-9, -3, "That time is over."),
        (1, 24 * 60, "plan the rotation anew"),
    ],
)
def test_a_shift_that_cannot_be_taken_says_why(world, clock, rotation_of, start, end, sentence):
    rotation = rotation_of(world.platform, world.dan)
    at = clock.now()
    wish = {
        "rotation": rotation.pk, "person": world.dan.pk, "zone": "UTC",
        "starts_at": local(at + timedelta(hours=start)), "ends_at": local(at + timedelta(hours=end)),
    }  # fmt: skip
    answer = world.client("dan").post("/on-call/teams/platform/take/", wish)
    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_who_is_away_is_covered_cannot_take_a_shift_and_comes_back(world, clock, rotation_of):
    rotation = rotation_of(world.platform, world.dan, world.ana)
    [person] = on_call_of(world.platform, clock.now())
    name = "dan" if person == world.dan else "ana"
    span = {"starts_at": local(clock.now() - timedelta(hours=1)), "ends_at": local(clock.now() + timedelta(hours=9))}
    answer = world.client(name).post("/on-call/mine/", span | {"zone": "UTC"}, follow=True)
    assert "You are away" in text_of(answer)
    assert on_call_of(world.platform, clock.now()) != [person]
    taking = span | {"rotation": rotation.pk, "person": person.pk, "zone": "UTC"}
    assert "is away then" in text_of(world.client(name).post("/on-call/teams/platform/take/", taking))
    world.client(name).post(f"/on-call/mine/absences/{person.absences.get().pk}/end/")
    assert on_call_of(world.platform, clock.now()) == [person]


def test_who_left_and_a_gap_are_findings_on_the_pages(world, rotation_of):
    rotation_of(world.platform, world.dan)
    Membership.objects.filter(user=world.dan).delete()
    for path in ("/on-call/", "/on-call/teams/platform/"):
        seen = text_of(world.client("ana").get(path))
        assert "Dan On-Call stands in First line and may no longer be on call" in seen
        assert "Nobody is on call in First line." in seen
    assert "On call of Data Platform: Nobody is on call in First line." in text_of(world.client("ana").get("/"))
    assert "Nobody is on call" not in text_of(world.client("otto").get("/"))


def test_levels_are_set_in_a_form_and_emptied_to_the_usual_ones(world, rotation_of):
    rotation = rotation_of(world.platform, world.dan)
    wish = {
        "repeats": "3", "who_1": f"rotation:{rotation.pk}", "wait_1": "5", "who_3": "addresses:slack", "wait_3": "20",
        "who_2": f"person:{world.ana.pk}", "wait_2": "",
    }  # fmt: skip
    answer = world.client("ana").post("/on-call/teams/platform/levels/", wish, follow=True)
    levels = list(Level.objects.order_by("position"))
    assert [level.target for level in levels] == ["rotation", "person", "addresses"]
    assert [level.wait for level in levels] == [timedelta(minutes=m) for m in (5, 15, 20)]
    assert (levels[1].person, levels[2].channel) == (world.ana, "slack")
    assert "Climbed again 3 times" in text_of(answer)
    again = world.client("ana").get("/on-call/teams/platform/levels/")
    assert re.search(r'value="addresses:slack"\s+selected', again.content.decode())
    world.client("ana").post("/on-call/teams/platform/levels/", {"repeats": "2"})
    assert not Level.objects.exists()


def test_more_than_five_repeats_are_refused(world):
    answer = world.client("ana").post("/on-call/teams/platform/levels/", {"repeats": "6", "who_1": "owners"})
    assert answer.status_code == 422
    assert not Level.objects.exists()


def opened(world, clock, **changes):
    facts = {"summary": "Disk full", "body": "b", "severity": "page", "url": "", "details": {}, "at": clock.now()}
    return page(team=world.platform, key="k1", **facts | changes)


def test_a_page_is_acknowledged_and_resolved_on_its_own_page_and_waits_on_the_work_list(world, clock):
    made = opened(world, clock)
    assert f"{made.number}: Disk full" in text_of(world.client("dan").get("/"))
    assert f"/on-call/pages/{made.pk}/" in mailed()
    client = world.client("dan")
    seen = text_of(client.post(f"/on-call/pages/{made.pk}/acknowledge/", follow=True))
    assert "Dan On-Call took it on." in seen
    assert client.post(f"/on-call/pages/{made.pk}/resolve/", {"text": " "}).status_code == 422
    seen = text_of(client.post(f"/on-call/pages/{made.pk}/resolve/", {"text": "Freed space."}, follow=True))
    assert "Dan On-Call resolved it: Freed space." in seen
    assert Page.objects.get().resolved_at is not None
    kinds = list(Entry.objects.filter(kind__startswith="oncall:page").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["oncall:page:opened", "oncall:page:acknowledged", "oncall:page:resolved"]


def mailed():
    deliver_waiting()
    return mail.outbox[-1].body


def test_a_page_of_another_room_leads_there_and_is_not_acknowledged_here(world, clock):
    made = opened(world, clock, url="/slos/incidents/1/", elsewhere=True)
    answer = world.client("dan").get(made.get_absolute_url())
    assert 'href="/slos/incidents/1/"' in answer.content.decode()
    assert "acknowledge/" not in answer.content.decode()
    world.client("dan").post(f"/on-call/pages/{made.pk}/acknowledge/")
    assert Page.objects.get().acknowledged_at is None


def test_a_page_that_reached_nobody_stands_on_the_administrators_work_list(world, clock):
    Membership.objects.filter(team=world.platform).delete()
    made = opened(world, clock)
    assert f"{made.number}: Disk full (Data Platform could not be reached)" in text_of(world.client("ada").get("/"))


def test_an_address_is_added_tested_with_its_result_shown_and_removed(world, recorder):
    client = world.client("ana")
    wish = {"kind": "webhook", "text": f"{recorder.url}/hook", "secret": "", "purpose": "alerts"}
    client.post("/on-call/teams/platform/addresses/", wish)
    address = TeamAddress.objects.get()
    recorder.answers = [(418, {}, b"I am a teapot")]
    answer = client.post(f"/on-call/addresses/{address.pk}/test/", follow=True)
    assert "On its way" in text_of(answer)
    deliver_waiting()
    result = client.get(answer.redirect_chain[-1][0], headers={"HX-Request": "true"}).content.decode()
    assert "Refused" in result
    assert "The receiver answered 418: I am a teapot" in result
    assert "hx-trigger" not in result, "a result that is known is not polled for"
    assert recorder.json(0)["details"]["class"] == "CustodyTest"
    shown = client.post(f"/on-call/addresses/{address.pk}/key/").content.decode()
    from portal.core.notify.outgoing import own_key

    assert own_key(address.text) in shown
    client.post(f"/on-call/addresses/{address.pk}/remove/")
    assert not TeamAddress.objects.exists()


@pytest.mark.parametrize(
    ("kind", "text", "secret", "sentence"),
    [
        ("slack", "#data", "", "Slack needs it."),
        ("slack", "https://hooks.slack.com/services/T/B/x", "file:slack", "That address is itself a secret"),
        ("slack", "#data", "https://hooks.slack.com/services/T/B/x", "A secret is a reference, never a value"),
        ("pagerduty", "Platform", "env:HOME", "A secret is a reference, never a value"),
        ("webhook", "hooks.example", "", "Write the whole URL"),
        ("email", "nobody", "", "Enter a valid email address."),
    ],
)
def test_an_address_that_cannot_be_says_why(world, kind, text, secret, sentence):
    wish = {"kind": kind, "text": text, "secret": secret, "purpose": "alerts"}
    answer = world.client("ana").post("/on-call/teams/platform/addresses/", wish)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not TeamAddress.objects.exists()


def test_an_address_of_another_team_is_not_taken_from_it(world):
    TeamAddress.objects.create(team=world.logistics, text="https://hooks.example/1", kind="webhook", secret="file:x")
    wish = {"kind": "webhook", "text": "https://hooks.example/1", "secret": "", "purpose": "alerts"}
    answer = world.client("ana").post("/on-call/teams/platform/addresses/", wish)
    assert answer.status_code == 422
    assert TeamAddress.objects.get().secret == "file:x"


def test_the_outbox_says_what_waits_and_why_not_and_never_to_whom(world, clock):
    opened(world, clock)
    deliver_waiting()
    Message.objects.create(
        channel="slack", dedup_key="x", state="given_up", last_error="The receiver answered 404.", attempts=1,
        created_at=clock.now(), next_attempt_at=clock.now(),
    )  # fmt: skip
    seen = text_of(world.client("ada").get("/on-call/outbox/"))
    assert "The receiver answered 404." in seen
    assert "Delivered" in seen
    assert "dan@example.org" not in seen
    only = text_of(world.client("ada").get("/on-call/outbox/?state=given_up&channel=slack"))
    assert "1 message, the newest first" in only


def test_the_feed_shows_ones_own_shifts_and_an_address_that_was_changed_nothing(world, rotation_of):
    rotation_of(world.platform, world.dan, world.ana)
    page = world.client("dan").get("/on-call/mine/").content.decode()
    path = re.search(r"/on-call/mine/feed/[^<\s]+\.ics", page)[0]
    answer = world.client().get(path)
    assert answer["Content-Type"].startswith("text/calendar")
    lines = answer.content.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "SUMMARY:On call: Data Platform: First line" in lines
    assert all(len(line.encode()) <= 75 for line in lines)
    assert world.client().get(path.replace(".ics", "x.ics")).status_code == 404
    assert world.client().get("/on-call/mine/feed/nonsense.ics").status_code == 404
    world.dan.set_password("another one altogether")
    world.dan.save()
    assert world.client().get(path).status_code == 404
