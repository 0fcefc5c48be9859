"""`let_in` and `suppressed` against the real server: who was erased stays out, everybody else comes in."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.client import Asked, PortalAway, PortalRefused, let_in, suppressed
from portal.client.portal import Portal
from portal.core.identity.actors import system_actor
from privacy_app import sealing
from privacy_app.models import SuppressionToken
from privacy_app.services import intake
from tests.faults.stand import free_port
from tests.people import World

ERASED_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
BEFORE, AFTER = ERASED_AT - timedelta(days=3), ERASED_AT + timedelta(days=3)


@pytest.fixture
def portal(server):
    """The served portal, where Dana was erased; her token is on the list for a month."""
    request = intake.receive(actor=system_actor("tests"), channel="staff", email="dana@example.com", code=False)
    SuppressionToken.objects.create(
        request=request,
        token=sealing.suppression_token("email", "dana@example.com"),
        kind="email",
        key_version=1,
        erased_at=ERASED_AT,
        until=datetime.now(UTC) + timedelta(days=30),
    )
    return Portal(server, World(people={}, teams={}).token("suppression:check"), pause_s=0.05)


def row(mail, at, **more):
    return {"mail": mail, "at": at, "customer": None, **more}


@pytest.mark.django_db(transaction=True)
def test_rows_of_the_erased_stay_out_and_a_new_relationship_comes_in(portal):
    rows = [
        row("erin@example.com", BEFORE),
        row(" Dana@Example.com", BEFORE),
        row("dana@example.com", AFTER),
        row(None, BEFORE),
    ]
    assert list(let_in(rows, {"email": "mail", "customer_id": "customer"}, "at", portal=portal)) == [
        rows[0],
        rows[2],
        rows[3],
    ]


@pytest.mark.django_db(transaction=True)
def test_more_records_than_the_api_takes_at_once_are_answered_in_order(portal):
    dana = {0, 999, 1000, 2400}
    records = (
        Asked("email", "dana@example.com" if number in dana else f"p{number}@example.com", BEFORE)
        for number in range(2401)
    )
    answers = list(suppressed(records, portal=portal))
    assert len(answers) == 2401
    assert {number for number, gone in enumerate(answers) if gone} == dana


@pytest.mark.django_db(transaction=True)
def test_long_values_are_sent_in_bodies_that_the_api_takes(portal):
    records = [Asked("customer_id", f"{number}-" + "x" * 2000, BEFORE) for number in range(600)]
    assert list(suppressed(records, portal=portal)) == [False] * 600


@pytest.mark.django_db(transaction=True)
def test_a_token_of_another_scope_is_refused_in_the_portals_words(portal, server):
    other = Portal(server, World(people={}, teams={}).token("lineage:write"))
    with pytest.raises(PortalRefused, match="suppression:check"):
        list(suppressed([Asked("email", "dana@example.com", BEFORE)], portal=other))


def test_what_cannot_be_asked_is_not_let_in(monkeypatch):
    monkeypatch.setattr("portal.client.suppression.asking.TRIES", 1)
    away = Portal(f"http://127.0.0.1:{free_port()}", "token", tries=1)
    with pytest.raises(PortalAway):
        list(let_in([row("dana@example.com", BEFORE)], {"email": "mail"}, "at", portal=away))


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (Asked("email", "dana@example.com", datetime(2026, 11, 1)), "no zone"),  # noqa: DTZ001 - what is refused
        (Asked("email", "  ", BEFORE), "empty email"),
    ],
)
def test_a_record_that_cannot_be_judged_is_refused_before_anything_is_sent(record, said):
    with pytest.raises(ValueError, match=said):
        list(suppressed([record], portal=Portal("http://127.0.0.1:1", "token")))
    assert "dana" not in repr(record)
