"""Datasets and columns speak OpenLineage's words, and the portal's own reading of them gives back what was said."""

import pytest

from lineage_app.domain.columns import read_columns
from lineage_app.domain.names import Name
from portal.client.lineage import (
    Dataset,
    Emitter,
    Source,
    aggregated,
    computed,
    copied,
    filtered,
    grouped,
    joined,
    masked,
    same,
)
from tests.domain.client.openlineage_truth import check_event

ORDERS = Dataset("postgres://shop:5432", "shop.public.orders", {"id": "int", "email": "text"})
USERS = Dataset("postgres://shop:5432", "shop.public.users")


def event(output: Dataset) -> dict:
    run = Emitter("http://127.0.0.1:9").run("copy", inputs=[ORDERS, USERS], outputs=[output])
    document = run.document("COMPLETE")
    check_event(document)
    return document


def test_every_way_a_column_can_come_about_is_read_back_by_the_portal():
    out = Dataset(
        "s3://lake",
        "daily",
        column_lineage={
            **same(ORDERS, "id"),
            "who": [masked(copied(ORDERS, "email"), "sha256")],
            "people": [masked(aggregated(ORDERS, "email", "count(distinct)"))],
            "domain": [computed(ORDERS, "email", "split_part"), ("postgres://shop:5432", "shop.public.users", "mail")],
        },
        influences=[filtered(ORDERS, "status"), joined(USERS, "id"), grouped(ORDERS, "day")],
    )
    facet = event(out)["outputs"][0]["facets"]["columnLineage"]
    links = read_columns(Name("s3://lake", "daily"), facet)
    read = {(link.src_field, link.dst_field, link.type, link.subtype, link.masking) for link in links}
    assert read == {
        ("id", "id", "DIRECT", "IDENTITY", False),
        ("email", "who", "DIRECT", "TRANSFORMATION", True),
        ("email", "people", "DIRECT", "AGGREGATION", True),
        ("email", "domain", "DIRECT", "TRANSFORMATION", False),
        ("mail", "domain", "DIRECT", "", False),
        ("status", "", "INDIRECT", "FILTER", False),
        ("id", "", "INDIRECT", "JOIN", False),
        ("day", "", "INDIRECT", "GROUP_BY", False),
    }


def test_a_dataset_says_all_that_is_known_of_it_in_published_facets():
    out = Dataset(
        "s3://lake",
        "people",
        {"mail": "string"},
        rows=0,
        kind="TABLE",
        description="People of the shop.",
        tags={"domain": "shop"},
        column_tags={"mail": {"pii": "email"}},
        aliases=[Dataset("hive://h", "lake.people")],
        fed_by=[USERS],
    )
    said = event(out)["outputs"][0]
    assert said["outputFacets"]["outputStatistics"]["rowCount"] == 0
    facets = said["facets"]
    assert facets["datasetType"]["datasetType"] == "TABLE"
    assert {"key": "pii", "value": "email", "source": "USER", "field": "mail"} in facets["tags"]["tags"]
    assert facets["symlinks"]["identifiers"][0]["name"] == "lake.people"
    assert facets["lineage"]["inputs"] == [{"namespace": USERS.namespace, "name": USERS.name, "type": "DATASET"}]


def test_an_input_says_nothing_of_where_an_output_comes_from():
    both = Dataset("ns", "t", column_lineage=same(ORDERS, "id"), fed_by=[])
    assert set(both.as_input()["facets"]) == set()
    assert both.as_output()["facets"]["lineage"]["inputs"] == []


@pytest.mark.parametrize("wrong", [{"namespace": ""}, {"name": ""}, {"rows": -1}, {"size": 1.5}, {"files": "3"}])
def test_a_dataset_that_no_reader_could_place_is_refused_where_it_is_written(wrong):
    with pytest.raises(ValueError, match=r"A dataset has|are whole numbers"):
        Dataset(**{"namespace": "ns", "name": "t", **wrong})


@pytest.mark.parametrize("wrong", [("STRAIGHT", ""), ("DIRECT", "FILTER"), ("INDIRECT", "IDENTITY")])
def test_a_transformation_outside_the_vocabulary_is_refused(wrong):
    with pytest.raises(ValueError, match=r"DIRECT or INDIRECT|knows no"):
        Source("ns", "t", "c", *wrong)


def test_measuring_leaves_what_was_known_and_does_not_change_the_declaration():
    found = ORDERS.measured(rows=5, version="lsn 1")
    assert (found.columns, found.rows, found.version) == (ORDERS.columns, 5, "lsn 1")
    assert found.measured(size=1).rows == 5
    assert ORDERS.rows is None
