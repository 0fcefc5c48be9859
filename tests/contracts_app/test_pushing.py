"""Git and portal: a pipeline proposes exact bytes, and the list of what is in force."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from contracts_app import selectors, services
from contracts_app.models import Version
from portal.core.evidence.models import Entry
from portal.core.identity.models import ServiceToken, User
from portal.core.identity.policies import Act, may
from tests.contracts_app import life

pytestmark = pytest.mark.django_db
FIRST = life.EXAMPLE


@pytest.fixture
def estate(world):
    world.asset = life.register_names(world)
    return world


def push(world, content=FIRST, *, namespaces=("*",), key=None):
    token = world.token("contracts:write", namespaces=namespaces)
    headers = {"Authorization": f"Bearer {token}", **({"Idempotency-Key": key} if key else {})}
    return Client().post("/api/v1/contracts/push", data=content, content_type="application/yaml", headers=headers)


def test_the_exact_bytes_are_proposed_in_the_name_of_the_token_and_people_sign_them(estate):
    content = b"# kept, as every comment\n" + FIRST
    answer = push(estate, content)
    assert answer.status_code == 201, answer.content
    version = Version.objects.get()
    assert bytes(version.authored) == content
    assert (answer.json()["state"], answer.json()["canonical_hash"]) == ("proposed", version.digest)
    assert version.contract.owner_team == estate.platform
    assert version.proposed_by.name.startswith("Service token")
    assert Entry.objects.filter(kind="contracts:version:proposed").count() == 1
    for name in life.SIGNERS:
        life.sign(estate, name, version)
    assert life.again(version).state == "active"


def test_pushing_what_stands_already_proposes_nothing_again(estate):
    key = str(uuid.uuid4())
    assert push(estate, key=key).status_code == 201
    assert push(estate, key=key).status_code == 200
    assert push(estate).json()["state"] == "proposed"
    assert Version.objects.count() == 1


def test_the_same_bytes_can_be_pushed_again_after_the_proposal_was_withdrawn(estate):
    key = str(uuid.uuid4())
    push(estate, key=key)
    version = Version.objects.get()
    services.withdraw(user=estate.ana, version=version, reason="not yet")
    assert push(estate, key=key).status_code == 201


def test_a_machines_account_cannot_sign_in_and_may_do_nothing_by_itself(estate):
    push(estate)
    machine = User.objects.get(email__endswith="@tokens.invalid")
    assert not machine.is_active
    assert not machine.has_usable_password()
    assert not may(machine, Act.READ)
    assert machine.grants() == frozenset()
    assert not machine.emailaddress_set.exists()


def test_a_file_that_does_not_pass_the_check_is_refused_with_its_lines_and_leaves_no_trace(estate):
    answer = push(estate, FIRST.replace(b"us-only", b"NO"))
    assert answer.status_code == 422
    assert answer.json()["reasons"][0].startswith("Line 6:")
    assert Version.objects.count() == 0


def test_a_person_who_is_writing_a_draft_is_not_overwritten(estate):
    services.import_yaml(user=estate.bob, content=FIRST.replace(b"purchase", b"purchases"))
    answer = push(estate)
    assert answer.status_code == 422
    assert "Bob Contributor" in answer.json()["detail"]
    assert Version.objects.get().state == "draft"


def test_a_token_of_another_namespace_may_not_propose_for_this_asset(estate):
    assert push(estate, namespaces=("shop*",)).status_code == 403
    token = ServiceToken.objects.latest("pk")
    with pytest.raises(PermissionDenied, match="namespace demo"):
        services.push(token=token, content=FIRST, key=uuid.uuid4())


def test_an_owner_that_is_no_team_is_refused(estate):
    answer = push(estate, FIRST.replace(b"data-platform@company.com", b"nobody@company.com"))
    assert answer.status_code == 422
    assert Version.objects.count() == 0


def test_a_key_that_is_no_uuid_and_a_body_that_is_too_large_are_refused(estate):
    assert push(estate, key="seven").status_code == 400
    assert push(estate, b"#" * (1024 * 1024 + 1)).status_code == 413


def test_what_is_in_force_is_listed_by_name_a_page_at_a_time(estate, monkeypatch):
    version = life.signed(estate, FIRST)
    headers = {"Authorization": f"Bearer {estate.token('contracts:read')}"}
    answer = Client().get("/api/v1/contracts", headers=headers).json()
    assert answer == {
        "contracts": [{
            "name": version.contract.name, "version": version.number, "canonical_hash": version.digest,
            "asset": estate.asset.key,
        }],
        "next": None,
    }  # fmt: skip
    assert Client().get("/api/v1/contracts?after=zzz", headers=headers).json()["contracts"] == []
    assert selectors.active_after("")[1] is False
