"""A person's digest: when it is due, what stands in it, and that nobody gets it twice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from portal.core.catalog import worklist
from portal.core.catalog.worklist import WorkItem
from portal.core.clock import services as clock
from portal.core.clock.services import now
from portal.core.notify import people
from portal.core.notify.domain.digest import Days, Hour
from portal.core.notify.models import Message
from portal.core.notify.selectors import digests_due
from portal.core.notify.services import deliver_waiting, enqueue
from portal.core.notify.subjects import Way, subjects
from portal.pages.digest.tasks import write_digests


@pytest.fixture
def monday(world):
    """Monday at six in the morning, UTC; who is on hand has been here for a week."""
    at = datetime(2026, 12, 7, 6, tzinfo=UTC)
    clock.move(at - now() + clock.offset())
    type(world.ana).objects.update(date_joined=at - timedelta(days=7))
    return at


def later(**span):
    clock.move(clock.offset() + timedelta(**span))


def tell(person, key="k1"):
    with transaction.atomic():
        enqueue(
            channel="email",
            address=person.email,
            subject="orders 2.0 was proposed",
            body="Look at it.",
            dedup_key=key,
            about=subjects()["contracts"],
            path="/contracts/",
        )


def digest_wanted(person, **hour):
    people.choose(person=person, ways={"contracts": Way.DIGEST}, digest=Hour(**hour))


def test_notices_of_the_digest_come_once_at_the_hour_that_was_chosen(world, monday, mailoutbox):
    digest_wanted(world.ana, days=Days.WORKING, hour=7)
    tell(world.ana)
    assert write_digests() == 0
    later(hours=1)
    assert write_digests() == 1
    assert write_digests() == 0
    deliver_waiting()
    [letter] = [each for each in mailoutbox if each.to == [world.ana.email]]
    assert letter.subject.endswith("1 notice")
    assert "orders 2.0 was proposed" in letter.body
    assert "/notices/ways/" in letter.body


def test_what_was_told_already_does_not_come_again_the_next_day(world, monday):
    digest_wanted(world.ana, hour=7)
    tell(world.ana)
    later(hours=1)
    assert write_digests() == 1
    later(days=1)
    assert write_digests() == 0


def test_who_wants_none_gets_none_and_nothing_is_due_at_the_weekend(world, monday):
    for each in (world.ana, world.bob):
        tell(each)
    digest_wanted(world.ana, days=Days.NEVER)
    digest_wanted(world.bob, days=Days.WORKING, hour=7)
    later(days=5, hours=1)
    write_digests()
    due = digests_due(now() + timedelta(days=1))
    assert world.ana.pk not in due
    assert world.bob.pk not in due


def test_nothing_is_sent_where_nothing_waits(world, monday):
    later(hours=1)
    assert write_digests() == 0
    assert not Message.objects.filter(dedup_key__startswith="digest:").exists()


def test_work_that_waits_stands_in_it_by_group_with_where_it_leads(world, monday, monkeypatch, mailoutbox):
    items = [WorkItem("To fix", f"Breach number {n}", f"/slos/{n}/", monday, "Breached", "bad") for n in range(7)]
    monkeypatch.setattr(worklist, "_sources", [(10, lambda user: items if user == world.ana else [])])
    later(hours=1)
    assert write_digests() == 1
    deliver_waiting()
    [letter] = mailoutbox
    assert (letter.to, letter.subject) == ([world.ana.email], "Custody: 7 things wait for you")
    assert "To fix (7)" in letter.body
    assert "/slos/4/" in letter.body
    assert "- and 2 more" in letter.body


def test_a_work_list_that_fails_keeps_one_digest_back_and_not_the_others(world, monday, monkeypatch):
    def source(user):
        if user == world.ana:
            raise RuntimeError("this person's list cannot be read")
        return [WorkItem("To fix", "Breach", "/slos/1/", monday, "Breached", "bad")] if user == world.bob else []

    monkeypatch.setattr(worklist, "_sources", [(10, source)])
    later(hours=1)
    assert write_digests() == 1
    assert digests_due(now()) == [world.ana.pk]
