"""A page reaches the person whose turn it is, climbs until somebody acknowledges it, and says what it did."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from portal.core.catalog.models import TeamAddress
from portal.core.clock.services import now
from portal.core.evidence.models import Entry
from portal.core.identity.models import Membership
from portal.core.notify.models import Message
from portal.core.oncall.models import Absence, Level, Override, Page, Policy
from portal.core.oncall.selectors import on_call_of, receivers, told
from portal.core.oncall.services import acknowledge, escalate_due, page, reopen, resolve, tell

pytestmark = pytest.mark.django_db


def open_page(team, at=None, **changes):
    fields = {
        "key": "k1", "summary": "Orders are stale", "body": "41 minutes", "severity": "page", "url": "/slos/",
        "details": {}, "at": at or now(),
    }  # fmt: skip
    return page(team=team, **fields | changes)


def ladder(team, *levels, repeats=0):
    """A ladder of levels, each with five minutes."""
    policy = Policy.objects.create(team=team, repeats=repeats, changed_at=now())
    for position, level in enumerate(levels, 1):
        Level.objects.create(policy=policy, position=position, **{"wait": timedelta(minutes=5)} | level)


def test_without_a_rotation_the_role_is_on_call_then_the_owners_then_the_mailbox(world):
    TeamAddress.objects.create(team=world.platform, text="platform@example.org", kind="email")
    assert on_call_of(world.platform, now()) == [world.dan]
    assert receivers(world.platform, now()) == [("email", "dan@example.org")]
    Membership.objects.filter(user=world.dan).delete()
    assert receivers(world.platform, now()) == [("email", "ana@example.org")]
    Membership.objects.filter(user=world.ana).delete()
    assert receivers(world.platform, now()) == [("email", "platform@example.org")]


def test_with_a_rotation_the_person_whose_turn_it_is_gets_the_page_and_nobody_else(world, rotation_of, posted):
    rotation_of(world.platform, world.dan, world.ana)
    present = now()
    expected = on_call_of(world.platform, present)
    assert len(expected) == 1
    open_page(world.platform)
    assert posted() == [(expected[0].email.split("@")[0], "Orders are stale")]


def test_who_takes_a_shift_is_on_call_in_it_and_who_is_away_is_covered(world, rotation_of, clock):
    rotation = rotation_of(world.platform, world.dan, world.ana)
    present = clock.now()
    [person] = on_call_of(world.platform, present)
    other = world.ana if person == world.dan else world.dan
    span = {"starts_at": present, "ends_at": present + timedelta(hours=8), "author": other, "created_at": present}
    taken = Override.objects.create(rotation=rotation, person=other, **span)
    assert on_call_of(world.platform, present) == [other]
    assert on_call_of(world.platform, present + timedelta(hours=8)) != []
    taken.delete()
    Absence.objects.create(person=person, **span)
    assert on_call_of(world.platform, present) == [other]


def test_who_was_deactivated_or_lost_the_role_is_skipped(world, rotation_of):
    rotation_of(world.platform, world.dan, world.ana)
    world.dan.is_active = False
    world.dan.save()
    assert on_call_of(world.platform, now()) == [world.ana]
    Membership.objects.filter(user=world.ana, team=world.platform).delete()
    assert on_call_of(world.platform, now()) == []


def test_a_page_climbs_to_the_next_level_after_its_wait_and_stops_when_somebody_acknowledges(world, posted, clock):
    ladder(world.platform, {"target": "on_call"}, {"target": "owners"}, {"target": "person", "person": world.hal})
    open_page(world.platform, clock.now())
    assert posted() == [("dan", "Orders are stale")]
    assert escalate_due(clock.now()) == 0
    clock.move(minutes=5)
    assert escalate_due(clock.now()) == 1
    assert posted() == [("ana", "Orders are stale")]
    acknowledge(key="k1", at=clock.now(), person=world.ana)
    clock.move(hours=1)
    assert escalate_due(clock.now()) == 0
    assert posted() == []
    found = Page.objects.get()
    assert (found.acknowledged_by, found.level) == (world.ana, 2)
    assert [step.what for step in found.steps.all()] == ["opened", "told", "waits", "told", "waits", "acknowledged"]


def test_an_empty_level_is_skipped_at_once_and_the_timeline_says_so(world, posted, clock):
    Membership.objects.filter(user=world.dan).delete()
    ladder(world.platform, {"target": "on_call"}, {"target": "owners"})
    open_page(world.platform, clock.now())
    assert posted() == [("ana", "Orders are stale")]
    assert "Level 1 (Everybody with the role on-call engineer) is empty" in Page.objects.get().steps.all()[1].text


def test_the_ladder_is_climbed_again_as_often_as_the_policy_says_and_then_says_that_nobody_answered(
    world, posted, clock
):
    ladder(world.platform, {"target": "on_call"}, repeats=2)
    open_page(world.platform, clock.now())
    for _ in range(6):
        clock.move(minutes=5)
        escalate_due(clock.now())
    assert [to for to, _ in posted()] == ["dan"] * 3
    assert Page.objects.get().steps.last().what == "exhausted"
    assert Page.objects.get().next_step_at is None


def test_a_page_that_reaches_nobody_is_told_to_the_owner_and_the_administrators_once(world, rotation_of, posted, clock):
    rotation = rotation_of(world.platform, world.dan)
    Membership.objects.filter(user=world.dan).delete()
    ladder(world.platform, {"target": "rotation", "rotation": rotation}, repeats=1)
    open_page(world.platform, clock.now())
    assert sorted(to for to, _ in posted()) == ["ada", "ana"]
    clock.move(minutes=5)
    escalate_due(clock.now())
    assert posted() == []
    assert Page.objects.get().unreached_at is not None
    assert Entry.objects.filter(kind="oncall:page:unreached").count() == 1
    Membership.objects.create(user=world.dan, team=world.platform, role="on_call")


def test_the_same_key_opens_one_page_and_what_comes_again_changes_its_words(world, posted):
    open_page(world.platform)
    again = open_page(world.platform, summary="Orders are very stale")
    assert Page.objects.count() == 1
    assert again.summary == "Orders are very stale"
    assert len(posted()) == 1


def test_a_ticket_is_told_once_and_climbs_only_when_it_becomes_a_page(world, posted, clock):
    ladder(world.platform, {"target": "on_call"}, {"target": "owners"})
    open_page(world.platform, clock.now(), severity="ticket")
    clock.move(hours=1)
    assert escalate_due(clock.now()) == 0
    assert [to for to, _ in posted()] == ["dan"]
    open_page(world.platform, clock.now(), severity="page")
    assert [to for to, _ in posted()] == ["ana"]


def test_resolving_tells_everybody_who_was_told_and_reopening_climbs_from_the_first_level(world, posted, clock):
    ladder(world.platform, {"target": "on_call"}, {"target": "owners"})
    open_page(world.platform, clock.now())
    clock.move(minutes=5)
    escalate_due(clock.now())
    posted()
    resolve(key="k1", at=clock.now(), text="Back at the target.")
    assert sorted(posted()) == [("ana", "Resolved: Orders are stale"), ("dan", "Resolved: Orders are stale")]
    assert resolve(key="k1", at=clock.now(), text="again") is None
    reopen(key="k1", at=clock.now(), text="Stale again.")
    assert posted() == [("dan", "Orders are stale")]
    assert acknowledge(key="nothing", at=clock.now(), person=world.ana) is None


def test_told_says_what_became_of_each_message_without_its_address(world, posted):
    open_page(world.platform)
    [before] = told("k1")
    assert (before.who, before.channel, before.level, before.state) == ("Dan On-Call", "email", 1, "waiting")
    posted()
    [after] = told("k1")
    assert after.state == "delivered"
    assert after.delivered_at is not None


def test_information_is_told_once_and_opens_no_page(world, posted):
    for _ in range(2):
        facts = {"summary": "Post-mortem due", "body": "INC-1", "url": "/x", "details": {}}
        tell(team=world.platform, key="pm1", at=now(), **facts)
    assert posted() == [("dan", "Post-mortem due")]
    assert not Page.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_page_in_a_transaction_that_fails_was_never_there(world):
    with pytest.raises(RuntimeError), transaction.atomic():
        open_page(world.platform)
        raise RuntimeError("the change failed")
    assert not Page.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_parallel_workers_open_one_page_and_take_each_step_once(world, clock):
    ladder(world.platform, {"target": "on_call"}, {"target": "owners"})

    def run(function):
        barrier = threading.Barrier(3)

        def work():
            try:
                barrier.wait(10)
                function()
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    present = clock.now()
    run(lambda: open_page(world.platform, present))
    assert Page.objects.count() == 1
    assert Message.objects.count() == 1
    run(lambda: escalate_due(present + timedelta(minutes=5)))
    assert Message.objects.count() == 2
    assert Page.objects.get().level == 2


def test_a_channel_that_has_no_word_for_it_is_neither_told_nor_said_to_have_been(world, clock):
    for kind, text in (("alertmanager", "https://am.example"), ("webhook", "https://hooks.example/1")):
        TeamAddress.objects.create(team=world.platform, text=text, kind=kind)
    open_page(world.platform, clock.now())
    acknowledge(key="k1", at=clock.now(), person=world.dan)
    tell(team=world.platform, key="x", summary="For information", body="b", url="", details={}, at=clock.now())
    assert sorted(Message.objects.values_list("channel", flat=True)) == [
        "alertmanager", "email", "email", "webhook", "webhook", "webhook",
    ]  # fmt: skip
    informed = Page.objects.get().steps.filter(what="informed")
    assert [step.text for step in informed] == ["Informed the team's webhook address by Webhook."]
