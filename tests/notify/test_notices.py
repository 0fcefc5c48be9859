"""What people see of what they were told, and that they are told in the way that they chose."""

import pytest
from django.db import transaction
from django.urls import reverse

from portal.core.notify import people, selectors
from portal.core.notify.domain.digest import Days, Hour
from portal.core.notify.models import Message, Notice
from portal.core.notify.services import enqueue
from portal.core.notify.subjects import Way, subjects


def tell(address, key="k1", path="/contracts/"):
    with transaction.atomic():
        enqueue(
            channel="email",
            address=address,
            subject="orders 2.0 was proposed",
            body="Look at it.",
            dedup_key=key,
            about=subjects()["contracts"],
            path=path,
        )


def choose(person, way, **more):
    people.choose(person=person, ways={"contracts": way}, digest=Hour(**more))


def test_a_letter_to_somebody_of_the_portal_stands_on_their_page_once_and_is_sent(world):
    for _ in range(2):
        tell(world.ana.email.upper())
    notice = Notice.objects.get()
    assert (notice.person, notice.text, notice.path) == (world.ana, "orders 2.0 was proposed", "/contracts/")
    assert Message.objects.count() == 1


def test_a_letter_to_an_address_of_nobody_here_is_sent_and_stands_nowhere(world):
    tell("partner@elsewhere.example")
    assert (Notice.objects.count(), Message.objects.count()) == (0, 1)


@pytest.mark.parametrize("way", [Way.DIGEST, Way.PAGE])
def test_who_wants_no_e_mail_at_once_gets_none_and_still_sees_it(world, way):
    choose(world.ana, way)
    tell(world.ana.email)
    assert (Notice.objects.get().way, Message.objects.count()) == (way, 0)


def test_the_page_lists_my_notices_newest_first_and_not_those_of_others(world):
    tell(world.ana.email, "k1")
    tell(world.ana.email, "k2")
    tell(world.bob.email, "k3")
    page = world.client("ana").get(reverse("notify:list"))
    assert [notice.key for notice, _ in page.context["rows"]] == ["k2", "k1"]


def test_opening_a_notice_leads_to_what_it_is_about_and_marks_it_as_read(world):
    tell(world.ana.email)
    notice = Notice.objects.get()
    client = world.client("ana")
    assert client.get(reverse("notify:unread"), HTTP_HX_REQUEST="true").content.count(b"count") == 1
    answer = client.get(notice.get_absolute_url())
    assert (answer.status_code, answer["Location"]) == (302, "/contracts/")
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert b"count" not in client.get(reverse("notify:unread"), HTTP_HX_REQUEST="true").content


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", ""])
def test_a_notice_leads_nowhere_outside_of_the_portal(world, path):
    tell(world.ana.email, path=path)
    answer = world.client("ana").get(Notice.objects.get().get_absolute_url())
    assert answer["Location"] == reverse("notify:list")


def test_marking_all_as_read_leaves_what_came_after_the_page_was_made(world):
    tell(world.ana.email, "k1")
    seen = Notice.objects.get()
    tell(world.ana.email, "k2")
    world.client("ana").post(reverse("notify:read"), {"until": seen.pk})
    assert [each.key for each in selectors.notices_of(world.ana, unread=True)] == ["k2"]


def test_a_choice_is_kept_and_shown_again(world):
    client = world.client("ana")
    chosen = {f"way-{key}": "digest" for key in subjects()}
    answer = client.post(
        reverse("notify:ways"), {**chosen, "days": "every", "hour": "6", "zone": "Europe/Zurich"}, follow=True
    )
    assert b"You are told in this way from now on." in answer.content
    assert set(selectors.ways_of(world.ana).values()) == {Way.DIGEST}
    assert selectors.hour_of(world.ana) == Hour(Days.EVERY, 6, "Europe/Zurich")
    assert set(selectors.ways_of(world.bob).values()) == {Way.NOW}


@pytest.mark.parametrize(
    ("field", "value"), [("zone", "Mars/Base"), ("hour", "24"), ("days", "x"), ("way-contracts", "x")]
)
def test_a_choice_that_there_is_not_is_refused_beside_its_field(world, field, value):
    chosen = {f"way-{key}": "now" for key in subjects()} | {"days": "every", "hour": "6", "zone": "UTC"}
    answer = world.client("ana").post(reverse("notify:ways"), chosen | {field: value})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
