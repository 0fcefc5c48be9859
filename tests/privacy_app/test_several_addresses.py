"""Several addresses proved in one request, each by its own code; what is not proved stays a claim."""

import re

import pytest

from portal.core.identity.actors import system_actor
from privacy_app import sealing, tasks
from privacy_app.domain.request import State
from privacy_app.services import identity, intake
from privacy_app.services.lifecycle import RequestRefused
from tests.privacy_app.driving import fresh


@pytest.fixture
def received(world):
    made = intake.receive(
        actor=system_actor("tests"),
        channel="form",
        email="dana@example.com",
        claims={"customer_id": "c_1"},
        origin=intake.Origin(more_emails=["Dana.Old@example.com", "dana@example.com"]),
    )
    tasks.send_codes()
    return fresh(made)


@pytest.fixture
def codes(letters):
    def read():
        found = {}
        for each in letters():
            code = re.findall(r"^[2-9A-Z]{8}$", each.body, re.MULTILINE)
            if code:
                found[each.to] = code[0]
        return found

    return read


def proved(request):
    rows = request.identifiers.filter(standing__in=("proved", "accepted"))
    return {sealing.unseal(request.key_name, row.sealed) for row in rows}


def test_each_address_is_proved_by_its_own_code_and_the_request_goes_on_with_the_last(received, codes):
    found = codes()
    assert set(found) == {"dana@example.com", "dana.old@example.com"}
    assert identity.verify_code(request_id=received.pk, code=found["dana.old@example.com"]).state == "identity_pending"
    assert identity.verify_code(request_id=received.pk, code=found["dana@example.com"]).state == State.RESOLVING
    assert proved(fresh(received)) == {"dana@example.com", "dana.old@example.com"}


def test_a_code_does_not_prove_another_address_and_works_once(received, codes):
    code = codes()["dana@example.com"]
    identity.verify_code(request_id=received.pk, code=code)
    assert proved(fresh(received)) == {"dana@example.com"}
    with pytest.raises(identity.CodeRefused):
        identity.verify_code(request_id=received.pk, code=code)
    assert fresh(received).state == State.IDENTITY_PENDING


def test_the_subject_goes_on_with_what_is_proved_and_not_before_anything_is(received, codes):
    with pytest.raises(RequestRefused, match="Prove at least one address"):
        identity.go_on(request_id=received.pk)
    identity.verify_code(request_id=received.pk, code=codes()["dana@example.com"])
    assert identity.go_on(request_id=received.pk).state == State.RESOLVING
    assert proved(fresh(received)) == {"dana@example.com"}


def test_when_the_time_is_over_what_was_proved_is_not_lost(received, codes, clock):
    identity.verify_code(request_id=received.pk, code=codes()["dana@example.com"])
    clock.move(days=15)
    tasks.mind_waits()
    assert fresh(received).state == State.RESOLVING


def test_five_wrong_tries_lock_the_codes_of_all_addresses(received, codes):
    found = codes()
    for _ in range(5):
        with pytest.raises(identity.CodeRefused):
            identity.verify_code(request_id=received.pk, code="AAAAAAAA")
    for code in found.values():
        with pytest.raises(identity.CodeRefused, match="locked"):
            identity.verify_code(request_id=received.pk, code=code)


def test_staff_accept_what_they_tick_and_the_method_is_kept_but_no_document(received, world):
    row = received.identifiers.get(kind="customer_id")
    with pytest.raises(RequestRefused, match="Choose which"):
        identity.override(user=world.pia, request_id=received.pk, reason="x", identifiers=[row.pk, 10**9])
    request = identity.override(
        user=world.pia, request_id=received.pk, reason="contract compared", method="signature", identifiers=[row.pk]
    )
    assert proved(request) == {"c_1"}
    assert request.verify_method == "accepted by staff: signature compared"


def test_after_the_proof_letters_go_to_the_proved_address_only(received, codes, letters):
    identity.verify_code(request_id=received.pk, code=codes()["dana.old@example.com"])
    identity.go_on(request_id=received.pk)
    assert letters()[-1].to == "dana.old@example.com"
    assert "is with us" in letters()[-1].subject
