"""Home, assets and search through HTTP: what each person finds there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from portal.core.catalog import panels, worklist
from portal.core.catalog.services import add_alias, adopt_asset
from portal.core.catalog.worklist import WorkItem
from portal.core.identity.actors import actor_of
from portal.pages.navigation import open_rooms

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def orders(world):
    """A table of Data Platform, under two names."""
    actor = actor_of(world.ana)
    found = adopt_asset(actor=actor, namespace="demo", name="orders", kind="table", owner_team=world.platform)
    add_alias(text="shop/orders_v1", asset=found)
    return found


def page_of(world, name: str, path: str) -> str:
    answer = world.client(name).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_work_that_waits_stands_in_its_group_soonest_first_with_counts(world, clock, monkeypatch) -> None:
    at = clock.now()
    items = [
        WorkItem("To fix", "Later breach", "/slos/2/", at + timedelta(hours=2), "Breached", "bad"),
        WorkItem("To fix", "First breach", "/slos/1/", at + timedelta(hours=1), "Breached", "bad"),
        WorkItem("To sign", "orders 1.0.0", "/contracts/1/", at, "To sign", "wait"),
    ]
    monkeypatch.setattr(worklist, "_sources", [(10, lambda user: items if user == world.ana else [])])
    ana = page_of(world, "ana", "/")
    assert "3 things wait for you" in ana
    assert ana.index("To sign") < ana.index("To fix")
    assert ana.index("First breach") < ana.index("Later breach")
    assert "Nothing waits for you" in page_of(world, "otto", "/")


def test_of_many_things_home_shows_the_soonest_and_leads_to_the_rest(world, clock, monkeypatch) -> None:
    at = clock.now()
    items = [
        WorkItem("To fix", f"Breach number {n:03}", f"/slos/{n}/", at + timedelta(hours=n), "Breached", "bad")
        for n in range(130)
    ]
    monkeypatch.setattr(worklist, "_sources", [(10, lambda user: items)])
    home = page_of(world, "ana", "/")
    assert "Breach number 019" in home
    assert "Breach number 020" not in home
    assert "And 110 more to fix" in home
    assert "?group=To+fix" in home
    last = page_of(world, "ana", "/?group=To+fix&page=3")
    assert "Breach number 129" in last
    assert "101 to 130 of 130" in last


def test_one_thing_waits_in_the_singular(world, clock, monkeypatch) -> None:
    item = WorkItem("To sign", "orders 1.0.0", "/contracts/1/", clock.now(), "To sign", "wait")
    monkeypatch.setattr(worklist, "_sources", [(10, lambda user: [item])])
    assert "1 thing waits for you" in page_of(world, "ana", "/")


def test_the_last_entries_are_those_that_the_person_may_read(world, orders) -> None:
    sentence = "orders"
    for name in ("ana", "bob", "aud", "pia", "hal"):
        assert sentence in page_of(world, name, "/").split('id="last"')[-1], name
    for name in ("otto", "dan", "ada"):
        assert 'id="last"' not in page_of(world, name, "/"), name


def test_an_asset_is_found_by_a_part_of_its_name_and_by_its_alias(world, orders) -> None:
    for words in ("rder", "ORDERS_v1"):
        assert orders.get_absolute_url() in page_of(world, "cleo", f"/search/?q={words}")


def test_a_search_without_a_hit_says_so_and_hostile_words_stay_words(world) -> None:
    page = page_of(world, "ana", "/search/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "Nothing is called so" in page
    assert "<script>alert" not in page


def test_the_list_of_assets_is_filtered_by_its_address(world, orders) -> None:
    assert orders.get_absolute_url() in page_of(world, "ana", "/assets/?owner=platform&kind=table&text=ord")
    assert "No asset fits these filters" in page_of(world, "ana", "/assets/?tier=1")
    assert "There is a problem" in page_of(world, "ana", "/assets/?kind=spaceship")


def test_the_list_of_assets_asks_the_database_as_often_for_fifty_as_for_one(
    world, orders, django_assert_max_num_queries
) -> None:
    actor = actor_of(world.ana)
    for at in range(50):
        adopt_asset(actor=actor, namespace="demo", name=f"t{at}", kind="table", owner_team=world.platform)
    client = world.client("ana")
    with django_assert_max_num_queries(10):
        assert client.get("/assets/").status_code == 200


def test_the_asset_page_shows_what_the_catalog_and_each_room_know(world, orders, monkeypatch) -> None:
    told = panels.Panel("x", "From a room", 1, "portal/_partials/empty.html", lambda user, asset: {"title": asset.name})
    silent = panels.Panel("y", "Silent room", 2, "portal/_partials/empty.html", lambda user, asset: None)
    monkeypatch.setattr(panels, "_panels", {"x": told, "y": silent})
    page = page_of(world, "dan", orders.get_absolute_url())
    for words in ("Data Platform", "shop/orders_v1", "Table in demo", "From a room"):
        assert words in page
    assert "Silent room" not in page


def test_an_asset_that_is_not_there_is_said_in_the_frame_with_a_way_on(world) -> None:
    answer = world.client("ana").get("/assets/999999/")
    assert answer.status_code == 404
    assert "Nothing is here" in answer.content.decode()


def test_rooms_that_the_roles_do_not_open_are_not_in_the_navigation(world) -> None:
    def labels(name: str) -> list[str]:
        return [room.label for room in open_rooms(world.people[name])]

    assert "Privacy" not in labels("ana")
    assert "Privacy" in labels("pia")
    assert "Evidence" not in labels("ada")
    assert "Evidence" in labels("aud")


def test_every_answer_carries_the_policy_and_the_request_id(world) -> None:
    answer = world.client("ana").get("/", headers={"X-Request-ID": "a-caller-s-own-id"})
    assert answer["X-Request-ID"] == "a-caller-s-own-id"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Cache-Control"] == "no-store"


def test_a_contract_is_found_by_a_part_of_its_name(world) -> None:
    from contracts_app.services import import_yaml

    source = (ROOT / "tests" / "contracts_app" / "data" / "customer_events_v1.yaml").read_bytes()
    version = import_yaml(user=world.ana, content=source)
    page = page_of(world, "cleo", "/search/?q=customer_ev")
    assert version.contract.get_absolute_url() in page


@pytest.mark.urls("tests.web.style_page")
def test_a_fault_of_ours_answers_500_with_the_number_to_quote_and_nothing_of_its_inside(world) -> None:
    client = world.client("ana")
    client.raise_request_exception = False
    answer = client.get("/style/fault/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Something failed here" in page
    assert answer["X-Request-ID"] in page
    assert "planted" not in page
    assert "style-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.urls("tests.web.style_page")
def test_a_request_that_cannot_be_read_says_that_nothing_was_changed(world) -> None:
    answer = world.client("ana").get("/style/unreadable/")
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.content.decode()


def test_a_form_without_its_csrf_token_is_refused_with_a_way_on(world) -> None:
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()


def test_a_refusal_names_the_role_that_could(world) -> None:
    answer = world.client("ana").get("/people/members/")
    assert answer.status_code == 403
    assert "administrator" in answer.content.decode()


def test_every_room_in_the_navigation_answers_the_people_who_see_it(world) -> None:
    for name, person in world.people.items():
        for room in open_rooms(person):
            assert world.client(name).get(room.path).status_code == 200, f"{name} at {room.path}"
