"""Who asks: a code that works once, a locked code, claims that nobody proved, and the same answer for everybody."""

import re

import pytest

from portal.core.identity.actors import system_actor
from privacy_app import sealing, tasks
from privacy_app.domain.request import State
from privacy_app.models import Identifier, Request
from privacy_app.services import identity, intake, scoping
from tests.privacy_app.driving import fresh

OTHER = "somebody.else@example.com"


def proved(request):
    rows = request.identifiers.filter(standing=Identifier.Standing.PROVED)
    return [sealing.unseal(request.key_name, row.sealed) for row in rows]


@pytest.fixture
def received(world):
    made = intake.receive(actor=system_actor("tests"), channel="form", email="Dana@Example.com")
    tasks.send_codes()
    return fresh(made)


def test_the_code_of_the_letter_verifies_the_address_once(received, code_in):
    code = code_in()
    request = identity.verify_code(request_id=received.pk, code=code.lower())
    assert request.state == State.RESOLVING
    assert proved(request) == ["dana@example.com"]
    with pytest.raises(identity.CodeRefused, match="does not wait for a code"):
        identity.verify_code(request_id=received.pk, code=code)


def test_five_wrong_tries_lock_the_code_even_for_who_has_it(received, code_in):
    code = code_in()
    for _ in range(5):
        with pytest.raises(identity.CodeRefused, match="wrong"):
            identity.verify_code(request_id=received.pk, code="AAAAAAAA")
    with pytest.raises(identity.CodeRefused, match="locked after five wrong tries"):
        identity.verify_code(request_id=received.pk, code=code)
    identity.send_code(request_id=received.pk)
    assert identity.verify_code(request_id=received.pk, code=code_in()).state == State.RESOLVING


def test_a_code_expires_after_half_an_hour(received, code_in, clock):
    code = code_in()
    clock.move(minutes=31)
    with pytest.raises(identity.CodeRefused, match="expired"):
        identity.verify_code(request_id=received.pk, code=code)


def test_only_the_newest_code_works(received, code_in):
    first = code_in()
    identity.send_code(request_id=received.pk)
    with pytest.raises(identity.CodeRefused):
        identity.verify_code(request_id=received.pk, code=first)
    assert identity.verify_code(request_id=received.pk, code=code_in()).state == State.RESOLVING


def test_one_address_gets_three_codes_an_hour_however_many_requests_name_it(world, letters):
    for _ in range(6):
        intake.receive(actor=system_actor("tests"), channel="form", email=OTHER)
    assert len(letters()) == 3
    assert Request.objects.count() == 6


def test_pia_proves_her_own_address_and_claims_a_victims_customer_number_and_is_refused(drive, four):
    victim = "other-" + four.estates["oltp"].mark[::-1] + "-3"
    request = drive.planning(claims={"customer_id": victim})
    assert request.state == State.PLANNING
    resolved = {sealing.unseal(request.key_name, row.sealed) for row in request.resolved.all()}
    assert resolved == {four.email, four.customer}
    refused = request.identifiers.get(kind="customer_id")
    assert refused.standing == Identifier.Standing.REFUSED


def test_a_second_request_of_the_same_proved_person_joins_the_open_one(drive):
    first = drive.planning()
    second = drive.planning()
    assert (second.state, second.duplicate_of) == (State.DUPLICATE, first)


def test_a_stranger_who_names_my_address_first_does_not_block_my_request(drive):
    stranger = drive.receive()
    mine = drive.planning()
    assert fresh(stranger).state == State.IDENTITY_PENDING
    assert mine.state == State.PLANNING


def test_a_familys_device_waits_for_a_person_and_the_reason_is_evidence(drive, four, world):
    from portal.core.catalog.models import DataSystem

    system = DataSystem.objects.get(pk=four.systems["oltp"].pk)
    system.settings["identity_maps"][0]["columns"]["device"] = "device"
    system.save()
    request = drive.planning()
    assert request.state == State.RESOLVING
    waiting = list(request.waiting_edges.all())
    assert waiting
    for edge in waiting:
        scoping.decide_edge(user=world.pia, edge_id=edge.pk, decision="dismissed", reason="a family's television")
    tasks.resolve_waiting()
    request = fresh(request)
    assert request.state == State.PLANNING
    assert request.resolved.filter(kind="customer_id").count() == 1


def test_an_identity_source_that_is_down_is_told_on_the_request_and_asked_again(drive, four, monkeypatch):
    good = four.estates["oltp"].config.secret
    monkeypatch.setenv("CUSTODY_SECRET_OLTP", re.sub(r"@[^/]+/", "@127.0.0.1:1/", good))
    request = drive.planning()
    assert request.state == State.RESOLVING
    assert "could not be asked" in request.trouble
    monkeypatch.setenv("CUSTODY_SECRET_OLTP", good)
    tasks.resolve_waiting()
    assert (fresh(request).state, fresh(request).trouble) == (State.PLANNING, "")
