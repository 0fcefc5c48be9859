"""What a node is: kind and layer, which OpenLineage does not know.

Rules in their order, RULES below; the first that answers wins, for kind and for layer on its own. The owner's word in
the catalog goes before all of them, and a contract speaks through the asset that it is about. Stores and schemes:
openlineage.io/docs/spec/naming; those of vector stores, feature stores and model registries are our own, since the
specification names none but Milvus. Layers run source, ingest, raw, transform, feature, vector, model, product.
"""

import re
from typing import Any, NamedTuple

from lineage_app.domain.names import Name

LAYERS = ("source", "ingest", "raw", "transform", "feature", "vector", "model", "product")
KINDS = ("table", "stream", "file_set", "feature_view", "vector_index", "model", "product")

TYPES = {
    **dict.fromkeys(("TABLE", "VIEW", "MATERIALIZED_VIEW", "EXTERNAL_TABLE"), "table"),
    **dict.fromkeys(("FILE", "DIRECTORY"), "file_set"),
    **dict.fromkeys(("TOPIC", "STREAM"), "stream"),
    "MODEL": "model",
}
"""The datasetType facet's words (DatasetTypeDatasetFacet 1-0-0, 1-0-1, an open list)."""
SCHEMES = {
    **dict.fromkeys(
        ("kafka", "kinesis", "pubsub", "eventhub", "eventhubs", "rabbitmq", "pulsar", "nats", "amqp", "mqtt"), "stream"
    ),
    **dict.fromkeys(
        (
            "s3",
            "s3a",
            "s3n",
            "gs",
            "abfs",
            "abfss",
            "wasb",
            "wasbs",
            "adl",
            "hdfs",
            "file",
            "dbfs",
            "oss",
            "ftp",
            "sftp",
        ),
        "file_set",
    ),
    **dict.fromkeys(
        ("milvus", "qdrant", "weaviate", "pinecone", "pgvector", "chroma", "lancedb", "vespa"), "vector_index"
    ),
    **dict.fromkeys(("feast", "tecton", "hopsworks", "redis", "valkey", "feature-store"), "feature_view"),
    **dict.fromkeys(("mlflow", "models", "model-registry", "huggingface", "sagemaker", "vertexai"), "model"),
    **dict.fromkeys(("product", "products", "app", "tableau", "looker", "powerbi", "superset", "metabase"), "product"),
}
"""Schemes of stores that hold no tables."""
_TABLES = """
awsathena arn azurecosmos azurekusto bigquery cassandra clickhouse cockroachdb cosmos couchbase crate
databricks db2 delta derby druid duckdb dynamodb elasticsearch glue greenplum h2 hana hive hsqldb iceberg
impala mariadb mongodb mongodb+srv motherduck mssql mysql opensearch oracle postgres postgresql presto
redshift saphana singlestore snowflake spanner spark sqlite sqlserver starrocks synapse teradata timescaledb
trino unity unitycatalog vertica yugabyte
"""
TABLE_STORES = frozenset(_TABLES.split())
"""Schemes of stores of tables, views, documents or rows."""
_ENDS = {
    **dict.fromkeys(("feature", "features"), ("feature_view", "feature")),
    **dict.fromkeys(("vector", "vectors", "embedding", "embeddings"), ("vector_index", "vector")),
    **dict.fromkeys(("raw", "landing", "bronze"), ("", "raw")),
    **dict.fromkeys(("ingest", "ingestion", "staging", "stage", "stg"), ("", "ingest")),
    **dict.fromkeys(
        ("silver", "gold", "mart", "marts", "curated", "clean", "cleaned", "dim", "fct", "fact", "intermediate"),
        ("", "transform"),
    ),
}
_WHOLE = {
    **dict.fromkeys(("model", "models", "ml_model", "ml_models"), ("model", "model")),
    **dict.fromkeys(
        ("product", "products", "dashboard", "dashboards", "report", "reports", "answer", "answers"),
        ("product", "product"),
    ),
}
_LAYER_OF_KIND = {"feature_view": "feature", "vector_index": "vector", "model": "model", "product": "product"}
RULES = (
    ("tag", "A tag of the dataset, kind or layer, with one of the words above"),
    ("type", "The datasetType facet: a table or view, a file, a topic or stream, a model"),
    (
        "scheme",
        "The scheme of the namespace: streams, files, vector stores, feature stores, model registries, products",
    ),
    ("kind", "For the layer: the kind, where it is a feature view, a vector index, a model or a product"),
    ("word", "A word in the name: features and vectors also in a store of tables; models and products only elsewhere"),
    ("store", "The scheme of a store of tables, such as postgres, snowflake or bigquery"),
    ("default", "Nothing answers: a table, without a layer"),
)
"""Each rule with what it goes by, in their order."""


