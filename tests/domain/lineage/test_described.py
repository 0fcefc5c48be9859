"""What a dataset's facets say of it, by the published facets and by malformed ones."""

from typing import Any

import pytest

from lineage_app.domain.described import described, part_used
from lineage_app.domain.names import Name, part_of

FACETS = {
    "datasetType": {"datasetType": "TABLE", "subType": "EXTERNAL"},
    "catalog": {"framework": "iceberg", "type": "hive", "name": "prod", "metadataUri": "hive://h:9083"},
    "hierarchy": {"hierarchy": [{"type": "DATABASE", "name": "shop"}, {"type": "TABLE", "name": "orders"}]},
    "dataSource": {"name": "shop", "uri": "postgres://h:5432/shop"},
    "storage": {"storageLayer": "iceberg", "fileFormat": "parquet"},
    "version": {"datasetVersion": "42"},
}


def test_each_published_facet_is_told_in_words() -> None:
    assert described(FACETS) == [
        ("Dataset type", "TABLE, EXTERNAL"),
        ("Catalog", "prod, iceberg, hive, hive://h:9083"),
        ("Hierarchy", "shop (database) > orders (table)"),
        ("Data source", "shop, postgres://h:5432/shop"),
        ("Storage", "iceberg, parquet"),
        ("Version", "42"),
    ]


@pytest.mark.parametrize("value", [None, 3, "text", [], {}, {"name": 3}, {"hierarchy": [3]}])
def test_what_is_malformed_says_nothing_and_breaks_nothing(value: Any) -> None:
    assert [text for _, text in described(dict.fromkeys(FACETS, value)) if text] == []
    assert part_used({"subset": value}) == ""


def test_the_part_that_a_run_used_is_told_in_words() -> None:
    compare = {
        "type": "compare",
        "comparison": "GREATER_THAN",
        "left": {"type": "field", "field": "day"},
        "right": {"type": "literal", "value": "2026-03-01"},
    }
    partition = {"type": "partition", "partitions": [{"identifier": "p1", "dimensions": {"country": "DE"}}]}
    both = {"type": "binary", "operator": "AND", "left": compare, "right": partition}
    assert part_used({"subset": {"inputCondition": both}}) == "day greater than 2026-03-01 and country = DE"
    places = {"type": "location", "locations": ["s3://b/one", "s3://b/two"]}
    assert part_used({"subset": {"outputCondition": places}}) == "s3://b/one, s3://b/two"


def test_a_condition_nested_without_end_is_cut_off() -> None:
    condition: dict[str, Any] = {"type": "location", "locations": ["deep"]}
    for _ in range(100):
        condition = {"type": "binary", "operator": "AND", "left": condition, "right": {}}
    assert part_used({"subset": {"inputCondition": condition}}) == ""


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("model.shop.orders.sql.3", "model.shop.orders"),
        ("dag.load.query.1", "dag.load"),
        ("model.shop.orders", None),
        (".sql.3", None),
        ("report.sql", None),
        ("report.sql.final", None),
    ],
)
def test_numbered_queries_are_parts_of_their_job_by_name(name: str, whole: str | None) -> None:
    assert part_of(Name("dbt", name)) == (Name("dbt", whole) if whole else None)
