"""What people meet: import, the editor in step with the YAML, the sign page, and the API for pipelines."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contracts_app import services
from contracts_app.models import Contract, Version
from portal.core.catalog.worklist import waiting_for
from portal.core.signing.proofs import PasswordAndCode

EXAMPLE = (Path(__file__).parent / "data/customer_events_v1.yaml").read_bytes()
TEXT = EXAMPLE.decode()


@pytest.fixture
def draft(world):
    return services.import_yaml(user=world.bob, content=EXAMPLE)


@pytest.fixture
def proposal(world, draft):
    return services.propose(user=world.bob, version=draft, token=1, key=uuid.uuid4())


def edit(world, version, **posted):
    posted = {"text": TEXT, "base": TEXT, "token": "1", **posted}
    return world.client("bob").post(reverse("contracts:edit", args=[version.contract_id]), posted)


def test_an_uploaded_file_keeps_its_exact_bytes_and_opens_in_the_editor(world):
    upload = SimpleUploadedFile("c.yaml", EXAMPLE)
    answer = world.client("bob").post(reverse("contracts:import"), {"file": upload}, follow=True)
    version = Version.objects.get()
    assert bytes(version.authored) == EXAMPLE
    assert answer.redirect_chain == [(reverse("contracts:edit", args=[version.contract_id]), 302)]
    assert "Passes" in answer.text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: &a [1]\nb: *a", "anchor"),
        (b"name: a\nname: b\nx: [", "not YAML"),
        (b"x" * (1024 * 1024 + 1), "1 MiB"),
        (b"\xff\xfe", "UTF-8"),
        (b"owner: nobody", "<code>name</code> is missing"),
    ],
)
def test_bad_files_get_a_clear_answer_and_nothing_is_saved(world, content, said):
    upload = SimpleUploadedFile("c.yaml", content)
    answer = world.client("bob").post(reverse("contracts:import"), {"file": upload})
    assert answer.status_code == 422
    assert said in answer.text
    assert not Contract.objects.exists()


def test_a_form_field_changed_shows_in_the_yaml_with_its_comments_kept(world, draft):
    text = TEXT.replace("retention_days: 365", "retention_days: 365  # by law")
    answer = edit(world, draft, text=text, base=text, action="form", **{"f:/retention_days": "730"})
    assert "retention_days: 730  # by law" in answer.text


def test_a_yaml_edit_shows_in_the_form_and_wins_over_an_untouched_form(world, draft):
    text = TEXT.replace("retention_days: 365", "retention_days: 90")
    answer = edit(world, draft, text=text, action="save", **{"f:/retention_days": "365"})
    assert answer.status_code == 302
    assert b"retention_days: 90" in bytes(Version.objects.get().authored)
    page = world.client("bob").get(reverse("contracts:edit", args=[draft.contract_id]))
    assert 'name="f:/retention_days" type="text" inputmode="decimal" value="90"' in page.text


def test_a_trap_is_mended_by_its_button(world, draft):
    text = TEXT.replace("us-only", "NO")
    page = edit(world, draft, text=text, base=text, action="yaml")
    assert "YAML reads <code>NO</code> as bool" in page.text
    mended = edit(world, draft, text=text, base=text, action="fix:trap.text@6.12")
    assert "residency: &quot;NO&quot;" in mended.text


def test_fields_rules_and_targets_are_added_and_removed(world, draft):
    page = edit(
        world,
        draft,
        action="form",
        **{
            "new:/schema": "email",
            "new:/slos/accuracy_rules": "amount_usd < 9",
            "new:/privacy/deletion_propagation": "lake/x",
        },
    )
    for line in ("email: {type: string}", "rule: &quot;amount_usd &lt; 9&quot;", "lake/x"):
        assert line in page.text
    page = edit(world, draft, action="remove:/schema/amount_usd")
    assert "amount_usd:  {" not in page.context["edit"].text


def test_the_second_of_two_editors_sees_the_difference_and_keeps_their_text(world, draft):
    services.save_draft(user=world.ana, version=draft, content=EXAMPLE + b"# Ana\n", token=1)
    answer = edit(world, draft, text=TEXT + "# Bob\n", action="save")
    assert answer.status_code == 409
    assert "Ana Owner saved this draft" in answer.text
    assert "# Ana\n</pre>" in answer.text
    assert "# Bob\n</pre>" in answer.text
    assert bytes(Version.objects.get().authored).endswith(b"# Ana\n")


def test_an_htmx_edit_answers_the_editor_alone(world, draft):
    client = world.client("bob")
    url = reverse("contracts:edit", args=[draft.contract_id])
    part = client.post(url, {"text": TEXT, "base": TEXT, "action": "yaml"}, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert 'id="editor"' in part.text


def test_hostile_names_and_texts_are_shown_and_never_run(world):
    hostile = TEXT.replace("data-platform@company.com", '"<script>alert(1)</script>"')
    version = services.import_yaml(user=world.bob, content=hostile.encode())
    for url in (version.get_absolute_url(), reverse("contracts:edit", args=[version.contract_id])):
        assert "<script>alert" not in world.client("bob").get(url).text


def test_propose_page_says_who_signs_and_the_post_freezes_it_once(world, draft):
    client, url = world.client("bob"), reverse("contracts:propose", args=[draft.pk])
    page = client.get(url)
    assert page.context["check"].roles == ["producer", "privacy officer"]
    posted = {"token": "1", "idempotency_key": str(uuid.uuid4())}
    assert client.post(url, posted).status_code == 302
    assert client.post(url, posted).status_code == 302
    assert Version.objects.get().state == "proposed"


def test_signing_by_hand_ends_with_a_reference_and_the_version_in_force(world, proposal):
    url = reverse("contracts:sign", args=[proposal.pk])
    for name, capacity in (("ana", "producer"), ("pia", "privacy officer")):
        client = world.client(name)
        page = client.get(url)
        assert proposal.digest in page.text
        assert f"Sign as {capacity}" in page.text
        posted = {"challenge": page.context["challenge"].pk, "password": world.password, "code": world.code(name)}
        done = client.post(url, posted, follow=True)
        assert f"CS-{proposal.pk}-" in done.text
    assert "came into force" in done.text
    assert "password" in done.text


def test_a_wrong_code_shows_the_refusal_with_the_form_and_the_fifth_locks(world, proposal):
    client, url = world.client("ana"), reverse("contracts:sign", args=[proposal.pk])
    challenge = client.get(url).context["challenge"]
    posted = {"challenge": challenge.pk, "password": world.password, "code": "000000"}
    answers = [client.post(url, posted) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {422}
    assert "4 tries left" in answers[0].text
    assert "There were 5 wrong tries" in answers[4].text
    good = client.post(url, {**posted, "code": world.code("ana")})
    assert good.status_code == 422
    assert Version.objects.get().state == "proposed"


def test_what_waits_for_a_person_is_on_their_list(world, proposal):
    assert [item.text for item in waiting_for(world.ana)["To sign"]] == ["Sign customer_events_v1 1.2.0 as producer"]
    assert waiting_for(world.bob)["To sign"] == []
    services.import_yaml(user=world.bob, content=b"name: thin_v1\nversion: 1.0.0\nowner: platform\n")
    assert waiting_for(world.bob)["To fix"][0].text == "Mend the draft of thin_v1: 1 finding"


def test_every_tab_of_the_contract_page_and_the_comparison_open(world, proposal):
    services.import_yaml(user=world.bob, content=EXAMPLE.replace(b"us-only", b"us-eu"))
    client = world.client("aud")
    for tab in ("overview", "yaml", "versions", "rules"):
        page = client.get(proposal.contract.get_absolute_url(), {"tab": tab, "version": proposal.pk})
        assert page.status_code == 200
    assert "&quot;amount_usd&quot; IS NULL OR &quot;amount_usd&quot; &gt;= 0" in page.text
    draft = Version.objects.get(state="draft")
    page = client.get(reverse("contracts:compare", args=[draft.contract_id]), {"old": proposal.pk, "new": draft.pk})
    assert "must be at least 2.0.0" in page.text
    assert client.get(proposal.contract.get_absolute_url(), {"version": "999999"}).status_code == 404


def test_the_list_keeps_its_query_count_however_long_it_grows(world, draft, django_assert_max_num_queries):
    for number in range(5):
        content = EXAMPLE.replace(b"customer_events_v1", b"events_v%d" % number)
        services.import_yaml(user=world.bob, content=content)
    client = world.client("aud")
    client.get(reverse("contracts:list"))
    with django_assert_max_num_queries(14):
        page = client.get(reverse("contracts:list"), {"q": "events", "state": "draft", "team": "platform"})
    assert "6 contracts" in page.text


def test_pipelines_read_the_version_in_force_and_check_a_file(world, proposal):
    bearer = Client(headers={"Authorization": f"Bearer {world.token('contracts:read')}"})
    url = reverse("api:contracts-active", args=["customer_events_v1"])
    absent = bearer.get(url)
    assert (absent.status_code, absent["Content-Type"]) == (404, "application/problem+json")
    for name in ("ana", "pia"):
        challenge = services.begin_signature(user=world.people[name], version=proposal)
        services.sign(
            user=world.people[name],
            version=proposal,
            challenge_id=challenge.pk,
            proof=PasswordAndCode(world.password, world.code(name)),
        )
    found = bearer.get(url)
    assert found.json()["canonical_hash"] == proposal.digest
    assert bearer.get(url, headers={"If-None-Match": found["ETag"]}).status_code == 304
    assert bearer.get(url, headers={"Accept": "application/yaml"}).content == EXAMPLE
    lint = bearer.post(reverse("api:contracts-lint"), b"version: 1.10", content_type="application/yaml")
    assert json.loads(lint.content)["ok"] is False
    huge = bearer.post(reverse("api:contracts-lint"), b"x" * (1024 * 1024 + 1), content_type="application/yaml")
    assert huge.status_code == 413
