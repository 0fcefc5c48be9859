"""Pauses that end by themselves, the one reminder, the honest end of waiting, and the law's longer period."""

from datetime import timedelta

import pytest

from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from privacy_app import tasks
from privacy_app.domain.request import State, TransitionRefused
from privacy_app.models import Request
from privacy_app.services import extending, identity, intake, lifecycle, pausing
from privacy_app.services.lifecycle import RequestRefused
from tests.privacy_app.driving import fresh


def receive(**more):
    values = {"channel": "form", "email": "dana@example.com", **more}
    made = intake.receive(actor=system_actor("tests"), **values)
    tasks.send_codes()
    return fresh(made)


@pytest.fixture
def received(world):
    return receive()


def test_a_pause_has_a_reason_and_an_end_and_the_request_goes_on_by_itself(world, clock, letters, received):
    until = clock.now() + timedelta(days=3)
    pausing.pause(
        user=world.pia, request_id=received.pk, reason="two people of one name", until=until, question="Which number?"
    )
    assert "Which number?" in letters()[-1].body
    clock.move(days=2)
    tasks.mind_waits()
    assert fresh(received).state == State.PAUSED
    clock.move(days=1, seconds=1)
    tasks.mind_waits()
    request = fresh(received)
    assert request.state == State.IDENTITY_PENDING
    assert request.pauses.filter(cause="staff").get().ended_at is not None
    assert request.statutory(clock.now()).due == received.statutory(clock.now()).due
    net = request.slo(clock.now())
    assert net.gross - net.net >= timedelta(days=3)
    states = Entry.objects.filter(kind="privacy:request:paused").order_by("pk")
    assert [each.payload["state"] for each in states] == ["paused", "identity pending"]


@pytest.mark.parametrize(("days", "says"), [(-1, "must end in the future"), (40, "cannot outlast the law's deadline")])
def test_a_pause_without_a_sensible_end_is_refused(world, clock, received, days, says):
    with pytest.raises(RequestRefused, match=says):
        pausing.pause(user=world.pia, request_id=received.pk, reason="x", until=clock.now() + timedelta(days=days))
    assert fresh(received).state == State.IDENTITY_PENDING


def test_resuming_by_hand_before_the_end_and_twice_is_refused(world, clock, received):
    pausing.pause(user=world.pia, request_id=received.pk, reason="x", until=clock.now() + timedelta(days=3))
    pausing.resume(user=world.pia, request_id=received.pk)
    assert fresh(received).state == State.IDENTITY_PENDING
    with pytest.raises(TransitionRefused):
        pausing.resume(user=world.pia, request_id=received.pk)


def test_waiting_for_the_code_leaves_the_net_clock_and_is_written_down_as_a_pause(received, clock, code_in):
    code = code_in()
    clock.move(minutes=20)
    identity.verify_code(request_id=received.pk, code=code)
    clock.move(minutes=10)
    at, request = clock.now(), fresh(received)
    assert request.slo(at).gross >= timedelta(minutes=30)
    assert request.slo(at).net < timedelta(minutes=11)
    assert request.pauses.get().reason == "waits for the subject's code"


def test_one_reminder_in_the_second_week_then_a_denial_with_its_remedies(clock, letters, received):
    clock.move(days=6)
    tasks.mind_waits()
    assert len(letters()) == 1
    clock.move(days=2)
    for _ in range(3):
        tasks.mind_waits()
    assert [each.subject for each in letters()][1:] == [f"Your deletion request {received.req_id} waits for you"]
    assert "This is the only reminder" in letters()[-1].body
    clock.move(days=7)
    for _ in range(2):
        tasks.mind_waits()
    request, told = fresh(received), letters()
    assert (request.state, request.closed_because) == (State.DENIED, "unverified")
    assert request.protocol_words()[1:] == ("denied", "insuf_verification")
    assert len(told) == 3
    assert "Nothing was looked up and nothing was deleted" in told[-1].body
    assert "data protection authority" in told[-1].body
    assert "go to court" in told[-1].body
    with pytest.raises(identity.CodeRefused):
        identity.verify_code(request_id=received.pk, code="ABCDEFGH")


def test_time_spent_in_a_pause_is_given_back_to_the_subject(world, clock, received):
    before = received.verify_until
    pausing.pause(user=world.pia, request_id=received.pk, reason="x", until=clock.now() + timedelta(days=10))
    clock.move(days=10, seconds=1)
    tasks.mind_waits()
    assert fresh(received).verify_until >= before + timedelta(days=10)
    clock.move(days=5)
    tasks.mind_waits()
    assert fresh(received).state == State.IDENTITY_PENDING


def test_many_requests_that_name_one_victim_do_not_become_as_many_letters(world, clock, letters):
    for _ in range(12):
        receive(email="victim@example.com")
    assert len(letters()) == 3
    clock.move(days=8)
    tasks.mind_waits()
    clock.move(days=7)
    tasks.mind_waits()
    assert Request.objects.filter(state=State.DENIED).count() == 12
    assert len(letters()) == 3 + 3 + 3


def test_an_extension_moves_the_laws_deadline_and_the_letter_says_why_and_where_to_complain(
    world, clock, letters, received
):
    clock.move(days=27)
    due = received.statutory(clock.now()).due
    extending.extend(user=world.pia, request_id=received.pk, reason="A system is being moved.")
    request, letter = fresh(received), letters()[-1]
    assert request.statutory(clock.now()).due > due + timedelta(days=55)
    assert f"{request.statutory(clock.now()).due:%Y-%m-%d}" in letter.body
    assert "A system is being moved." in letter.body
    assert "GDPR Art. 77" in letter.body
    assert Entry.objects.get(kind="privacy:request:extended").payload["due"] in letter.body
    assert request.slo(clock.now()).due == received.slo(clock.now()).due
    with pytest.raises(RequestRefused, match="extended before"):
        extending.extend(user=world.pia, request_id=received.pk, reason="again")


@pytest.mark.parametrize(("law", "days"), [("gdpr", 32), ("ccpa", 46)])
def test_after_the_first_period_nobody_extends(world, clock, law, days):
    from privacy_app.domain.clocks import Law

    request = receive(law=Law(law))
    clock.move(days=days)
    with pytest.raises(RequestRefused, match="The first period ended on"):
        extending.extend(user=world.pia, request_id=request.pk, reason="late")
    assert fresh(request).extended_at is None


def test_a_request_that_ended_has_no_deadline_to_extend_and_its_clocks_stand_still(world, clock, received):
    lifecycle.cancel(actor=system_actor("tests"), request_id=received.pk, reason="withdrawn")
    with pytest.raises(RequestRefused, match="has ended"):
        extending.extend(user=world.pia, request_id=received.pk, reason="x")
    then = fresh(received).slo(clock.now()).gross
    clock.move(days=9)
    assert fresh(received).slo(clock.now()).gross == then
    assert not fresh(received).pauses.filter(ended_at=None).exists()


def test_a_request_that_is_paused_before_its_code_gets_it_when_it_goes_on(world, clock, letters):
    made = intake.receive(actor=system_actor("tests"), channel="form", email="dana@example.com")
    pausing.pause(user=world.pia, request_id=made.pk, reason="x", until=clock.now() + timedelta(days=1))
    assert letters() == []
    pausing.resume(user=world.pia, request_id=made.pk)
    assert len(letters()) == 1
