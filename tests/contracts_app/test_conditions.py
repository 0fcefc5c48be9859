"""What stands between a version and force: each condition said as it is, and none of them passed over."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts_app import selectors, services
from contracts_app.domain.lifecycle import State
from contracts_app.models import Version
from portal.core.catalog.models import TeamAddress
from portal.core.catalog.services import adopt_asset
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import read_artifact
from portal.core.identity.actors import system_actor
from tests.contracts_app.life import CONSUMED, EXAMPLE, again, propose, register_names, sign, signed

AMOUNT = b"  amount_usd:  {type: float, min: 0.0, required: false}\n"
AMOUNT_RULE = b'    - rule: "amount_usd >= 0"\n'


@pytest.fixture
def estate(world):
    world.asset = register_names(world)
    return world


def said(version) -> dict[str, str]:
    """Key -> word of every condition."""
    return {one.key: one.word for one in selectors.conditions_of(again(version))}


def one(version, key):
    return next(each for each in selectors.conditions_of(again(version)) if each.key == key)


def test_a_draft_waits_for_its_proposal_and_a_broken_one_for_its_author(estate):
    version = services.import_yaml(user=estate.bob, content=b"name: thin_v1\nversion: 1.0.0\nowner: platform\n")
    assert said(version) == {"check": "Not met", "names": "Met", "proposal": "Waits"}
    assert "at least one field" in one(version, "check").text


def test_a_proposal_waits_for_each_role_by_name_and_then_for_its_notice(estate):
    version = propose(estate)
    roles = {"signature.producer", "signature.accountable", "signature.privacy-officer"}
    assert {key for key, word in said(version).items() if word == "Waits"} >= roles
    assert one(version, "signature.producer").who == "an owner of Data Platform"
    assert one(version, "notice").text == "14 days, from the last signature on."
    sign(estate, "ana", version)
    assert one(version, "signature.producer").text.startswith("Signed by Ana Owner on ")
    for name in ("hal", "pia"):
        sign(estate, name, version)
    version = again(version)
    assert one(version, "notice").until == version.notice_ends_at == version.signed_at + timedelta(days=14)
    assert selectors.next_blocker(version).startswith("Notice to consumers: It runs its whole time")


def test_nothing_stands_between_a_version_in_force_and_force(estate):
    version = signed(estate, EXAMPLE)
    assert version.state == State.ACTIVE
    assert selectors.conditions_of(version) == []


def test_a_name_that_is_unknown_again_holds_the_activation_until_it_is_registered(estate, clock):
    version = signed(estate)
    clock.move(days=15)
    TeamAddress.objects.filter(text="#data-oncall").delete()
    assert services.activate_due() == 0
    assert one(version, "names").word == "Not met"
    assert "#data-oncall" in selectors.next_blocker(again(version))
    TeamAddress.objects.create(text="#data-oncall", team=estate.platform, kind="channel")
    assert services.activate_due() == 1


def test_checks_on_live_data_run_only_when_nothing_else_holds_the_version_back(estate, clock, monkeypatch):
    from contracts_app.services import readiness

    ran = []
    monkeypatch.setattr(readiness, "_checks", {})
    readiness.readiness_check("tests")(lambda version: ran.append(version.pk) or services.Readiness(False, "3 % fail."))
    version = signed(estate)
    services.activate_due()
    assert ran == []
    assert one(version, "readiness").text.startswith("Not run yet")
    clock.move(days=14, minutes=1)
    assert services.activate_due() == 0
    assert ran == [version.pk]
    assert (one(version, "readiness.tests").word, one(version, "readiness.tests").text) == ("Not met", "3 % fail.")


def test_a_removed_field_goes_when_its_date_has_come_and_its_window_has_run(estate, clock):
    first = signed(estate, EXAMPLE)
    soon = (first.activated_at + timedelta(days=5)).date().isoformat()
    marked = AMOUNT.replace(b"}", f', deprecated: true, removal_date: "{soon}"}}'.encode())
    second = signed(estate, EXAMPLE.replace(AMOUNT, marked).replace(b"1.2.0", b"1.3.0"), ("ana", "hal"))
    assert second.state == State.ACTIVE
    gone = EXAMPLE.replace(AMOUNT, b"").replace(AMOUNT_RULE, b"").replace(b"1.2.0", b"2.0.0")
    third = signed(estate, gone, ("ana", "hal"))
    removal = one(third, "deprecation.schema.amount_usd")
    assert removal.until == second.activated_at + timedelta(days=30)  # the window, since it ends after the date
    clock.move(days=29)
    assert services.activate_due() == 0
    clock.move(days=1, minutes=1)
    assert services.activate_due() == 1
    assert again(third).state == State.ACTIVE


def test_the_new_owner_signs_too_and_only_an_owner_of_the_new_team_may(estate):
    signed(estate, EXAMPLE)
    moved = EXAMPLE.replace(b"owner: data-platform@company.com", b"owner: Logistics").replace(b"1.2.0", b"1.2.1")
    version = propose(estate, moved)
    assert [role.value for role in version.roles_needed] == ["producer", "new owner", "accountable"]
    assert selectors.signing_role(estate.otto, version).value == "new owner"
    assert selectors.signing_role(estate.ana, version).value == "producer"
    assert one(version, "signature.new-owner").who == "an owner of Logistics"
    for name in ("ana", "otto", "hal"):
        sign(estate, name, version)
    assert again(version).state == State.ACTIVE
    assert again(version).contract.owner_team == estate.logistics


def test_a_new_owner_that_names_no_team_cannot_be_proposed(estate):
    content = EXAMPLE.replace(b"version: 1.2.0", b"version: 1.2.0\nasset: {tier: 2}")
    signed(estate, content, ("ana", "pia"))
    moved = content.replace(b"owner: data-platform@company.com", b"owner: Somebody").replace(b"1.2.0", b"1.2.1")
    with pytest.raises(services.Refused, match="names no team, so nobody could sign for it"):
        propose(estate, moved)


def test_a_first_contract_for_another_teams_asset_needs_that_teams_signature(estate):
    actor = system_actor("tests")
    adopt_asset(actor=actor, namespace="demo", name="trips", kind="table", owner_team=estate.logistics)
    content = b"""name: trips_v1