class NodeType(NamedTuple):
    """A node's kind (one of KINDS) and layer (one of LAYERS, or empty), each with the rule that said it.

    A rule is written "name:detail", as "scheme:kafka", "word:raw"; empty where no rule gives a layer.
    """

    kind: str
    layer: str
    kind_rule: str
    layer_rule: str


def classify(name: Name, facets: dict[str, Any]) -> NodeType:
    """Return the type of the dataset `name` with its current facets.

    >>> classify(Name("kafka://broker:9092", "orders"), {})
    NodeType(kind='stream', layer='', kind_rule='scheme:kafka', layer_rule='')
    >>> classify(Name("demo", "features/customer_profile"), {})[:2]
    ('feature_view', 'feature')
    >>> classify(Name("postgres://db:5432", "shop.public.products"), {})
    NodeType(kind='table', layer='', kind_rule='store:postgres', layer_rule='')
    """
    tags, scheme = _tags(facets), _scheme(name.namespace)
    found = _words(name, in_tables=scheme in TABLE_STORES)
    facet = facets.get("datasetType")
    said = str(facet.get("datasetType", "")).upper() if isinstance(facet, dict) else ""
    kind, kind_rule = _first(
        ("tag", "kind", tags.get("kind", "") if tags.get("kind") in KINDS else ""),
        ("type", said.lower(), TYPES.get(said, "")),
        ("scheme", scheme, SCHEMES.get(scheme, "")),
        *(("word", word, kind) for word, kind, _ in found),
        ("store", scheme, "table" if scheme in TABLE_STORES else ""),
        ("default", "table", "table"),
    )
    layer, layer_rule = _first(
        ("tag", "layer", tags.get("layer", "") if tags.get("layer") in LAYERS else ""),
        ("kind", kind, _LAYER_OF_KIND.get(kind, "")),
        *(("word", word, layer) for word, _, layer in found),
    )
    return NodeType(kind, layer, kind_rule, layer_rule)


def reason(rule: str) -> str:
    """Return the rule as the end of the sentence "… because".

    >>> reason("word:raw"), reason("scheme:kafka"), reason("")
    ('its name holds “raw”', 'its namespace is of the scheme kafka', 'no rule answers')
    """
    kind, _, detail = rule.partition(":")
    words = {
        "tag": f"its producer tagged the {detail}",
        "type": f"its datasetType facet says {detail.replace('_', ' ')}",
        "scheme": f"its namespace is of the scheme {detail}",
        "store": f"{detail} is a store of tables",
        "kind": f"it is a {detail.replace('_', ' ')}",
        "word": f"its name holds “{detail}”",
        "default": "no rule answers, and most datasets are tables",
        "asset": "its owner said so",
    }
    return words.get(kind, "no rule answers")


def _first(*answers: tuple[str, str, str]) -> tuple[str, str]:
    return next(((answer, f"{rule}:{detail}"[:60]) for rule, detail, answer in answers if answer), ("", ""))


def _scheme(namespace: str) -> str:
    return namespace.split(":", 1)[0].lower()


def _words(name: Name, *, in_tables: bool) -> list[tuple[str, str, str]]:
    """Return (word, kind, layer) of the words that a name holds, the namespace's first.

    A part between dots, slashes or colons counts as a whole and by its first and last word, as in user_embeddings.
    """
    found = []
    for part in re.split(r"[./:@\\]+", f"{name.namespace}/{name.name}".lower()):
        ends = [word for word in re.split(r"[^a-z]+", part) if word]
        for word in dict.fromkeys([*ends[:1], *ends[-1:]]):
            found += [(word, *_ENDS[word])] if word in _ENDS else []
        whole = part.replace("-", "_")
        if whole in _WHOLE:
            found.append((whole, *(_WHOLE[whole])))
        elif ends and len(ends) > 1 and ends[-1] in ("model", "dashboard", "report"):
            found.append((ends[-1], *_WHOLE[ends[-1]]))
    tabular = ("feature_view", "vector_index", "")
    return [(word, kind, layer) for word, kind, layer in found if not in_tables or kind in tabular]


def _tags(facets: dict[str, Any]) -> dict[str, str]:
    facet = facets.get("tags")
    items = facet.get("tags") if isinstance(facet, dict) else None
    return {
        str(item.get("key", "")).lower(): str(item.get("value", "")).lower()
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict) and not item.get("field")
    }
