"""What a node is: kind and layer, which OpenLineage does not know.

Rules, the first that answers wins (the owner's word in the catalog goes before all of them):
1. dataset tags with the key `kind` or `layer`;
2. the datasetType facet (TABLE, VIEW, FILE, TOPIC, STREAM, MODEL, …);
3. the namespace's scheme (`kafka://` a stream, `s3://` a file set, `milvus://` a vector index, …);
4. words in the name (`features/…`, `models/…`, `raw_…`).
Layers run source, ingest, raw, transform, feature, vector, model, product.
"""

import re
from typing import Any, NamedTuple

from lineage_app.domain.names import Name

LAYERS = ("source", "ingest", "raw", "transform", "feature", "vector", "model", "product")
KINDS = ("table", "stream", "file_set", "feature_view", "vector_index", "model", "product")

_TYPES = {
    "TABLE": "table",
    "VIEW": "table",
    "FILE": "file_set",
    "TOPIC": "stream",
    "STREAM": "stream",
    "MODEL": "model",
}
_SCHEMES = {
    **dict.fromkeys(("kafka", "kinesis", "pubsub", "eventhub", "rabbitmq"), "stream"),
    **dict.fromkeys(("s3", "gs", "abfss", "wasbs", "hdfs", "file", "dbfs"), "file_set"),
    **dict.fromkeys(("milvus", "qdrant", "weaviate", "pinecone", "pgvector", "chroma"), "vector_index"),
    **dict.fromkeys(("feast", "redis", "valkey", "feature-store"), "feature_view"),
    **dict.fromkeys(("mlflow", "models", "model-registry", "huggingface"), "model"),
    **dict.fromkeys(("product", "products", "app"), "product"),
}
_WORDS = (
    (re.compile(r"\b(features?|feature_store|feature_view)\b"), "feature_view", "feature"),
    (re.compile(r"\b(vectors?|embeddings?|vector_index)\b"), "vector_index", "vector"),
    (re.compile(r"\b(models?|ml_models?)\b"), "model", "model"),
    (re.compile(r"\b(products?|dashboards?|reports?|answers?)\b"), "product", "product"),
    (re.compile(r"\b(raw|landing|bronze)\b"), "", "raw"),
    (re.compile(r"\b(ingest|staging|stage|stg)\b"), "", "ingest"),
    (re.compile(r"\b(silver|gold|mart|marts|curated|clean)\b"), "", "transform"),
)
_LAYER_OF_KIND = {"feature_view": "feature", "vector_index": "vector", "model": "model", "product": "product"}


class NodeType(NamedTuple):
    """A node's kind (one of KINDS) and layer (one of LAYERS, or empty when no rule answers)."""

    kind: str
    layer: str


def classify(name: Name, facets: dict[str, Any]) -> NodeType:
    """Return the type of the dataset `name` with its current facets.

    >>> classify(Name("kafka://broker:9092", "orders"), {})
    NodeType(kind='stream', layer='')
    >>> classify(Name("demo", "features/customer_profile"), {})
    NodeType(kind='feature_view', layer='feature')
    """
    tags = _tags(facets)
    words = re.sub(r"[^a-z_]+", " ", f"{name.namespace} {name.name}".lower())
    by_word = [(kind, layer) for pattern, kind, layer in _WORDS if pattern.search(words.replace("raw_", "raw "))]
    kind = (
        (tags.get("kind") if tags.get("kind") in KINDS else "")
        or _TYPES.get(str((facets.get("datasetType") or {}).get("datasetType", "")).upper(), "")
        or _SCHEMES.get(name.namespace.split(":", 1)[0].lower(), "")
        or next((kind for kind, _ in by_word if kind), "table")
    )
    layer = (tags.get("layer") if tags.get("layer") in LAYERS else "") or _LAYER_OF_KIND.get(kind, "")
    return NodeType(kind, layer or next((layer for _, layer in by_word), ""))


def _tags(facets: dict[str, Any]) -> dict[str, str]:
    facet = facets.get("tags")
    items = facet.get("tags") if isinstance(facet, dict) else None
    return {
        str(item.get("key", "")).lower(): str(item.get("value", "")).lower()
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict) and not item.get("field")
    }
