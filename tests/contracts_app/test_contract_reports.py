"""The change report says who is hit by which column; the list finds by what people ask; a refusal leads to its line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse

from contracts_app import selectors, services
from contracts_app.models import Version
from portal.core.catalog.services import adopt_asset
from portal.core.identity.actors import system_actor
from tests.contracts_app.life import CONSUMED, EXAMPLE, again, propose, register_names, sign, signed
from tests.lineage_app.conftest import send, token  # noqa: F401 events through the endpoint
from tests.lineage_app.sending import event

AMOUNT = CONSUMED.replace(b"version: 1.2.0", b"version: 2.0.0").replace(b"min: 0.0", b"min: -5.0")
RETENTION = CONSUMED.replace(b"version: 1.2.0", b"version: 2.0.0").replace(b"days: 365", b"days: 730")


def fed(name: str, **columns: str) -> dict[str, Any]:
    """A dataset whose columns come from columns of the asset under contract."""
    source = {"namespace": "demo", "name": "customer_events", "transformations": [{"type": "DIRECT"}]}
    fields = {out: {"inputFields": [{**source, "field": column}]} for out, column in columns.items()}
    return {"namespace": "demo", "name": name, "facets": {"columnLineage": {"fields": fields}}}


@pytest.fixture
def in_force(world, clock) -> Version:
    """Version 1.2.0 in force after its notice."""
    register_names(world)
    version = signed(world)
    clock.move(days=15)
    services.activate_due()
    assert again(version).state == "active"
    return again(version)


@pytest.fixture
def lineage(world, in_force, send):  # noqa: F811 the imported fixture
    """The asset feeds revenue by its amount, and visits by its type of event; revenue feeds the board's numbers."""
    adopt_asset(
        actor=system_actor("tests"),
        namespace="demo",
        name="revenue",
        tier=1,
        tier_reason="board",
        owner_team=world.analytics,
    )
    send(
        event(inputs=["customer_events"], outputs=[fed("revenue", total="amount_usd")], run=1, job="sum"),
        event(inputs=["customer_events"], outputs=[fed("visits", kind="event_type")], run=2, job="count"),
        event(inputs=["revenue"], outputs=["board"], run=3, job="report"),
    )


def _hit(version: Version, old: Version) -> dict[str, str]:
    from contracts_app.domain.compare import compare_loaded

    changes = compare_loaded(old.loaded, version.loaded).changes
    return {one.dataset.name: one.via for one in selectors.downstream_of(version, changes)}


def test_a_change_of_one_column_reaches_what_that_column_flows_into_and_any_other_change_reaches_everything(
    world, in_force, lineage
):
    amount = services.import_yaml(user=world.bob, content=AMOUNT)
    assert _hit(amount, in_force) == {"revenue": "columns amount_usd", "board": "columns amount_usd"}
    assert {one.dataset.name for one in selectors.downstream_of(amount)} == {"revenue", "visits", "board"}
    services.save_draft(user=world.bob, version=amount, content=RETENTION, token=1)
    assert set(_hit(again(amount), in_force)) == {"revenue", "visits", "board"}
    services.save_draft(user=world.bob, version=amount, content=CONSUMED + b"# a comment\n", token=2)
    assert _hit(again(amount), in_force) == {}


def test_the_change_report_is_a_page_a_markdown_file_and_a_json_document_of_one_verdict(world, in_force, lineage):
    version = services.import_yaml(user=world.bob, content=AMOUNT)
    client, url = world.client("cleo"), reverse("contracts:compare", args=[version.contract_id])
    page = client.get(url, {"new": version.pk})
    assert page.context["old"].pk == in_force.pk
    assert "columns amount_usd" in page.text
    assert "Product Analytics" in page.text
    sent = client.get(url, {"new": version.pk, "format": "json"})
    told = json.loads(sent.content)
    assert (told["required_bump"], told["ok"]) == ("major", True)
    assert {each["name"] for each in told["hit"]} == {"demo/revenue", "demo/board"}
    assert "2.0.0.json" in sent["Content-Disposition"]
    text = client.get(url, {"new": version.pk, "format": "md"}).text
    assert "demo/revenue" in text
    assert "schema.amount" in text.replace("\\", "")


def test_compare_on_the_version_in_force_tells_what_its_successor_changes(world, in_force):
    coming = propose(world, AMOUNT)
    page = world.client("cleo").get(reverse("contracts:compare", args=[coming.contract_id]), {"new": in_force.pk})
    assert (page.context["old"].pk, page.context["new"].pk) == (in_force.pk, coming.pk)


