"""Consumer teams during a notice: acceptance, objection, its end, and the silence that the clock records."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from contracts_app import selectors, services
from contracts_app.domain.answers import Said
from contracts_app.domain.lifecycle import State
from contracts_app.models import Answer
from contracts_app.tasks import move_versions_on
from portal.core.evidence.models import Entry
from tests.contracts_app.life import CONSUMED, EXAMPLE, again, propose, register_names, signed

BREAKING = CONSUMED.replace(b"target: 15", b"target: 19").replace(b"1.2.0", b"2.0.0")


@pytest.fixture
def estate(world):
    world.asset = register_names(world)
    return world


@pytest.fixture
def scheduled(estate):
    return signed(estate)


def say(world, version, said, reason="", *, who="cleo", key=None):
    return services.answer(
        user=world.people[who],
        version=version,
        team_id=world.analytics.pk,
        said=Said(said),
        reason=reason,
        key=key or uuid.uuid4(),
    )


def overrule(world, version, reason, who="hal"):
    return services.overrule(
        user=world.people[who], version=version, team_id=world.analytics.pk, reason=reason, key=uuid.uuid4()
    )


def standing(version):
    (one,) = selectors.answers_of(again(version))
    return one


def recorded():
    kinds = Entry.objects.filter(kind__startswith="contracts:answer:").order_by("pk")
    return [entry.kind.rpartition(":")[2] for entry in kinds]


def test_a_team_that_accepts_has_its_own_record_and_the_notice_still_runs(estate, scheduled, clock):
    say(estate, scheduled, "accepted")
    assert standing(scheduled).mark == ("Accepted", "ok")
    assert recorded() == ["accepted"]
    assert again(scheduled).state == State.SCHEDULED
    clock.move(days=14, minutes=1)
    move_versions_on()
    assert again(scheduled).state == State.ACTIVE
    assert recorded() == ["accepted"]  # nobody is noted as silent


def test_silence_at_the_end_of_the_notice_is_notified_once_and_counts_as_signed(estate, scheduled, clock):
    clock.move(days=13)
    move_versions_on()
    assert not Answer.objects.exists()
    clock.move(days=1, minutes=1)
    move_versions_on()
    move_versions_on()
    assert again(scheduled).state == State.ACTIVE
    assert recorded() == ["notified"]
    entry = Entry.objects.get(kind="contracts:answer:notified")
    assert (entry.payload["consumer"], entry.payload["digest"]) == ("Product Analytics", scheduled.digest)


def test_an_objection_holds_the_version_back_past_its_notice_until_the_team_withdraws_it(estate, scheduled, clock):
    say(estate, scheduled, "objected", "Our funnels read amount_usd.")
    assert "Our funnels read amount_usd." in selectors.next_blocker(again(scheduled))
    clock.move(days=30)
    move_versions_on()
    assert again(scheduled).state == State.SCHEDULED
    say(estate, scheduled, "withdrawn", "We have moved.")
    move_versions_on()
    assert again(scheduled).state == State.ACTIVE
    assert [answer.said for answer in standing(scheduled).history] == ["objected", "withdrawn"]
    assert recorded() == ["objected", "withdrawn"]


def test_an_objection_that_becomes_an_acceptance_ends_too(estate, scheduled):
    say(estate, scheduled, "objected", "Not yet.")
    say(estate, scheduled, "accepted")
    assert standing(scheduled).mark == ("Accepted", "ok")


def test_the_accountable_person_overrules_with_a_reason_and_the_team_cannot_object_again(estate, scheduled, clock):
    say(estate, scheduled, "objected", "Not yet.")
    with pytest.raises(services.Refused, match="Say why the objection is overruled"):
        overrule(estate, scheduled, " ")
    with pytest.raises(PermissionDenied):
        overrule(estate, scheduled, "because", who="ana")
    overrule(estate, scheduled, "The board asked for it.")
    with pytest.raises(services.Refused, match="was overruled"):
        say(estate, scheduled, "objected", "Still not.")
    clock.move(days=14, minutes=1)
    move_versions_on()
    assert again(scheduled).state == State.ACTIVE
    entry = Entry.objects.get(kind="contracts:answer:overruled")
    assert entry.payload["reason_digest"].startswith("sha256:")
    assert "board" not in str(entry.payload)


def test_an_objection_needs_a_reason_and_its_time_and_a_consumer_of_that_team(estate, scheduled, clock):
    with pytest.raises(services.Refused, match="Say why you object"):
        say(estate, scheduled, "objected")
    with pytest.raises(PermissionDenied):
        say(estate, scheduled, "accepted", who="ana")
    with pytest.raises(services.Refused, match="does not name this team"):
        services.answer(
            user=estate.cleo,
            version=scheduled,
            team_id=estate.logistics.pk,
            said=Said.ACCEPTED,
            reason="",
            key=uuid.uuid4(),
        )
    with pytest.raises(services.Refused, match="no objection to end"):
        say(estate, scheduled, "withdrawn")
    clock.move(days=15)
    with pytest.raises(services.Refused, match="The notice is over"):
        say(estate, scheduled, "objected", "Too late.")


def test_one_key_is_one_answer_and_a_change_without_a_notice_asks_nobody(estate, scheduled, clock):
    key = uuid.uuid4()
    assert say(estate, scheduled, "accepted", key=key) == say(estate, scheduled, "accepted", key=key)
    assert Answer.objects.count() == 1
    clock.move(days=15)
    move_versions_on()
    tighter = propose(estate, CONSUMED.replace(b"target: 15", b"target: 10").replace(b"1.2.0", b"1.3.0"))
    assert not selectors.answers_are_asked(tighter)
    with pytest.raises(services.Refused, match="asks its consumers nothing"):
        say(estate, tighter, "accepted")


def test_a_consumer_that_the_new_version_leaves_out_is_asked_all_the_same(estate, scheduled, clock):
    clock.move(days=15)
    move_versions_on()
    without = EXAMPLE.replace(b"target: 15", b"target: 19").replace(b"1.2.0", b"2.0.0")
    version = propose(estate, without)
    assert [one.team for one in selectors.answers_of(version)] == [estate.analytics]
    assert [one.team for one in selectors.answering(estate.cleo, version)] == [estate.analytics]


def test_a_consumer_that_names_no_team_is_shown_as_such_and_counts_as_notified(estate, clock):
    content = EXAMPLE.replace(b"version: 1.2.0", b"version: 1.2.0\nasset: {tier: 2}")
    content += b"\nconsumers: [{team: partner@elsewhere.example}, {team: Product Analytics}]\n"
    version = signed(estate, content, ("ana", "pia"))
    assert [one.team for one in selectors.answers_of(version)] == [None, estate.analytics]
    page = estate.client("cleo").get(f"{version.get_absolute_url()}&tab=answers")
    assert "names no team that the portal knows" in page.text
    clock.move(days=15)
    move_versions_on()
    assert again(version).state == State.ACTIVE
    assert [row.consumer for row in Answer.objects.filter(said="notified")] == [
        "partner@elsewhere.example",
        "Product Analytics",
    ]


def test_a_withdrawn_proposal_asks_nobody_any_more_and_a_new_one_asks_anew(estate, scheduled):
    say(estate, scheduled, "accepted")
    newer = propose(estate, CONSUMED + b"\ndescription: clearer\n")
    assert again(scheduled).state == State.WITHDRAWN
    assert standing(newer).latest is None
    with pytest.raises(services.Refused, match="asks its consumers nothing"):
        say(estate, scheduled, "objected", "late")


def test_the_database_itself_keeps_silence_to_one_row_and_an_objection_to_its_reason(estate, scheduled, clock):
    row = {"version": scheduled, "consumer": "x", "at": clock.now()}
    Answer.objects.create(**row, said="notified")
    for wrong in ({"said": "notified"}, {"said": "objected", "user": estate.cleo}, {"said": "accepted"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(**row, **wrong)


def test_the_page_takes_an_answer_once_and_says_what_is_missing(estate, scheduled):
    client, url = estate.client("cleo"), reverse("contracts:answer", args=[scheduled.pk])
    page = client.get(url)
    assert "Give this answer" in page.text
    posted = {"team": str(estate.analytics.pk), "said": "objected", "reason": "", "idempotency_key": str(uuid.uuid4())}
    answer = client.post(url, posted)
    assert (answer.status_code, "Say why you object" in answer.text) == (422, True)
    posted["reason"] = "Our funnels read it."
    for _ in range(2):
        assert client.post(url, posted).status_code == 302
    assert Answer.objects.count() == 1
    tab = client.get(f"{scheduled.get_absolute_url()}&tab=answers").text
    assert "Our funnels read it." in tab
    assert "Objects" in tab


def test_the_head_of_data_overrules_on_the_page_that_the_objection_leads_to(estate, scheduled):
    say(estate, scheduled, "objected", "Our funnels read it.")
    url = reverse("contracts:overrule", args=[scheduled.pk, estate.analytics.pk])
    client = estate.client("hal")
    assert url in client.get(f"{scheduled.get_absolute_url()}&tab=answers").text
    assert "Our funnels read it." in client.get(url).text
    posted = {"reason": "", "idempotency_key": str(uuid.uuid4())}
    assert client.post(url, posted).status_code == 422
    assert client.post(url, {**posted, "reason": "The board asked for it."}).status_code == 302
    assert "does not object" in client.get(url).text
    assert url not in client.get(f"{scheduled.get_absolute_url()}&tab=answers").text


def test_the_queue_says_what_each_version_waits_for_and_for_whom(estate, scheduled):
    def queue(who, **asked):
        return estate.client(who).get(reverse("contracts:queue"), asked).text

    waiting = propose(estate, CONSUMED.replace(b"customer_events_v1", b"other_events"))
    assert f"Answer for {estate.analytics}" in queue("cleo")
    assert "Sign as producer" in queue("ana")
    assert str(waiting) not in queue("cleo", waits="answers", state="scheduled")
    assert str(scheduled) not in queue("ana", mine="1")
    assert "Nothing waits like that" in queue("otto", mine="1")
    assert str(scheduled) in queue("otto", team="platform")
    say(estate, scheduled, "objected", "No.")
    assert "Weigh the objection" in queue("hal", mine="1")
