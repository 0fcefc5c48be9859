"""Who signs a tier-1 contract as accountable, and who is told of it, where the RACI says so."""

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

from __future__ import annotations

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from contracts_app import selectors, services
from contracts_app.domain.lifecycle import SigningRole, State
from contracts_app.models import Version
from portal.core.catalog.services import add_alias, adopt_asset
from portal.core.events.registry import consumers
from portal.core.events.services import consume
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from portal.core.identity.models import User
from portal.core.notify.services import deliver_waiting
from portal.core.raci import selectors as raci
from portal.core.raci.domain.matrix import Letter, Row, seats_of
from portal.core.raci.models import Post, PostHolder
from portal.core.raci.models import Row as Stored
from tests.access.raci import put_in_force
from tests.contracts_app.test_contract_life import EXAMPLE, estate, propose, sign  # noqa: F401


def fresh(world):
    """The people as the next request reads them."""
    world.people = {name: User.objects.get(pk=user.pk) for name, user in world.people.items()}
    return world


@pytest.fixture
def answered(estate):
    """Otto answers for the asset as CISO; Logistics is informed, the auditors are consulted."""
    ciso = Post.objects.create(slug="ciso", name="CISO", changed_at=estate.ana.date_joined)
    PostHolder.objects.create(post=ciso, user=estate.otto, since=estate.ana.date_joined)
    duties = {"R": ["team:platform"], "A": ["post:ciso"], "C": ["role:auditor"], "I": ["role:administrator"]}
    key = raci.asset_key(estate.asset)
    version = put_in_force(estate, Row(key, "customer_events", seats_of(duties)))
    Stored.objects.filter(key=key).update(asset=estate.asset, version=version)
    return fresh(estate)


def test_without_a_row_the_head_of_data_signs_as_before(estate):
    version = propose(estate)
    assert selectors.who_signs(version, SigningRole.ACCOUNTABLE) == "the head of data"
    assert selectors.signing_role(estate.hal, version) is SigningRole.ACCOUNTABLE
    assert raci.accountable_for(estate.asset) is None


def test_the_one_whom_the_row_makes_accountable_signs_and_the_head_of_data_does_not(answered):
    version = propose(answered)
    assert selectors.who_signs(version, SigningRole.ACCOUNTABLE) == "CISO"
    assert selectors.signing_role(answered.hal, version) is None
    with pytest.raises(services.Refused, match="you hold none of these roles"):
        services.begin_signature(user=answered.hal, version=version)
    for name in ("ana", "pia", "otto"):
        sign(fresh(answered), name, version)
    assert Version.objects.get(pk=version.pk).state == State.ACTIVE
    entry = Entry.objects.filter(kind="contracts:version:signed").order_by("pk").last()
    assert (entry.payload["capacity"], entry.actor_role) == ("accountable", "owner"), "no role that Otto does not hold"


def test_the_sign_page_lets_in_who_answers_by_the_row_and_the_queue_shows_it_to_them(answered):
    version = propose(answered)
    page = answered.client("otto").get(reverse("contracts:sign", args=[version.pk]))
    assert (page.status_code, "You sign as" in page.content.decode()) == (200, True)
    assert answered.client("hal").get(reverse("contracts:sign", args=[version.pk])).status_code == 403
    waits = selectors.standing_in_queue(answered.otto, selectors.approval_queue(answered.otto))
    assert [each.role for each in waits] == ["accountable"]
    assert selectors.to_sign(answered.otto, 10) == ([(version, SigningRole.ACCOUNTABLE)], False)
    assert selectors.to_sign(answered.hal, 10) == ([], False)


def test_proposals_that_wait_for_others_hide_none_that_waits_for_me(answered):
    first = propose(answered)
    orders = adopt_asset(
        actor=system_actor("tests"), namespace="demo", name="orders", tier=1, tier_reason="board KPI", kind="table"
    )
    add_alias(text="orders_v1", asset=orders)
    second = propose(answered, EXAMPLE.replace(b"customer_events_v1", b"orders_v1"))
    assert selectors.to_sign(answered.hal, 1) == ([(second, SigningRole.ACCOUNTABLE)], False), "Otto answers for one"
    assert selectors.to_sign(answered.pia, 1) == ([(first, SigningRole.PRIVACY)], True)
    sign(fresh(answered), "pia", first)
    assert selectors.to_sign(answered.pia, 1) == ([(second, SigningRole.PRIVACY)], False)


def test_where_the_accountable_left_the_head_of_data_signs_until_the_gap_is_closed(answered):
    User.objects.filter(pk=answered.otto.pk).update(is_active=False)
    version = propose(fresh(answered))
    assert selectors.who_signs(version, SigningRole.ACCOUNTABLE) == "the head of data"
    assert selectors.signing_role(answered.hal, version) is SigningRole.ACCOUNTABLE


def test_nobody_else_overrules_an_objection_of_an_asset_that_has_its_own_accountable(answered):
    version = propose(answered)
    with pytest.raises(PermissionDenied):
        services.overrule(user=answered.hal, version=version, team_id=answered.analytics.pk, reason="No.", key="0" * 32)


def test_who_is_consulted_or_informed_is_told_when_the_contract_comes_into_force(answered):
    version = propose(answered)
    for name in ("ana", "pia", "otto"):
        sign(fresh(answered), name, version)
    mail.outbox.clear()
    consume(consumers["contracts_app.notices"], limit=500)
    deliver_waiting(500)
    told = {letter.to[0]: letter.body for letter in mail.outbox if "is in force" in letter.subject}
    assert {"aud@example.org", "ada@example.org"} <= told.keys()
    assert "the RACI has Auditor as consulted for customer_events" in told["aud@example.org"]


def test_a_contract_says_who_does_what_where_no_row_does(estate):
    content = EXAMPLE + b"raci: {responsible: Logistics, accountable: privacy officer, informed: [Board]}\n"
    version = propose(estate, content)
    for name in ("ana", "hal", "pia"):
        sign(estate, name, version)
    assert Version.objects.get(pk=version.pk).state == State.ACTIVE
    line = raci.line_of_asset(estate.asset)
    assert [line.row.holders(letter) for letter in Letter] == [
        ("team:logistics",),
        ("role:privacy_officer",),
        (),
        ("text:Board",),
    ]
    assert line.sources[Letter.A].word == "Contract customer_events_v1 1.2.0"
    assert [gap.sentence for gap in line.gaps] == [
        "Board, informed for customer_events, is no team, role or post that the portal knows."
    ]