def test_a_version_is_held_against_every_version_in_force(world, in_force, clock):
    newer = signed(world, AMOUNT, ("ana", "hal"))
    clock.move(days=15)
    services.activate_due()
    assert again(in_force).state == "deprecated"
    draft = services.import_yaml(user=world.bob, content=AMOUNT.replace(b"2.0.0", b"2.1.0").replace(b"-5.0", b"-4.0"))
    page = world.client("bob").get(reverse("contracts:compare", args=[draft.contract_id]), {"new": draft.pk})
    assert page.context["old"].pk == newer.pk
    assert f"?old={in_force.pk}&amp;new={draft.pk}" in page.text
    assert "3.0.0 needed" not in page.text
    editor = world.client("bob").get(reverse("contracts:edit", args=[draft.contract_id]))
    compared = editor.context["consequences"]["compared"]
    assert [one.old.number for one in compared] == ["2.0.0", "1.2.0"]


def test_the_number_that_is_needed_is_set_by_one_button(world, in_force):
    draft = services.open_draft(user=world.bob, contract=in_force.contract)
    text = RETENTION.decode().replace("2.0.0", "1.2.0")
    posted = {"text": text, "base": text, "token": draft.token, "action": "form"}
    client, url = world.client("bob"), reverse("contracts:edit", args=[draft.contract_id])
    page = client.post(url, posted)
    assert "Set version to 2.0.0" in page.text
    page = client.post(url, {**posted, "action": "set-version:2.0.0"})
    assert page.context["edit"].text == RETENTION.decode()
    assert "The number fits" in page.text


def test_a_refusal_leads_to_the_line_it_speaks_about(world, in_force):
    draft = services.open_draft(user=world.bob, contract=in_force.contract)
    broken = CONSUMED.replace(b"version: 1.2.0", b"version: 3.0.0").replace(b"us-only", b"NO")
    services.save_draft(user=world.bob, version=draft, content=broken, token=draft.token)
    client, url = world.client("bob"), reverse("contracts:propose", args=[draft.pk])
    edit = reverse("contracts:edit", args=[draft.contract_id])
    assert f"{edit}#L6" in client.get(url).text
    gone = CONSUMED.replace(b"version: 1.2.0", b"version: 3.0.0")
    gone = gone.replace(b"  amount_usd:  {type: float, min: 0.0, required: false}\n", b"")
    gone = gone.replace(b'    - rule: "amount_usd >= 0"\n', b"")
    services.save_draft(user=world.bob, version=draft, content=gone, token=draft.token + 1)
    page = client.get(url)
    assert "cannot be removed yet" in page.text
    assert f"{edit}#L2" in page.text


def test_the_check_page_says_who_signs_who_is_told_and_until_when(world, in_force):
    draft = services.import_yaml(user=world.bob, content=RETENTION)
    page = world.client("bob").get(reverse("contracts:propose", args=[draft.pk])).text
    for said in ("Producer", "an owner of Data Platform", "Privacy officer", "14 days from the last signature"):
        assert said in page
    assert "Product Analytics" in page
    assert "Accepts or objects" in page


def test_the_list_finds_by_state_team_tier_classification_and_whose_turn_it_is(world, in_force):
    services.import_yaml(
        user=world.bob, content=EXAMPLE.replace(b"customer_events_v1", b"orders_v1").replace(b"pii-low", b"internal")
    )
    coming = propose(world, RETENTION)

    def names(who: str = "aud", **asked: str) -> list[str]:
        page = world.client(who).get(reverse("contracts:list"), asked)
        return [row[0].name for row in page.context["rows"]]

    assert names() == ["customer_events_v1", "orders_v1"]
    assert names(state="draft") == ["orders_v1"]
    assert names(state="proposed") == names(tier="1") == names(classification="pii-low") == ["customer_events_v1"]
    assert names(classification="internal") == ["orders_v1"]
    assert names(q="ORDERS") == ["orders_v1"]
    assert names(tier="9999999") == names(team="nobody") == []
    assert names("ana", mine="1") == ["customer_events_v1"]
    assert names("aud", mine="1") == []
    sign(world, "ana", coming)
    page = world.client("aud").get(reverse("contracts:list"), {"sort": "deadline"}).text
    assert "1 of 3" in page
    for sort in ("deadline", "changed", "nonsense"):
        assert set(names(sort=sort)) == {"customer_events_v1", "orders_v1"}


def test_the_history_tells_what_people_did_and_what_the_clock_did(world, in_force):
    told = [one.text for one in selectors.history_of(in_force.contract)]
    assert told[0] == "1.2.0 came into force."
    assert any(text.startswith("Ana Owner signed 1.2.0 as producer") for text in told)
    assert told[-1] == "Bob Contributor began 1.2.0."
