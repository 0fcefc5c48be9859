"""dbt-ol with dbt-duckdb, unmodified, on a project of seeds, models and tests: graph and columns as the SQL says."""

import shutil
import uuid
from pathlib import Path

import pytest

from lineage_app.domain.merging import current
from lineage_app.domain.rewrites import Rule
from lineage_app.models import ColumnEdge, Dataset, Edge, Job, RawEvent, Run
from lineage_app.services import project_all
from lineage_app.services.redoing import redo_all
from lineage_app.services.rewrites import add_rule
from tests.clients.snippets import snippet
from tests.interop.programs import bash, environment, installs
from tests.people import build_world

PROJECT = Path(__file__).parent / "dbt_shop"
EDGES = {
    ("shop.main.raw_customers", "shop.main.stg_customers"),
    ("shop.main.raw_orders", "shop.main.stg_orders"),
    ("shop.main.stg_customers", "shop.main.revenue_by_country"),
    ("shop.main.stg_orders", "shop.main.revenue_by_country"),
}
COLUMNS = {
    ("raw_customers.customer_id", "stg_customers.customer_id"),
    ("raw_customers.email", "stg_customers.email_hash"),
    ("raw_customers.country", "stg_customers.country"),
    ("raw_orders.order_id", "stg_orders.order_id"),
    ("raw_orders.customer_id", "stg_orders.customer_id"),
    ("raw_orders.amount", "stg_orders.amount"),
    ("stg_customers.country", "revenue_by_country.country"),
    ("stg_orders.amount", "revenue_by_country.revenue"),
    ("stg_orders.customer_id", "revenue_by_country.buyers"),
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A checkout of the project."""
    return Path(shutil.copytree(PROJECT, tmp_path / "shop"))


@pytest.fixture
def built(server: str, token: str, shop: Path) -> Path:
    """The project, seeded, built and tested by the guide's own commands, and projected."""
    _build(server, token, shop)
    return shop


def _build(server: str, token: str, shop: Path) -> None:
    env = environment("dbt", shop, SHOP_DB=str(shop / "shop.duckdb"))
    said = bash(snippet("dbt").filled(server, token), shop, env)
    assert "Underlying dbt execution returned 0" in said
    project_all()


def edges() -> set[tuple[str, str]]:
    return {(edge.src.name, edge.dst.name) for edge in Edge.objects.select_related("src", "dst").filter(state="seen")}


def test_the_guide_says_to_install_what_is_tested_here():
    installs("dbt-install", "dbt")


def test_models_sources_and_columns_are_the_graph_that_the_sql_says(built):
    assert set(RawEvent.objects.values_list("lenient", flat=True)) == {""}
    assert edges() == EDGES
    short = "shop.main."
    links = {
        (f"{c.src.name.removeprefix(short)}.{c.src_field}", f"{c.dst.name.removeprefix(short)}.{c.dst_field}")
        for c in ColumnEdge.objects.select_related("src", "dst")
    }
    assert links == COLUMNS


def test_runs_and_tests_are_folded_into_the_one_call(built):
    parts = {name for name in Job.objects.values_list("name", flat=True) if name != "dbt-run-shop"}
    assert {name for name in parts if name.endswith(".test")} >= {"shop.main.shop.stg_orders.build.test"}
    (whole,) = Job.objects.filter(name="dbt-run-shop")
    assert {job.parent for job in Job.objects.filter(name__in=parts).select_related("parent")} == {whole}
    assert {edge.job.parent for edge in Edge.objects.select_related("job__parent")} == {whole}
    assert set(Run.objects.values_list("status", flat=True)) == {"COMPLETE"}


def test_assertions_of_dbts_tests_stay_with_the_dataset_that_they_are_about(built):
    (facet,) = [
        current(facets)["dataQualityAssertions"]
        for facets in Dataset.objects.filter(name="shop.main.stg_orders").values_list("facets", flat=True)
    ]
    assert {(one["assertion"], one["column"], one["success"]) for one in facet["assertions"]} == {
        ("unique", "order_id", True),
        ("not_null", "order_id", True),
    }


def test_a_rewrite_rule_makes_the_checkouts_of_two_machines_one_dataset(server, token, built, tmp_path):
    other = Path(shutil.copytree(PROJECT, tmp_path / "elsewhere"))
    _build(server, token, other)
    name = "shop.main.revenue_by_country"
    assert Dataset.objects.filter(name=name, root=None).count() == 2
    rule = Rule("duckdb:///*/shop.duckdb", "duckdb://shop")
    assert f"`{rule.pattern}` becomes `{rule.replacement}`" in (PROJECT.parents[2] / "docs/producer.md").read_text()
    add_rule(user=build_world().ada, rule=rule, position=1, key=uuid.uuid4())
    redo_all()
    assert list(Dataset.objects.filter(name=name).values_list("namespace", flat=True)) == ["duckdb://shop"]
    assert edges() == EDGES
    assert Edge.objects.count() == len(EDGES)