version: 1.0.0
owner: data-platform@company.com
on_call: "#data-oncall"
asset: {namespace: demo, name: trips}
schema:
  id: {type: string, required: true}
"""
    version = propose(estate, content)
    assert [role.value for role in version.roles_needed] == ["producer", "new owner"]
    assert selectors.signing_role(estate.otto, version).value == "producer"
    assert selectors.signing_role(estate.ana, version).value == "new owner"


def test_what_is_in_force_cannot_be_proposed_again_and_numbers_only_rise(estate):
    signed(estate, EXAMPLE)
    with pytest.raises(services.Refused, match=r"promises exactly what 1\.2\.0 does"):
        propose(estate, EXAMPLE.replace(b"1.2.0", b"1.2.1"))
    Version.objects.filter(state=State.DRAFT).delete()
    Version.objects.update(state=State.RETIRED)
    with pytest.raises(services.Refused, match=r"below 1\.2\.0, which this contract has had"):
        propose(estate, EXAMPLE.replace(b"1.2.0", b"1.1.0"))


def test_an_empty_draft_cannot_be_proposed(estate):
    version = services.import_yaml(user=estate.bob, content=EXAMPLE)
    version = services.save_draft(user=estate.bob, version=version, content=b"  \n", token=1)
    with pytest.raises(services.Refused, match="The draft is empty"):
        services.propose(user=estate.bob, version=version, token=2, key=uuid.uuid4())


def test_many_versions_are_asked_with_as_many_queries_as_one(estate):
    def asked(versions):
        with CaptureQueriesContext(connection) as queries:
            selectors.conditions_of_all(versions)
        return len(queries)

    versions = [propose(estate, CONSUMED.replace(b"customer_events_v1", f"events_{n}".encode())) for n in range(4)]
    few = [Version.objects.select_related("contract", "proposed_by").get(pk=versions[0].pk)]
    many = list(Version.objects.select_related("contract", "proposed_by").filter(state=State.PROPOSED))
    assert asked(few) == asked(many)


def test_what_the_active_version_went_through_against_an_older_one_is_not_asked_for_again(estate, clock):
    signed(estate, CONSUMED)
    clock.move(days=15)
    services.activate_due()
    second = signed(estate, CONSUMED.replace(b"target: 15", b"target: 19").replace(b"1.2.0", b"2.0.0"), ("ana", "hal"))
    clock.move(days=15)
    services.activate_due()
    assert again(second).state == State.ACTIVE
    wider = CONSUMED.replace(b"target: 15", b"target: 19").replace(b"1.2.0", b"2.0.1") + b"\ndescription: clearer\n"
    third = signed(estate, wider, ("ana", "hal"))
    assert third.state == State.ACTIVE  # no notice: only the text changed against 2.0.0
    assert again(second).state == State.RETIRED
    assert third.report["required_bump"] == "patch"


def test_a_classification_that_is_lowered_waits_for_evidence_that_exists(estate):
    signed(estate, EXAMPLE)
    lowered = EXAMPLE.replace(b"classification: pii-low", b"classification: internal").replace(b"1.2.0", b"2.0.0")
    version = propose(estate, lowered)
    waiting = next(each for each in selectors.conditions_of(again(version)) if each.group == "evidence")
    assert (waiting.word, waiting.who) == ("Waits", "a privacy officer")
    client, url = estate.client("pia"), reverse("contracts:grounds", args=[version.pk])
    change = next(each for each in again(version).report["changes"] if "evidence" in each["requires"])
    posted = {"kind": change["kind"], "path": change["path"], "reference": "entry:999999999"}
    posted |= {"reason": "The events hold no person any more.", "idempotency_key": str(uuid.uuid4())}
    refused = client.post(url, posted)
    assert (refused.status_code, "Name the evidence" in refused.text) == (422, True)
    document = SimpleUploadedFile("scan.txt", b"no row holds an identifier", content_type="text/plain")
    for _ in range(2):
        document.seek(0)
        assert client.post(url, {**posted, "document": document}).status_code == 302
    given = next(each for each in selectors.conditions_of(again(version)) if each.group == "evidence")
    assert "The events hold no person any more." in given.text
    assert read_artifact(again(version).grounds.get(path=change["path"]).reference) == b"no row holds an identifier"
    assert Entry.objects.filter(kind="contracts:version:grounds").count() == 1


def test_a_pipeline_reads_the_conditions_that_the_page_shows(estate):
    version = signed(estate)
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {estate.token('contracts:read')}"}
    url = reverse("api:contracts-conditions", args=["customer_events_v1"])
    answer = estate.client().get(url, **bearer).json()
    assert (answer["version"], answer["state"], answer["ready"]) == ("1.2.0", "scheduled", False)
    shown = [(one.key, one.word.lower()) for one in selectors.conditions_of(again(version))]
    assert [(one["key"], one["state"]) for one in answer["conditions"]] == shown
    assert estate.client().get(url, {"version": "9.9.9"}, **bearer).status_code == 404
