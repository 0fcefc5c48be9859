"""Waivers in the database: asked for, signed by the head of data only, counted, revoked, and evidenced."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from contracts_app import selectors, services
from contracts_app.models import Contract, Version, Waiver
from contracts_app.services.waivers import Waived
from portal.core.catalog.services import adopt_asset
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from portal.core.signing.proofs import PasswordAndCode
from portal.core.signing.services import SigningRefused

pytestmark = pytest.mark.django_db
REASON = "the supplier delivers the missing column on Friday"
REPORT = {
    "required_bump": "major",
    "changes": [
        {"path": "schema.amount", "kind": "type.widened", "gates": ["N", "W"]},
        {"path": "classification", "kind": "classification.raised", "gates": ["PO", "N"]},
        {"path": "schema.id", "kind": "field.removed", "gates": ["D", "N"]},
    ],
}


@pytest.fixture
def version(world, clock):
    at = clock.now()
    contract = Contract.objects.create(name="orders_v1", owner_team=world.platform, created_at=at)
    return Version.objects.create(
        contract=contract, number="2.0.0", authored=b"name: orders_v1\n", digest="sha256:" + "0" * 64, state="proposed",
        report=REPORT, created_by=world.bob, created_at=at, edited_by=world.bob, edited_at=at,
    )  # fmt: skip


def ask(world, clock, what, *, user="ana", days=5.0, reason=REASON):
    return services.ask_waiver(
        user=world.people[user],
        what=what,
        reason=reason,
        expires_at=clock.now() + timedelta(days=days),
        key=uuid.uuid4(),
    )


def sign(world, waiver, user="hal"):
    challenge = services.begin_waiver_signature(user=world.people[user], waiver=waiver)
    return services.sign_waiver(
        user=world.people[user],
        waiver=waiver,
        challenge_id=challenge.pk,
        proof=PasswordAndCode(world.password, world.code(user)),
    )


def of_row(version, kind="type.widened", path="schema.amount"):
    return Waived(rule=kind, path=path, version=version)


def test_a_waiver_counts_from_its_signature_to_its_end(world, clock, version):
    waiver = ask(world, clock, of_row(version))
    assert selectors.waived(version, "type.widened", "schema.amount") is None
    sign(world, waiver)
    assert selectors.waived(version, "type.widened", "schema.amount") == waiver
    assert selectors.waivers_for(version) == [waiver]
    clock.move(days=5, seconds=1)
    assert selectors.waived(version, "type.widened", "schema.amount") is None
    assert selectors.waivers_for(version) == []


def test_only_the_head_of_data_signs_and_only_writers_of_the_team_ask(world, clock, version):
    waiver = ask(world, clock, of_row(version))
    with pytest.raises(PermissionDenied, match="head of data"):
        services.begin_waiver_signature(user=world.ana, waiver=waiver)
    challenge = services.begin_waiver_signature(user=world.hal, waiver=waiver)
    with pytest.raises(PermissionDenied, match="head of data"):
        services.sign_waiver(
            user=world.ana,
            waiver=waiver,
            challenge_id=challenge.pk,
            proof=PasswordAndCode(world.password, world.code("ana")),
        )
    for name in ("cleo", "otto", "pia", "ada"):
        with pytest.raises(PermissionDenied):
            ask(world, clock, of_row(version), user=name)
    waiver.refresh_from_db()
    assert waiver.signed_at is None


def test_a_row_that_the_privacy_officer_signs_is_refused_even_to_the_head_of_data(world, clock, version):
    with pytest.raises(services.Refused, match="privacy officer signs is never waived"):
        ask(world, clock, of_row(version, "classification.raised", "classification"), user="hal")


def test_a_row_without_w_and_a_row_that_is_not_in_the_report_are_refused(world, clock, version):
    with pytest.raises(services.Refused, match="no waiver for `field"):
        ask(world, clock, of_row(version, "field.removed", "schema.id"), user="hal")
    with pytest.raises(services.Refused, match="has no row `type"):
        ask(world, clock, of_row(version, "type.widened", "schema.other"), user="hal")


def test_a_waiver_of_one_version_says_nothing_about_the_next(world, clock, version):
    sign(world, ask(world, clock, of_row(version)))
    version.state = "withdrawn"
    version.save()
    again = Version.objects.get(pk=version.pk)
    again.pk, again.state = None, "proposed"
    again.save()
    assert selectors.waived(again, "type.widened", "schema.amount") is None


def test_a_finding_of_the_gate_is_waived_for_one_job_or_for_all(world, clock):
    one = Waived(rule="slo.budget-spent", path="tests/orders", job="tests/nightly")
    waiver = sign(world, ask(world, clock, one, user="hal"))
    assert selectors.waiver_of_finding("slo.budget-spent", "tests/orders", "tests/nightly") == waiver
    assert selectors.waiver_of_finding("slo.budget-spent", "tests/orders", "tests/hourly") is None
    every = sign(world, ask(world, clock, Waived(rule="slo.budget-spent", path="tests/orders"), user="hal"))
    assert selectors.waiver_of_finding("slo.budget-spent", "tests/orders", "tests/hourly") == every


def test_no_contract_at_all_is_let_through_for_seven_days_in_sum(world, clock):
    asset = adopt_asset(actor=system_actor("tests"), namespace="tests", name="orders", owner_team=world.platform)
    what = Waived(rule="contract.none", path=asset.key, asset=asset)
    with pytest.raises(services.Refused, match="7 days at most"):
        ask(world, clock, what, days=7.01)
    sign(world, ask(world, clock, what, days=6))
    clock.move(days=5)
    with pytest.raises(services.Refused, match="counted from"):
        ask(world, clock, what, days=3)
    assert ask(world, clock, what, days=1).pk


def test_a_signed_waiver_and_its_end_are_in_the_ledger_under_the_digest_that_was_signed(world, clock, version):
    waiver = sign(world, ask(world, clock, of_row(version)))
    entry = Entry.objects.get(kind="contracts:waiver:signed")
    assert entry.payload["digest"] == waiver.digest == waiver.signature.digest
    assert REASON not in str(entry.payload)
    services.revoke_waiver(user=world.hal, waiver=waiver, reason="the column came")
    assert selectors.waived(version, "type.widened", "schema.amount") is None
    assert Entry.objects.filter(kind="contracts:waiver:revoked").count() == 1
    services.revoke_waiver(user=world.hal, waiver=waiver, reason="again")
    assert Entry.objects.filter(kind="contracts:waiver:revoked").count() == 1


def test_a_waiver_that_was_changed_after_the_page_was_opened_is_not_signed(world, clock, version):
    waiver = ask(world, clock, of_row(version))
    challenge = services.begin_waiver_signature(user=world.hal, waiver=waiver)
    Waiver.objects.filter(pk=waiver.pk).update(reason="another reason altogether, and worse")
    with pytest.raises(SigningRefused, match="changed after you opened it"):
        services.sign_waiver(
            user=world.hal,
            waiver=waiver,
            challenge_id=challenge.pk,
            proof=PasswordAndCode(world.password, world.code("hal")),
        )


def test_a_challenge_of_another_waiver_signs_nothing(world, clock, version):
    first, second = ask(world, clock, of_row(version)), ask(world, clock, of_row(version))
    challenge = services.begin_waiver_signature(user=world.hal, waiver=first)
    with pytest.raises((services.Refused, SigningRefused)):
        services.sign_waiver(
            user=world.hal,
            waiver=second,
            challenge_id=challenge.pk,
            proof=PasswordAndCode(world.password, world.code("hal")),
        )
    assert Waiver.objects.filter(signed_at__isnull=False).count() == 0


def test_the_same_key_makes_one_waiver(world, clock, version):
    key, end = uuid.uuid4(), clock.now() + timedelta(days=2)
    made = {
        services.ask_waiver(user=world.ana, what=of_row(version), reason=REASON, expires_at=end, key=key).pk
        for _ in range(2)
    }
    assert len(made) == 1


def test_what_waits_for_a_signature_and_what_ends_soon_is_found(world, clock, version):
    waiver = ask(world, clock, of_row(version), days=2)
    assert list(selectors.to_sign_waivers(world.hal)) == [waiver]
    assert list(selectors.to_sign_waivers(world.ana)) == []
    sign(world, waiver)
    assert selectors.waivers_ending(world.ana) == [waiver]
    assert selectors.waivers_ending(world.otto) == []
