"""Coverage over real events: what a page, a day's count and the work list say of declared tier-1 flows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from lineage_app.domain.coverage import HopState
from lineage_app.models import CoverageDay
from lineage_app.selectors import coverage
from lineage_app.selectors.coverage import shortfall
from lineage_app.services import count_days, keep_latest, project_all
from portal.core.catalog.services import add_alias, adopt_asset, declare_flow
from portal.core.catalog.worklist import waiting_for
from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from tests.lineage_app.sending import event, post

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACTOR = system_actor("tests")
DAY = timedelta(days=1)


def asset(name: str, **known: Any) -> Any:
    return adopt_asset(actor=ACTOR, namespace="demo", name=name, **({"kind": "table"} | known))


def flow(world: Any, name: str, *assets: Any) -> Any:
    return declare_flow(actor=ACTOR, name=name, owner_team=world.platform, assets=assets)


@pytest.fixture
def way(world: Any) -> dict[str, Any]:
    """A tier-1 flow a > b > c, where c is a product of Data Platform."""
    made = {name: asset(name, owner_team=world.platform) for name in "ab"}
    made["c"] = asset("c", kind="product", tier=1, tier_reason="board KPI", owner_team=world.platform)
    flow(world, "to c", *made.values())
    return made


def states(at: datetime = AT) -> dict[tuple[str, str], HopState]:
    return {(hop.src.name if hop.src else "", hop.dst.name): hop.state for hop in coverage(at).hops}


def work(person: Any) -> set[str]:
    return {item.text for items in waiting_for(person).values() for item in items}


def test_only_a_completed_run_of_ones_own_within_seven_days_covers(world: Any, way: Any, send: Any) -> None:
    assert states() == {("a", "b"): HopState.UNKNOWN, ("b", "c"): HopState.UNKNOWN}
    send(event("START", inputs=["b"], outputs=["c"], run=1), event("STATIC", inputs=["a"], outputs=["b"]))
    assert states() == {("a", "b"): HopState.DECLARED, ("b", "c"): HopState.NEVER}
    send(event("FAIL", inputs=["a"], outputs=["b"], run=2), event(inputs=["b"], outputs=["c"], run=3))
    assert states() == {("a", "b"): HopState.FAILED, ("b", "c"): HopState.COVERED}
    assert (coverage(AT).share.covered, coverage(AT).share.total, coverage(AT).share.percent) == (1, 2, "50")


def test_a_foreign_event_counts_for_nothing(world: Any, way: Any) -> None:
    outside = world.token("lineage:write", namespaces=("other*",))
    post(outside, event(inputs=["a"], outputs=["b"]))
    project_all()
    assert states()["a", "b"] == HopState.FOREIGN


def test_coverage_of_a_past_moment_knows_nothing_of_what_came_later(world: Any, way: Any, send: Any) -> None:
    send(event(inputs=["a"], outputs=["b"], run=1))
    later = event(inputs=["a"], outputs=["b"], run=2)
    later["eventTime"] = (AT + 20 * DAY).isoformat()
    send(later)
    assert states(AT)["a", "b"] == HopState.COVERED
    assert states(AT + 10 * DAY)["a", "b"] == HopState.STALE
    assert states(AT + 21 * DAY)["a", "b"] == HopState.COVERED
    missing = next(hop for hop in coverage(AT + 10 * DAY).missing if hop.dst.name == "b")
    assert missing.judged.since == datetime(2026, 3, 8, 10, tzinfo=UTC)


def test_a_hop_may_lead_over_a_dataset_that_nobody_declared(world: Any, way: Any, send: Any) -> None:
    send(event(inputs=["a"], outputs=["tmp"], run=1), event(inputs=["tmp"], outputs=["b"], run=2, job="second"))
    assert states()["a", "b"] == HopState.COVERED
    page = world.client("cleo").get(reverse("lineage:flow", args=[coverage(AT).hops[0].flows[0].pk])).content.decode()
    assert "over 1 dataset that the flow does not name" in page


def test_aliases_and_joined_names_cover_the_asset(world: Any, way: Any, send: Any) -> None:
    add_alias(text="lake/a", asset=way["a"])
    joined = {"namespace": "demo", "name": "b_alias", "facets": {
        "symlinks": {"identifiers": [{"namespace": "demo", "name": "b", "type": "TABLE"}]}}}  # fmt: skip
    send(event(inputs=["lake/a"], outputs=[joined]))
    assert states()["a", "b"] == HopState.COVERED


def test_a_hop_that_two_flows_share_counts_once_and_names_both(world: Any, way: Any) -> None:
    flow(world, "another", asset("x"), way["b"], way["c"])
    hops = {(hop.src.name, hop.dst.name): [each.name for each in hop.flows] for hop in coverage(AT).hops if hop.src}
    assert hops == {("a", "b"): ["to c"], ("b", "c"): ["another", "to c"], ("x", "b"): ["another"]}
    assert {hop.dst.name: len(hop.flows) for hop in shortfall(AT).hops if hop.src and hop.src.name == "b"} == {"c": 2}


def test_a_flow_without_a_tier_1_asset_does_not_count_and_a_vector_index_is_always_tier_1(world: Any) -> None:
    flow(world, "small", asset("p"), asset("q", tier=2))
    assert coverage(AT).hops == ()
    flow(world, "vectors", asset("p"), asset("v", kind="vector_index"))
    assert list(states()) == [("p", "v")]


def test_a_tier_1_product_without_a_flow_is_one_missing_hop(world: Any, way: Any, send: Any) -> None:
    asset("lonely", kind="product", tier=1, tier_reason="board KPI", owner_team=world.platform)
    assert states()["", "lonely"] == HopState.NO_FLOW
    page = world.client("ana").get(reverse("lineage:coverage")).content.decode()
    assert "No flow declared" in page
    assert "Declare its flow" in page


def test_each_day_is_counted_once_as_of_its_end_with_an_entry_also_after_days_of_absence(
    world: Any, way: Any, send: Any
) -> None:
    send(event(inputs=["a"], outputs=["b"], run=1))
    first = count_days(datetime(2026, 3, 2, 1, 30, tzinfo=UTC))
    assert [(day.day, day.covered, day.total) for day in first] == [(date(2026, 3, 1), 1, 2)]
    assert count_days(datetime(2026, 3, 2, 9, tzinfo=UTC)) == []

    later = count_days(datetime(2026, 3, 10, 1, 30, tzinfo=UTC))
    assert [(day.day.day, day.covered) for day in later] == [
        (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (8, 0), (9, 0),
    ]  # fmt: skip
    entries = Entry.objects.filter(kind="lineage:coverage:counted").order_by("pk")
    assert entries.count() == 9
    newest = CoverageDay.objects.get(day=date(2026, 3, 9))
    assert entries.last().payload["missing_digest"] == digest(canonical_bytes(newest.missing))
    assert newest.missing == [["demo/a", "demo/b", "stale"], ["demo/b", "demo/c", "unknown"]]


def test_a_day_waits_for_its_events_and_an_hour_more(world: Any, way: Any, token: str, clock: Any) -> None:
    assert count_days(datetime(2026, 3, 2, 0, 59, tzinfo=UTC)) != []  # the first count is of the day before
    assert CoverageDay.objects.get().day == date(2026, 2, 28)
    post(token, event(inputs=["a"], outputs=["b"]))  # received now, long after; it waits for the projector
    far = datetime.now(UTC) + timedelta(days=3)
    counted = count_days(far)
    assert all(day.day < datetime.now(UTC).date() for day in counted)
    project_all()
    assert count_days(far)


def test_the_page_lists_what_is_missing_with_owner_and_next_step_and_the_csv_has_the_same_hops(
    world: Any, way: Any, send: Any
) -> None:
    send(event(inputs=["a"], outputs=["b"], run=1))
    client = world.client("cleo")
    text = client.get(reverse("lineage:coverage"), {"at": "2026-03-01 12:00"}).content.decode()
    assert "50 %" in text
    assert "Below target" in text
    assert "Data Platform" in text
    assert ">Not in lineage<" in text
    rows = client.get(reverse("lineage:coverage-csv"), {"at": "2026-03-01 12:00", "show": "all"}).content.decode()
    assert [line.split(",")[:4] for line in rows.splitlines()[1:]] == [
        ["demo/b", "demo/c", "Not in lineage", "no"],
        ["demo/a", "demo/b", "Covered", "yes"],
    ]
    nothing = client.get(reverse("lineage:coverage"), {"team": "logistics"}).content.decode()
    assert "No such hop" in nothing
    assert client.get(reverse("lineage:coverage"), {"at": "yesterday"}).status_code == 422


def test_of_many_hops_the_pages_say_as_of_when_they_stood_and_list_what_they_count(
    world: Any, way: Any, send: Any, clock: Any, monkeypatch: Any
) -> None:
    assert not keep_latest(now())
    monkeypatch.setattr("lineage_app.services.coverage.KEPT_FROM", 2)
    assert keep_latest(now())
    assert {"Prove a to b, a hop of to c", "Prove b to c, a hop of to c"} <= work(world.ana)
    send(event(inputs=["a"], outputs=["b"], run=1) | {"eventTime": now().isoformat()})
    assert "Prove a to b, a hop of to c" not in work(world.ana)
    assert "Prove b to c, a hop of to c" in work(world.ana)
    client = world.client("cleo")
    page = client.get(reverse("lineage:coverage")).content.decode()
    assert "As it stood" in page
    assert "0 covered" in page
    assert page.count(">Not in lineage<") == 2 + 1  # the rows, and the choice of the filter
    assert "as of" in client.get(reverse("lineage:index")).content.decode()
    assert "1 covered" in client.get(reverse("lineage:coverage"), {"show": "all"}).content.decode()
    clock.move(minutes=6)
    page = client.get(reverse("lineage:coverage")).content.decode()
    assert "As it stood" not in page
    assert "1 covered" in page


def test_the_page_says_when_events_wait_for_the_graph(world: Any, way: Any, token: str) -> None:
    post(token, event(inputs=["a"], outputs=["b"]))
    assert "not yet in the graph" in world.client("cleo").get(reverse("lineage:coverage")).content.decode()


def test_before_the_horizon_it_says_so(world: Any, way: Any, send: Any) -> None:
    send(event())
    page = world.client("cleo").get(reverse("lineage:coverage"), {"at": "2020-01-01 00:00"}).content.decode()
    assert "Before the horizon" in page
    assert "Before the horizon" not in world.client("cleo").get(reverse("lineage:coverage")).content.decode()


def test_without_a_flow_there_is_no_share_and_the_page_says_what_to_do(world: Any) -> None:
    page = world.client("ana").get(reverse("lineage:coverage")).content.decode()
    assert "No tier-1 flow is declared" in page
    assert "100 %" not in page.replace("never 100 %", "")


def test_a_counted_day_has_its_page_with_what_was_missing(world: Any, way: Any, send: Any) -> None:
    send(event(inputs=["a"], outputs=["b"], run=1))
    count_days(datetime(2026, 3, 2, 1, 30, tzinfo=UTC))
    page = world.client("aud").get(reverse("lineage:coverage-day", args=[date(2026, 3, 1)])).content.decode()
    assert "1 hop missing that day" in page
    assert world.client("aud").get("/lineage/coverage/2026-02-30/").status_code == 404
    assert world.client("aud").get("/lineage/coverage/2026-02-27/").status_code == 404


@pytest.mark.parametrize("hops", [3, 30])
def test_the_number_of_queries_does_not_grow_with_the_hops(
    world: Any, hops: int, django_assert_num_queries: Any
) -> None:
    chain = [asset(f"n{n:02d}", tier=1, tier_reason="board KPI") for n in range(hops + 1)]
    flow(world, "long", *chain)
    with django_assert_num_queries(6):
        found = coverage(AT)
    assert found.share.total == hops
