"""The typing rules, by a table of names: every store of OpenLineage's naming page, and the words of real estates."""

from typing import Any

import pytest

from lineage_app.domain.names import Name
from lineage_app.domain.node_types import KINDS, LAYERS, RULES, SCHEMES, TABLE_STORES, classify, reason

STORES = [
    ("awsathena://athena.eu-west-1.amazonaws.com", "catalog.db.t", "table"),
    ("arn:aws:glue:eu-west-1:123456789012", "table/db/t", "table"),
    ("azurecosmos://h.documents.azure.com/dbs/db", "colls/t", "table"),
    ("azurekusto://h.kusto.windows.net", "db/t", "table"),
    ("sqlserver://h:1433", "dbo.t", "table"),
    ("mssql://h:1433", "db.dbo.t", "table"),
    ("bigquery", "project.dataset.t", "table"),
    ("bigquery://", "project.dataset.t", "table"),
    ("cassandra://h:9042", "keyspace.t", "table"),
    ("clickhouse://h:8123", "db.t", "table"),
    ("cosmos://h", "db.t", "table"),
    ("crate://h:5432", "db.t", "table"),
    ("databricks://workspace.cloud.databricks.com", "catalog.schema.t", "table"),
    ("db2://h:50000", "db.schema.t", "table"),
    ("duckdb:///home/me/shop.duckdb", "main.t", "table"),
    ("dynamodb://eu-west-1", "t", "table"),
    ("hive://metastore:9083", "db.t", "table"),
    ("iceberg://catalog", "db.t", "table"),
    ("mongodb://h:27017", "db.collection", "table"),
    ("mongodb+srv://h", "db.collection", "table"),
    ("mysql://h:3306", "db.t", "table"),
    ("oracle://h:1521", "service.schema.t", "table"),
    ("postgres://h:5432", "db.public.t", "table"),
    ("postgresql://h:5432", "db.public.t", "table"),
    ("presto://h:8080", "catalog.schema.t", "table"),
    ("redshift://cluster.eu-west-1:5439", "db.public.t", "table"),
    ("snowflake://org-account", "DB.PUBLIC.T", "table"),
    ("spanner://project:instance", "db.schema.t", "table"),
    ("sqlite:///shop.db", "t", "table"),
    ("teradata://h:1025", "db.t", "table"),
    ("trino://h:8080", "catalog.schema.t", "table"),
    ("unitycatalog://h", "catalog.schema.t", "table"),
    ("vertica://h:5433", "db.schema.t", "table"),
    ("abfss://container@account.dfs.core.windows.net", "path", "file_set"),
    ("dbfs://workspace", "path", "file_set"),
    ("file", "/data/day.csv", "file_set"),
    ("file://host", "/data/day.csv", "file_set"),
    ("gs://bucket", "path", "file_set"),
    ("hdfs://namenode:8020", "/path", "file_set"),
    ("s3://bucket", "path", "file_set"),
    ("s3a://bucket", "path", "file_set"),
    ("wasbs://container@account.dfs.core.windows.net", "path", "file_set"),
    ("kafka://broker:9092", "topic", "stream"),
    ("kinesis://eu-west-1", "stream", "stream"),
    ("pubsub", "topic:project:topic", "stream"),
    ("pulsar://broker:6650", "topic", "stream"),
    ("milvus://h:19530", "db.collection", "vector_index"),
    ("qdrant://h:6333", "collection", "vector_index"),
    ("pgvector://h:5432", "db.public.t", "vector_index"),
    ("feast://project", "view", "feature_view"),
    ("redis://h:6379", "0", "feature_view"),
    ("mlflow://registry", "churn", "model"),
    ("tableau://site", "book", "product"),
]


@pytest.mark.parametrize(("namespace", "name", "kind"), STORES)
def test_each_store_is_known_by_its_scheme(namespace: str, name: str, kind: str) -> None:
    found = classify(Name(namespace, name), {})
    assert found.kind == kind
    assert found.kind_rule.split(":")[0] in {"scheme", "store"}


