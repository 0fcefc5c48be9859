"""From a file to a version in force: import, propose, sign by the right people, notice, and the news of it."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from contracts_app import selectors, services
from contracts_app.domain.lifecycle import State
from contracts_app.models import Version
from portal.core.catalog.services import add_alias, add_team_address, adopt_asset
from portal.core.events.models import Event
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from portal.core.signing.proofs import PasswordAndCode
from portal.core.signing.services import SigningRefused

EXAMPLE = (Path(__file__).parent / "data/customer_events_v1.yaml").read_bytes()


@pytest.fixture
def estate(world):
    """The names that the example uses, registered as the demo registers them."""
    actor = system_actor("tests")
    for text, kind in (("data-platform@company.com", "email"), ("#data-oncall", "channel")):
        add_team_address(text=text, team=world.platform, kind=kind)
    add_team_address(text="product-analytics@company.com", team=world.analytics, kind="email")
    asset = adopt_asset(
        actor=actor, namespace="demo", name="customer_events", tier=1, tier_reason="board KPI", kind="table"
    )
    add_alias(text="customer_events_v1", asset=asset)
    for name in ("features/customer_profile", "vectors/customer_semantic", "raw_lake/clickstream"):
        adopt_asset(actor=actor, namespace="demo", name=name)
    world.asset = asset
    return world


def propose(world, content=EXAMPLE, user="bob"):
    version = services.import_yaml(user=world.people[user], content=content)
    return services.propose(user=world.people[user], version=version, token=version.token, key=uuid.uuid4())


def sign(world, name, version):
    user = world.people[name]
    challenge = services.begin_signature(user=user, version=version)
    return services.sign(
        user=user, version=version, challenge_id=challenge.pk, proof=PasswordAndCode(world.password, world.code(name))
    )


def signed_by_all(world, version, names=("ana", "hal", "pia")):
    for name in names:
        sign(world, name, version)
    return Version.objects.get(pk=version.pk)


def test_the_programmes_contract_goes_from_its_exact_bytes_into_force_by_three_signatures(estate):
    version = propose(estate)
    assert bytes(Version.objects.get(pk=version.pk).authored) == EXAMPLE
    assert [role.value for role in version.roles_needed] == ["producer", "accountable", "privacy officer"]
    sign(estate, "ana", version)
    assert "accountable and privacy officer" in selectors.next_blocker(Version.objects.get(pk=version.pk))
    version = signed_by_all(estate, version, ("hal", "pia"))
    assert version.state == State.ACTIVE
    assert selectors.active_version(estate.asset.pk) == version
    estate.asset.refresh_from_db()
    assert (estate.asset.tier, estate.asset.owner_team) == (1, estate.platform)


def test_the_ledger_and_the_rooms_above_learn_of_every_step(estate):
    version = signed_by_all(estate, propose(estate))
    kinds = list(Entry.objects.filter(kind__startswith="contracts:").order_by("pk").values_list("kind", flat=True))
    assert kinds == [
        "contracts:version:proposed",
        "contracts:version:signed",
        "contracts:version:signed",
        "contracts:version:signed",
        "contracts:version:scheduled",
        "contracts:version:activated",
    ]
    entry = Entry.objects.get(kind="contracts:version:activated")
    assert entry.payload["digest"] == version.digest
    news = Event.objects.get(topic="contracts.version.activated").payload
    assert news == {
        "contract_id": version.contract_id,
        "version_id": version.pk,
        "asset_id": estate.asset.pk,
        "canonical_hash": version.digest,
    }


def test_at_tier_1_a_name_that_nobody_knows_keeps_a_version_from_being_proposed(estate):
    content = EXAMPLE.replace(b"data-platform@company.com", b"nobody@company.com")
    version = services.import_yaml(user=estate.bob, content=content)
    with pytest.raises(services.Refused, match="names no team"):
        services.propose(user=estate.bob, version=version, token=1, key=uuid.uuid4())


def test_a_draft_with_findings_or_without_fields_cannot_be_proposed(estate):
    version = services.import_yaml(user=estate.bob, content=b"name: thin_v1\nversion: 1.0.0\nowner: platform\n")
    with pytest.raises(services.Refused, match="at least one field"):
        services.propose(user=estate.bob, version=version, token=1, key=uuid.uuid4())


def test_one_person_never_signs_in_two_roles_and_the_proposer_only_as_producer(estate):
    version = propose(estate, user="ana")
    assert selectors.signing_role(estate.ana, version).value == "producer"
    sign(estate, "ana", version)
    with pytest.raises(services.Refused, match="already signed"):
        services.begin_signature(user=estate.ana, version=Version.objects.get(pk=version.pk))
    with pytest.raises(services.Refused, match="none of these roles"):
        services.begin_signature(user=estate.otto, version=version)


def test_a_wrong_code_signs_nothing_and_a_challenge_of_another_version_is_not_taken(estate):
    version = propose(estate)
    challenge = services.begin_signature(user=estate.ana, version=version)
    with pytest.raises(SigningRefused):
        services.sign(
            user=estate.ana, version=version, challenge_id=challenge.pk, proof=PasswordAndCode("wrong", "000000")
        )
    assert Version.objects.get(pk=version.pk).signed() == []
    other = propose(estate)  # the same bytes again: the same hash, but another proposal
    with pytest.raises(services.Refused, match="begun for something else"):
        services.sign(
            user=estate.ana,
            version=other,
            challenge_id=challenge.pk,
            proof=PasswordAndCode(estate.password, estate.code("ana")),
        )
    assert Version.objects.get(pk=other.pk).signed() == []


def test_consumers_named_in_the_first_version_get_their_notice_before_it_is_in_force(estate, clock):
    content = EXAMPLE + b"\nconsumers: [{team: Product Analytics, purpose: funnels}]\n"
    version = signed_by_all(estate, propose(estate, content))
    assert version.state == State.SCHEDULED
    clock.move(days=13)
    services.activate_due()
    assert Version.objects.get(pk=version.pk).state == State.SCHEDULED
    clock.move(days=1, minutes=1)
    assert services.activate_due() == 1
    assert Version.objects.get(pk=version.pk).state == State.ACTIVE


def test_a_minor_change_replaces_the_version_in_force_and_a_small_number_is_refused(estate):
    signed_by_all(estate, propose(estate))
    tighter = EXAMPLE.replace(b"target: 15", b"target: 10")
    version = services.import_yaml(user=estate.bob, content=tighter)
    with pytest.raises(services.Refused, match=r"must be at least 1\.3\.0"):
        services.propose(user=estate.bob, version=version, token=1, key=uuid.uuid4())
    version = services.save_draft(
        user=estate.bob, version=version, content=tighter.replace(b"1.2.0", b"1.3.0"), token=1
    )
    version = services.propose(user=estate.bob, version=version, token=2, key=uuid.uuid4())
    assert [role.value for role in version.roles_needed] == ["producer", "accountable"]
    version = signed_by_all(estate, version, ("ana", "hal"))
    assert version.state == State.ACTIVE
    states = dict(Version.objects.filter(contract=version.contract).values_list("number", "state"))
    assert states == {"1.3.0": "active", "1.2.0": "retired"}


def test_a_major_change_waits_for_the_old_contracts_notice_and_leaves_it_deprecated(estate, clock):
    signed_by_all(estate, propose(estate))
    content = EXAMPLE.replace(b"target: 15", b"target: 19").replace(b"1.2.0", b"2.0.0").replace(b"days: 14", b"days: 1")
    version = signed_by_all(estate, propose(estate, content), ("ana", "hal"))
    assert version.state == State.SCHEDULED
    assert (version.notice_ends_at - version.signed_at).days == 14
    clock.move(days=14, minutes=1)
    services.activate_due()
    states = dict(Version.objects.filter(contract=version.contract).values_list("number", "state"))
    assert states == {"2.0.0": "active", "1.2.0": "deprecated"}
    clock.move(days=30, minutes=1)
    assert services.retire_due() == 1


def test_a_removed_field_must_have_been_deprecated_until_its_date(estate):
    signed_by_all(estate, propose(estate))
    content = EXAMPLE.replace(b"  amount_usd:  {type: float, min: 0.0, required: false}\n", b"")
    content = content.replace(b'    - rule: "amount_usd >= 0"\n', b"").replace(b"1.2.0", b"2.0.0")
    version = services.import_yaml(user=estate.bob, content=content)
    with pytest.raises(services.Refused, match="first deprecate it"):
        services.propose(user=estate.bob, version=version, token=1, key=uuid.uuid4())


def test_of_two_editors_the_second_is_refused_and_shown_what_the_first_saved(estate):
    version = services.import_yaml(user=estate.bob, content=EXAMPLE)
    services.save_draft(user=estate.ana, version=version, content=EXAMPLE + b"# Ana\n", token=1)
    with pytest.raises(services.DraftConflict, match="Ana Owner saved this draft") as conflict:
        services.save_draft(user=estate.bob, version=version, content=EXAMPLE + b"# Bob\n", token=1)
    assert conflict.value.theirs.endswith("# Ana\n")
    with pytest.raises(services.DraftConflict):
        services.propose(user=estate.bob, version=version, token=1, key=uuid.uuid4())


def test_a_new_proposal_replaces_the_open_one_and_voids_its_signatures(estate):
    first = propose(estate)
    sign(estate, "ana", first)
    second = propose(estate, EXAMPLE + b"\ndescription: clearer\n")
    first = Version.objects.get(pk=first.pk)
    assert first.state == State.WITHDRAWN
    assert first.signed() == []
    assert second.signed() == []


def test_a_withdrawal_needs_a_reason_and_proposing_twice_with_one_key_is_once(estate):
    version, key = services.import_yaml(user=estate.bob, content=EXAMPLE), uuid.uuid4()
    first = services.propose(user=estate.bob, version=version, token=1, key=key)
    assert services.propose(user=estate.bob, version=version, token=1, key=key) == first
    assert Entry.objects.filter(kind="contracts:version:proposed").count() == 1
    with pytest.raises(services.Refused, match="Say why"):
        services.withdraw(user=estate.bob, version=version, reason=" ")
    assert services.withdraw(user=estate.bob, version=version, reason="a typo").state == State.WITHDRAWN


def test_a_contract_stays_with_its_asset(estate):
    signed_by_all(estate, propose(estate))
    content = EXAMPLE.replace(b"1.2.0", b"2.0.0") + b"\nasset: {namespace: demo, name: something_else}\n"
    version = services.import_yaml(user=estate.bob, content=content)
    with pytest.raises(services.Refused, match="a contract of its own"):
        services.propose(user=estate.bob, version=version, token=1, key=uuid.uuid4())


def test_another_team_may_neither_write_nor_edit_the_contract(estate):
    version = services.import_yaml(user=estate.bob, content=EXAMPLE)
    with pytest.raises(PermissionDenied):
        services.import_yaml(user=estate.otto, content=EXAMPLE)
    with pytest.raises(PermissionDenied):
        services.save_draft(user=estate.otto, version=version, content=b"", token=1)


def test_a_readiness_check_that_fails_keeps_the_version_scheduled(estate, monkeypatch):
    from contracts_app.services import readiness

    monkeypatch.setattr(readiness, "_checks", {})
    answer = services.Readiness(False, "3 % of yesterday's rows fail the new rules.")
    readiness.readiness_check("tests")(lambda version: answer)
    version = signed_by_all(estate, propose(estate))
    assert version.state == State.SCHEDULED
    assert "3 %" in selectors.next_blocker(version)
    readiness.readiness_check("tests")(lambda version: None)
    assert services.activate_due() == 1


def test_deletion_targets_and_promises_are_there_for_the_rooms_above(estate):
    version = signed_by_all(estate, propose(estate))
    targets = list(selectors.deletion_targets())
    assert [target.text for target in targets] == list(version.document.deletion_targets)
    assert {target.asset.name for target in targets} == {target.text for target in targets}
    assert {target.source for target in targets} == {estate.asset}
    assert {term.kind for term in selectors.slo_terms(version)} == {"freshness", "completeness", "accuracy"}
    assert selectors.compiled_rules(version, "postgres").passing.endswith("IS TRUE")
    assert selectors.version_by_id(version.pk) == version
