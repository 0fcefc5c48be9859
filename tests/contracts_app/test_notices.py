"""Who is told what happens to a contract: named consumers always, followers as they wish, each address once."""

from __future__ import annotations

import uuid

import pytest
from django.core import mail
from django.urls import reverse

from contracts_app import selectors, services
from contracts_app.domain.answers import Said
from contracts_app.models import Subscription
from contracts_app.tasks import move_versions_on
from lineage_app.models import Dataset, Edge, Job
from portal.core.catalog.services import adopt_asset
from portal.core.catalog.worklist import waiting_for
from portal.core.clock.services import now
from portal.core.events.models import Event
from portal.core.events.registry import consumers
from portal.core.events.services import consume
from portal.core.identity.actors import system_actor
from portal.core.notify.models import Message
from portal.core.notify.services import deliver_waiting
from tests.contracts_app.life import CONSUMED, EXAMPLE, propose, register_names, signed

BREAKING = CONSUMED.replace(b"target: 15", b"target: 19").replace(b"1.2.0", b"2.0.0")
AMOUNT = b"  amount_usd:  {type: float, min: 0.0, required: false}\n"


@pytest.fixture
def estate(world):
    world.asset = register_names(world)
    return world


def delivered() -> list[tuple[str, str]]:
    """Read what is new, deliver it, and give (address, subject) of each letter, sorted."""
    mail.outbox.clear()
    consume(consumers["contracts_app.notices"], limit=500)
    deliver_waiting(500)
    return sorted((letter.to[0], letter.subject) for letter in mail.outbox)


def told(subject: str) -> set[str]:
    return {address for address, line in delivered() if subject in line}


CONSUMERS = {"product-analytics@company.com", "cleo@example.org"}


def test_consumers_named_in_the_contract_are_told_of_each_step_by_mailbox_and_members(estate, clock):
    version = propose(estate)
    assert told("customer_events_v1 1.2.0 is proposed") == CONSUMERS
    version = signed(estate, CONSUMED + b"\ndescription: clearer\n")
    lines = delivered()
    assert {line for _, line in lines if "comes into force on" in line} == {
        f"customer_events_v1 1.2.0 comes into force on {version.notice_ends_at:%d %b %Y}"
    }
    assert ("cleo@example.org", "customer_events_v1 1.2.0 is withdrawn") in lines
    clock.move(days=14, minutes=1)
    move_versions_on()
    assert told("is in force") == CONSUMERS


def test_a_letter_says_what_changes_when_where_to_answer_and_why_it_came(estate, clock):
    signed(estate)
    clock.move(days=15)
    move_versions_on()
    delivered()
    version = signed(estate, BREAKING, ("ana", "hal"))
    delivered()
    letter = next(one for one in mail.outbox if "comes into force" in one.subject and one.to == ["cleo@example.org"])
    assert f"It comes into force on {version.notice_ends_at:%d %b %Y, %H:%M UTC}." in letter.body
    assert "- slos.freshness_minutes.target: " in letter.body
    assert version.get_absolute_url() in letter.body
    assert "names Product Analytics as a consumer" in letter.body
    clock.move(days=15)
    move_versions_on()
    lines = {line for _, line in delivered()}
    assert any("customer_events_v1 1.2.0 is deprecated until" in line for line in lines)
    clock.move(days=31)
    move_versions_on()
    assert told("customer_events_v1 1.2.0 is retired") == CONSUMERS


def test_reading_the_news_twice_or_after_a_crash_tells_each_address_once(estate):
    propose(estate)
    reader = consumers["contracts_app.notices"]
    from contracts_app.services import notices

    real = notices.enqueue
    calls = []

    def dies_at_the_second(**letter):
        calls.append(letter)
        if len(calls) == 2:
            raise SystemError("killed")
        real(**letter)

    notices.enqueue = dies_at_the_second
    try:
        consume(reader)
    finally:
        notices.enqueue = real
    assert Message.objects.count() == 0  # the half of it is rolled back with the cursor
    assert told("is proposed") == CONSUMERS
    for event in Event.objects.filter(topic__in=reader.topics):
        reader.handle(event)  # a consumer that starts anew reads everything again
    assert delivered() == []


def test_an_objection_is_told_to_the_proposer_the_owner_and_the_head_of_data(estate):
    version = signed(estate)
    delivered()
    services.answer(
        user=estate.cleo,
        version=version,
        team_id=estate.analytics.pk,
        said=Said.OBJECTED,
        reason="Our funnels read it.",
        key=uuid.uuid4(),
    )
    readers = told("has an objection by Product Analytics")
    assert readers == CONSUMERS | {"bob@example.org", "ana@example.org", "hal@example.org"}
    assert "Our funnels read it." in mail.outbox[0].body


def test_people_and_teams_follow_a_contract_or_all_of_a_team_and_can_leave_off(estate):
    version = propose(estate)
    delivered()
    services.subscribe(user=estate.aud, contract=version.contract)
    services.subscribe(user=estate.aud, contract=version.contract)
    services.subscribe(user=estate.otto, for_team=estate.logistics, owned_by=estate.platform)
    assert Subscription.objects.count() == 2
    propose(estate, CONSUMED + b"\ndescription: clearer\n")
    assert told("is proposed") == CONSUMERS | {"aud@example.org", "otto@example.org"}
    services.unsubscribe(user=estate.aud, subscription=selectors.follows(estate.aud, version.contract))
    propose(estate, CONSUMED + b"\ndescription: clearest\n")
    assert told("is proposed") == CONSUMERS | {"otto@example.org"}