@pytest.mark.parametrize(
    ("namespace", "name", "kind", "layer", "rule"),
    [
        ("demo", "features/customer_profile", "feature_view", "feature", "kind:feature_view"),
        ("demo", "feature_store/customer_profile", "feature_view", "feature", "kind:feature_view"),
        ("demo", "vector_db/customer_semantic", "vector_index", "vector", "kind:vector_index"),
        ("demo", "models/churn", "model", "model", "kind:model"),
        ("demo", "churn_model", "model", "model", "kind:model"),
        ("demo", "dashboards/revenue", "product", "product", "kind:product"),
        ("demo", "raw_lake/clickstream", "table", "raw", "word:raw"),
        ("s3://acme-landing", "day=1", "file_set", "raw", "word:landing"),
        ("s3://acme", "bronze/orders", "file_set", "raw", "word:bronze"),
        ("snowflake://o-a", "ANALYTICS.STAGING.STG_ORDERS", "table", "ingest", "word:staging"),
        ("snowflake://o-a", "ANALYTICS.PUBLIC.FCT_ORDERS", "table", "transform", "word:fct"),
        ("postgres://h:5432", "shop.public.user_embeddings", "vector_index", "vector", "kind:vector_index"),
        ("postgres://h:5432", "shop.public.products", "table", "", ""),
        ("postgres://h:5432", "shop.models.orders", "table", "", ""),
        ("bigquery", "acme.marts.reports", "table", "transform", "word:marts"),
        ("demo", "drawings/craw", "table", "", ""),
        ("demo", "product_events", "table", "", ""),
    ],
)
def test_words_give_a_layer_and_not_more_than_they_mean(
    namespace: str, name: str, kind: str, layer: str, rule: str
) -> None:
    found = classify(Name(namespace, name), {})
    assert (found.kind, found.layer, found.layer_rule) == (kind, layer, rule)


@pytest.mark.parametrize(
    ("facets", "kind", "layer", "rules"),
    [
        ({"datasetType": {"datasetType": "VIEW"}}, "table", "", ("type:view", "")),
        ({"datasetType": {"datasetType": "topic"}}, "stream", "", ("type:topic", "")),
        ({"datasetType": {"datasetType": "MODEL"}}, "model", "model", ("type:model", "kind:model")),
        ({"datasetType": None}, "file_set", "", ("scheme:s3", "")),
        ({"datasetType": {"datasetType": "SOMETHING"}}, "file_set", "", ("scheme:s3", "")),
        (
            {"tags": {"tags": [{"key": "Layer", "value": "Raw"}, {"key": "kind", "value": "stream"}]}},
            "stream",
            "raw",
            ("tag:kind", "tag:layer"),
        ),
        ({"tags": {"tags": [{"key": "layer", "value": "raw", "field": "id"}]}}, "file_set", "", ("scheme:s3", "")),
        ({"tags": {"tags": [{"key": "layer", "value": "gold"}, 3]}}, "file_set", "", ("scheme:s3", "")),
    ],
)
def test_what_the_producer_says_goes_before_what_the_name_lets_guess(
    facets: dict[str, Any], kind: str, layer: str, rules: tuple[str, str]
) -> None:
    found = classify(Name("s3://bucket", "t"), facets)
    assert (found.kind, found.layer) == (kind, layer)
    assert (found.kind_rule, found.layer_rule) == rules


def test_every_answer_is_one_of_the_words_and_every_rule_has_its_reason() -> None:
    assert {classify(Name(namespace, name), {}).kind for namespace, name, _ in STORES} == set(KINDS)
    assert set(SCHEMES.values()) <= set(KINDS)
    assert not TABLE_STORES & set(SCHEMES)
    assert set(LAYERS) > {classify(Name("demo", f"{word}_x"), {}).layer for word in ("raw", "stg", "mart")}
    for rule, _ in RULES:
        assert reason(f"{rule}:detail") != reason("")
