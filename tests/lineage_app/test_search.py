"""Search finds things by every word people remember, and says how many there are."""

import re
from typing import Any

import pytest
from django.urls import reverse

from lineage_app.models import Dataset, Job, Run
from lineage_app.selectors import search as searching
from lineage_app.selectors.search import search
from portal.core.catalog.services import adopt_asset
from portal.core.identity.actors import system_actor
from tests.lineage_app.sending import RUN_ID, event
from tests.lineage_app.test_facts import CODE, RUN, TABLE
from tests.lineage_estate import plant


@pytest.fixture
def shop(send: Any) -> None:
    send(event(outputs=[TABLE], job="load_orders", job_facets=CODE, run_facets=RUN))


def found(text: str, only: str = "") -> dict[str, list[str]]:
    return {group.key: [row.name for row in group.found] for group in search(text, only)}


@pytest.mark.parametrize(
    ("text", "group", "name"),
    [
        ("4f2a9c1", "revision", "load_orders"),
        ("4F2A", "revision", "load_orders"),
        ("load:1.4", "image", "load_orders"),
        ("sha256:abc", "image", "load_orders"),
        ("shop/load", "repository", "load_orders"),
        ("nightly", "tag", "load_orders"),
        ("pii", "tag", "b"),
        ("email", "column", "b"),
        ("team:shop", "owner", "b"),
        ("day=2026", "parameter", "load_orders"),
        ("ad_ord", "job", "load_orders"),
        (RUN_ID.format(1)[:20], "run", "load_orders"),
        ("emo/load", "job", "load_orders"),
    ],
)
def test_a_thing_is_found_by_what_it_says_of_itself(shop: None, text: str, group: str, name: str) -> None:
    assert found(text)[group] == [name]


def test_a_dataset_is_found_by_the_team_that_owns_its_asset(shop: None, world: Any) -> None:
    asset = adopt_asset(
        actor=system_actor("tests"), namespace="demo", name="b", kind="table", owner_team=world.platform
    )
    Dataset.objects.filter(name="b").update(asset=asset)
    assert found(world.platform.name[:8], "owner") == {"owner": ["b"]}


def test_one_group_alone_is_asked_by_the_address(world: Any, shop: None) -> None:
    page = world.client("cleo").get(reverse("lineage:index"), {"q": "load", "in": "job"}).content.decode()
    assert "Jobs: 1 found" in page
    assert "Repositories" not in re.sub(r"<form.*?</form>", "", page, flags=re.S)
    assert '<option value="job" selected>' in page


def test_what_is_typed_stands_for_itself_and_is_text_on_the_page(world: Any, shop: None) -> None:
    assert found("l%d_orders") == {}
    assert found("load_orde_s") == {}
    page = world.client("cleo").get(reverse("lineage:index"), {"q": "<script>alert(1)"}).content.decode()
    assert "<script>alert" not in page
    assert "Nothing found" in page


def test_the_exact_name_comes_first_among_more_than_are_counted(db: None) -> None:
    plant(2_000)
    Job.objects.create(key="k", namespace="zz", name="pipeline")
    (jobs,) = [group for group in search("pipeline") if group.key == "job"]
    assert jobs.many
    assert jobs.found[0].name == "pipeline"
    assert len(jobs.found) == searching.IN_OVERVIEW
    assert len(search("pipeline", "job")[0].found) == searching.ALONE


def test_a_name_of_two_letters_and_one_of_four_thousand_are_found(db: None) -> None:
    Dataset.objects.create(key="a", namespace="n", name="qz")
    Dataset.objects.create(key="b", namespace="n", name="long" * 1_000)
    assert found("qz") == {"dataset": ["qz"]}
    assert found("longlong")["dataset"] == ["long" * 1_000]


def test_a_word_of_a_run_leads_to_the_run_that_said_it_first(world: Any, shop: None, send: Any) -> None:
    send(event(run=2, minute=9, job="load_orders", job_facets=CODE))
    page = world.client("cleo").get(reverse("lineage:index"), {"q": "4f2a9c1"}).content.decode()
    assert Run.objects.get(run_id=RUN_ID.format(1)).get_absolute_url() in page


def test_the_front_page_pages_through_runs_without_counting_them(world: Any, db: None) -> None:
    plant(200, runs_a_job=3)
    client = world.client("cleo")
    first = client.get(reverse("lineage:index"), {"runs": "all"}).content.decode()
    second = client.get(reverse("lineage:index"), {"runs": "all", "page": 2}).content.decode()
    runs = [set(re.findall(r'href="(/lineage/runs/\d+/)"', page)) for page in (first, second)]
    assert [len(each) for each in runs] == [20, 20]
    assert not runs[0] & runs[1]
    assert "datasets without an owner" in first
    assert client.get(reverse("lineage:index"), {"runs": "all", "page": "9" * 30}).status_code == 200


def test_the_front_page_shows_the_latest_run_of_each_job_unless_every_run_is_asked(world: Any, send: Any) -> None:
    send(*(event(run=n, minute=n, job="often") for n in range(1, 6)), event(run=9, minute=0, job="once"))
    pages = [
        world.client("cleo").get(reverse("lineage:index"), query).content.decode() for query in ({}, {"runs": "all"})
    ]
    assert [len(set(re.findall(r'href="(/lineage/runs/\d+/)"', page))) for page in pages] == [2, 6]
    assert Run.objects.get(run_id=RUN_ID.format(5)).get_absolute_url() in pages[0]