def test_a_team_follows_what_feeds_its_assets_as_lineage_has_seen_it(estate):
    features = adopt_asset(
        actor=system_actor("tests"), namespace="demo", name="trips", kind="table", owner_team=estate.logistics
    )
    services.subscribe(user=estate.otto, upstream_of=estate.logistics)
    propose(estate)
    assert "otto@example.org" not in told("is proposed")
    feed(estate.asset, features)
    propose(estate, CONSUMED + b"\ndescription: clearer\n")
    assert "otto@example.org" in told("is proposed")


def feed(source, target):
    at = now()
    one, other = (
        Dataset.objects.create(key=each.name, namespace=each.namespace, name=each.name, asset=each)
        for each in (source, target)
    )
    job = Job.objects.create(key="job", namespace="demo", name="job")
    Edge.objects.create(src=one, dst=other, job=job, state="seen", first_seen=at, last_seen=at, first_known=at)


def test_a_consumer_that_is_only_an_address_is_told_there(estate):
    content = EXAMPLE.replace(b"version: 1.2.0", b"version: 1.2.0\nasset: {tier: 2}")
    propose(estate, content + b"\nconsumers: [{team: partner@elsewhere.example}, {team: nobody known}]\n")
    assert told("is proposed") == {"partner@elsewhere.example"}


def test_reminders_come_once_before_a_notice_a_deprecation_and_a_removal_end(estate, clock):
    signed(estate)
    clock.move(days=10)
    move_versions_on()
    assert told("comes into force soon") == set()
    clock.move(days=1, minutes=1)
    for _ in range(3):
        move_versions_on()
    assert told("comes into force soon") == CONSUMERS
    clock.move(days=4)
    move_versions_on()
    signed(estate, BREAKING, ("ana", "hal"))
    clock.move(days=14, minutes=1)
    move_versions_on()
    clock.move(days=23)
    move_versions_on()
    assert told("1.2.0 ends soon") == CONSUMERS


def test_a_removal_date_is_on_the_page_on_the_work_list_and_in_a_reminder(estate, clock):
    due = clock.now().date().fromordinal(clock.now().date().toordinal() + 20)
    marked = AMOUNT.replace(b"}", f', deprecated: true, removal_date: "{due.isoformat()}"}}'.encode())
    version = signed(estate, EXAMPLE.replace(AMOUNT, marked))
    page = estate.client("cleo").get(f"{version.get_absolute_url()}&tab=life").text
    assert "Removal date of amount_usd" in page
    items = [item.text for item in waiting_for(estate.ana)["Due soon"]]
    assert f"{version}: Removal date of amount_usd" in items
    services.subscribe(user=estate.cleo, contract=version.contract)
    delivered()
    clock.move(days=14)
    move_versions_on()
    assert told("will lose amount_usd") == {"cleo@example.org"}


def test_the_work_list_asks_the_consumer_and_the_head_of_data(estate):
    version = signed(estate)
    assert [item.text for item in waiting_for(estate.cleo)["To answer"]] == [
        f"Accept {version} for Product Analytics, or object to it"
    ]
    assert waiting_for(estate.hal)["To answer"] == []
    services.answer(
        user=estate.cleo,
        version=version,
        team_id=estate.analytics.pk,
        said=Said.OBJECTED,
        reason="No.",
        key=uuid.uuid4(),
    )
    assert waiting_for(estate.cleo)["To answer"] == []
    assert [item.text for item in waiting_for(estate.hal)["To answer"]] == [
        f"Weigh the objection of Product Analytics to {version}"
    ]
    assert f"{version}: Notice ends" in [item.text for item in waiting_for(estate.ana)["Due soon"]]


def test_following_and_leaving_off_on_the_pages(estate):
    version = propose(estate)
    client = estate.client("cleo")
    assert "Follow customer_events_v1" in client.get(f"{version.get_absolute_url()}&tab=life").text
    client.post(reverse("contracts:follow", args=[version.contract_id]))
    page = client.get(reverse("contracts:subscriptions")).text
    assert "customer_events_v1" in page
    posted = {"what": "owned_by", "team": str(estate.platform.pk), "for": str(estate.analytics.pk)}
    assert client.post(reverse("contracts:subscriptions"), posted).status_code == 302
    assert "Every contract of Data Platform" in client.get(reverse("contracts:subscriptions")).text
    refused = client.post(reverse("contracts:subscriptions"), {**posted, "for": str(estate.platform.pk)})
    assert (refused.status_code, "You do not belong to Data Platform" in refused.text) == (422, True)
    own = selectors.follows(estate.cleo, version.contract)
    assert estate.client("otto").post(reverse("contracts:unfollow", args=[own.pk])).status_code == 404
    client.post(reverse("contracts:unfollow", args=[own.pk]))
    assert selectors.follows(estate.cleo, version.contract) is None
