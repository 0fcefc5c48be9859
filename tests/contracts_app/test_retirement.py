"""A contract that ends as a whole: its window, its consumers' acceptance, and nothing before either."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from contracts_app import services
from contracts_app.domain.answers import Said
from contracts_app.domain.lifecycle import State
from contracts_app.tasks import move_versions_on
from portal.core.catalog.worklist import waiting_for
from portal.core.evidence.models import Entry
from tests.contracts_app.life import EXAMPLE, again, propose, register_names, signed
from tests.contracts_app.test_notices import CONSUMERS, delivered, told


@pytest.fixture
def estate(world):
    world.asset = register_names(world)
    return world


@pytest.fixture
def active(estate, clock):
    version = signed(estate)
    clock.move(days=14, minutes=1)
    move_versions_on()
    return again(version)


def retire(world, version, reason="The source is gone.", who="ana", key=None):
    return services.plan_retirement(
        user=world.people[who], contract=version.contract, reason=reason, key=key or uuid.uuid4()
    )


def accept(world, version):
    return services.answer(
        user=world.cleo,
        version=version,
        team_id=world.analytics.pk,
        said=Said.ACCEPTED,
        reason="",
        key=uuid.uuid4(),
    )


def test_it_stays_in_force_until_the_window_has_passed_and_is_retired_by_the_tick(estate, active, clock):
    retire(estate, active)
    clock.move(days=29)
    move_versions_on()
    assert again(active).state == State.ACTIVE
    clock.move(days=1, minutes=1)
    move_versions_on()
    move_versions_on()
    assert again(active).state == State.RETIRED
    assert Entry.objects.get(kind="contracts:version:ended").payload["successor"] == "none"


def test_it_ends_sooner_once_every_consumer_has_accepted_that(estate, active):
    accepted_before = services.retire_due()
    assert accepted_before == 0
    retire(estate, active)
    assert [item.text for item in waiting_for(estate.cleo)["To answer"]] == [
        "Accept for Product Analytics that customer_events_v1 ends"
    ]
    with pytest.raises(services.Refused, match="can only accept"):
        services.answer(
            user=estate.cleo,
            version=active,
            team_id=estate.analytics.pk,
            said=Said.OBJECTED,
            reason="no",
            key=uuid.uuid4(),
        )
    accept(estate, active)
    assert services.retire_due() == 1
    assert again(active).state == State.RETIRED


def test_an_acceptance_of_the_version_is_none_of_its_end(estate, clock):
    version = signed(estate)
    accept(estate, version)
    clock.move(days=15)
    move_versions_on()
    retire(estate, again(version))
    assert services.retire_due() == 0


def test_consumers_are_told_that_it_ends_and_why(estate, active):
    delivered()
    retire(estate, active)
    assert told("ends without a successor on") == CONSUMERS


def test_only_an_owner_with_a_reason_may_end_it_once_and_not_over_an_open_proposal(estate, active):
    with pytest.raises(PermissionDenied):
        retire(estate, active, who="bob")
    with pytest.raises(services.Refused, match="Say why"):
        retire(estate, active, reason=" ")
    key = uuid.uuid4()
    assert retire(estate, active, key=key) == retire(estate, active, key=key)
    assert Entry.objects.filter(kind="contracts:version:ending").count() == 1
    with pytest.raises(services.Refused, match="is to be retired already"):
        retire(estate, active)
    other = signed(estate, EXAMPLE.replace(b"customer_events_v1", b"other_events"), ("ana", "pia"))
    content = EXAMPLE.replace(b"customer_events_v1", b"other_events").replace(b"1.2.0", b"1.2.1")
    propose(estate, content + b"\ntags: [a]\n")
    with pytest.raises(services.Refused, match="withdraw it first"):
        retire(estate, other)


def test_the_owner_ends_it_on_the_page(estate, active):
    client, url = estate.client("ana"), reverse("contracts:retire", args=[active.contract_id])
    assert url in client.get(f"{active.get_absolute_url()}&tab=life").text
    assert "30 days from now" in client.get(url).text
    posted = {"reason": "", "idempotency_key": str(uuid.uuid4())}
    assert client.post(url, posted).status_code == 422
    assert client.post(url, {**posted, "reason": "The source is gone."}).status_code == 302
    assert "The source is gone." in client.get(f"{active.get_absolute_url()}&tab=life").text
