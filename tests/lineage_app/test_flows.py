"""Declaring flows as pages: put together without script, checked, declared, changed and withdrawn by who may."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from portal.core.catalog.models import Flow
from portal.core.catalog.services import adopt_asset
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from tests.lineage_app.sending import event

ACTOR = system_actor("tests")


@pytest.fixture
def assets(world: Any) -> dict[str, Any]:
    made = {
        name: adopt_asset(actor=ACTOR, namespace="demo", name=name, kind="table", owner_team=world.logistics)
        for name in ("raw_orders", "clean_orders")
    }
    made["orders_report"] = adopt_asset(
        actor=ACTOR, namespace="demo", name="orders_report", kind="product", tier=1, tier_reason="board KPI",
        owner_team=world.platform,
    )  # fmt: skip
    return made


def test_an_owner_finds_adds_orders_checks_and_declares_without_script(world: Any, assets: Any) -> None:
    ana, url = world.client("ana"), reverse("lineage:flow-new")
    found = ana.get(url, {"name": "Orders", "q": "orders"}).content.decode()
    assert {int(pk) for pk in re.findall(r'value="add:(\d+)"', found)} == {asset.pk for asset in assets.values()}

    query: dict[str, Any] = {"name": "Orders", "q": "orders", "step": []}
    for name in ("orders_report", "clean_orders", "raw_orders"):
        answer = ana.get(url, query | {"do": f"add:{assets[name].pk}"})
        assert answer.status_code == 302
        query["step"] = re.findall(r"step=(\d+)", answer["Location"])
    for act in ("down:0", "down:1", "up:1"):
        answer = ana.get(url, query | {"do": act})
        query["step"] = re.findall(r"step=(\d+)", answer["Location"])
    assert query["step"] == [str(assets[name].pk) for name in ("raw_orders", "clean_orders", "orders_report")]

    check = ana.get(url, query | {"do": "check"})
    assert check["Location"].startswith(reverse("lineage:flow-check"))
    page = ana.get(check["Location"]).content.decode()
    assert "Data Platform, as the product" in page
    assert "2 hops count" in page
    assert not Flow.objects.exists()

    sent = {"name": "Orders", "step": query["step"]}
    made = ana.post(reverse("lineage:flow-check"), sent)
    assert made.status_code == 302
    flow = Flow.objects.get()
    assert [step.asset.name for step in flow.steps.all()] == ["raw_orders", "clean_orders", "orders_report"]
    assert flow.owner_team == world.platform
    assert flow.declared_at is not None
    entry = Entry.objects.get(kind="catalog:flow:declared")
    assert entry.payload["way"] == "demo/raw_orders > demo/clean_orders > demo/orders_report"


def test_sending_the_check_page_twice_declares_once(world: Any, assets: Any) -> None:
    sent = {"name": "Orders", "step": [assets["raw_orders"].pk, assets["orders_report"].pk]}
    first = world.client("ana").post(reverse("lineage:flow-check"), sent)
    flow = Flow.objects.get()
    again = world.client("ana").post(reverse("lineage:flow-check"), sent | {"flow": flow.pk})
    assert first["Location"] == again["Location"] == flow.get_absolute_url()
    assert Entry.objects.filter(kind="catalog:flow:declared").count() == 1


@pytest.mark.parametrize(
    ("name", "steps", "sentence"),
    [
        ("", ("raw_orders", "orders_report"), "Give the flow a name."),
        ("Orders", ("orders_report",), "Add at least two assets"),
        ("Taken", ("raw_orders", "orders_report"), "There is a flow called Taken already"),
        ("Orders", ("raw_orders", "orders_report", "orphan"), "orphan has no owner"),
    ],
)
def test_what_cannot_be_declared_says_why_beside_the_draft(
    world: Any, assets: Any, name: str, steps: tuple[str, ...], sentence: str
) -> None:
    assets["orphan"] = adopt_asset(actor=ACTOR, namespace="demo", name="orphan", kind="table")
    Flow.objects.create(name="Taken", owner_team=world.platform)
    sent = {"name": name, "step": [assets[each].pk for each in steps], "do": "check"}
    answer = world.client("ana").get(reverse("lineage:flow-new"), sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Error:" in answer.content.decode()
    posted = world.client("ana").post(reverse("lineage:flow-check"), sent)
    assert posted["Location"].startswith(reverse("lineage:flow-new"))
    assert Flow.objects.count() == 1


def test_only_owners_of_the_products_team_and_administrators_declare_it(world: Any, assets: Any) -> None:
    sent = {"name": "Orders", "step": [assets["raw_orders"].pk, assets["orders_report"].pk]}
    for who, status in (("otto", 403), ("bob", 403), ("cleo", 403), ("ada", 302)):
        assert world.client(who).post(reverse("lineage:flow-check"), sent).status_code == status, who
    flow = Flow.objects.get()
    for name in ("flow-edit", "flow-withdraw"):
        assert world.client("otto").get(reverse(f"lineage:{name}", args=[flow.pk])).status_code == 403
        assert world.client("ana").get(reverse(f"lineage:{name}", args=[flow.pk])).status_code == 200


def test_a_flow_is_changed_under_its_number_and_withdrawn_with_a_reason_for_the_ledger(world: Any, assets: Any) -> None:
    ana = world.client("ana")
    sent = {"name": "Orders", "step": [assets["raw_orders"].pk, assets["orders_report"].pk]}
    ana.post(reverse("lineage:flow-check"), sent)
    flow = Flow.objects.get()
    page = ana.get(reverse("lineage:flow-edit", args=[flow.pk])).content.decode()
    assert 'value="Orders"' in page
    steps = [assets[name].pk for name in ("raw_orders", "clean_orders", "orders_report")]
    ana.post(reverse("lineage:flow-check"), {"name": "All orders", "step": steps, "flow": flow.pk})
    flow.refresh_from_db()
    assert (flow.name, flow.steps.count()) == ("All orders", 3)

    withdraw = reverse("lineage:flow-withdraw", args=[flow.pk])
    assert ana.post(withdraw, {"reason": "no"}).status_code == 422
    assert ana.post(withdraw, {"reason": "The report is switched off."}).status_code == 302
    assert not Flow.objects.exists()
    entry = Entry.objects.get(kind="catalog:flow:withdrawn")
    assert entry.payload["reason"] == "The report is switched off."
    assert ana.get(withdraw).status_code == 404


def test_the_flow_page_shows_each_hop_with_the_job_and_the_run_that_proved_it(
    world: Any, assets: Any, send: Any, clock: Any
) -> None:
    at = {"eventTime": clock.now().isoformat()}
    steps = [assets[name].pk for name in ("raw_orders", "clean_orders", "orders_report")]
    world.client("ana").post(reverse("lineage:flow-check"), {"name": "Orders", "step": steps})
    send(
        event(inputs=["raw_orders"], outputs=["clean_orders"], run=1, job="clean") | at,
        event("FAIL", inputs=["clean_orders"], outputs=["orders_report"], run=2, job="report") | at,
    )
    page = world.client("cleo").get(Flow.objects.get().get_absolute_url()).content.decode()
    assert "1 of 2 hops" in page
    for words in (">Covered<", ">Failed<", ">clean</a>", ">report</a>", "The run", "Failed run", "Open report"):
        assert words in page, words
    listed = world.client("cleo").get(reverse("lineage:flows"), {"q": "clean", "team": "platform"}).content.decode()
    assert "1 of 2" in listed
    assert "No such flow" in world.client("cleo").get(reverse("lineage:flows"), {"q": "zebra"}).content.decode()


def test_the_drawing_and_every_file_show_the_hops_of_the_page_and_what_no_run_proved_as_declared(
    world: Any, assets: Any, send: Any, clock: Any
) -> None:
    at = {"eventTime": clock.now().isoformat()}
    steps = [assets[name].pk for name in ("raw_orders", "clean_orders", "orders_report")]
    world.client("ana").post(reverse("lineage:flow-check"), {"name": "Orders", "step": steps})
    flow = Flow.objects.get()
    url = reverse("lineage:flow-export", args=[flow.pk, "window.json"])
    assert world.client("cleo").get(url).json()["edges"] == []
    send(
        event(inputs=["raw_orders"], outputs=["staging"], run=1, job="stage") | at,
        event(inputs=["staging"], outputs=["clean_orders", "side"], run=2, job="clean") | at,
        event(inputs=["elsewhere"], outputs=["orders_report"], run=3, job="report") | at,
    )
    data = world.client("cleo").get(url).json()
    names = {node["key"]: node["name"] for node in data["nodes"]}
    assert {(names[edge["from"]], names[edge["to"]], edge["state"]) for edge in data["edges"]} == {
        ("raw_orders", "staging", "seen"),
        ("staging", "clean_orders", "seen"),
        ("clean_orders", "orders_report", "declared"),
    }
    page = world.client("cleo").get(flow.get_absolute_url()).content.decode()
    shown = {(names[a], names[b]) for a, b in re.findall(r'<tr data-from="(.+?)" data-to="(.+?)">', page)}
    assert shown == {(names[edge["from"]], names[edge["to"]]) for edge in data["edges"]}
    frame = world.client("cleo").get(reverse("lineage:flow-diagram", args=[flow.pk])).content.decode()
    assert "-.-" in frame


def test_a_name_with_control_characters_is_read_as_one_line(world: Any, assets: Any) -> None:
    sent = {"name": "Orders\x07\nof\tall", "step": [assets["raw_orders"].pk, assets["orders_report"].pk]}
    assert world.client("ana").post(reverse("lineage:flow-check"), sent).status_code == 302
    assert Flow.objects.get().name == "Orders of all"
