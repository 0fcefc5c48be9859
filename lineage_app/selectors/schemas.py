"""Columns of datasets as their writers sent them: the newest schema facet."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from lineage_app.domain.merging import current
from lineage_app.models import Dataset


def datasets_with_schema(text: str = "", limit: int = 50) -> list[Dataset]:
    """Representatives whose name or namespace holds `text` and whose schema is known, with their assets."""
    found = Dataset.objects.filter(root=None, facets__has_key="schema").select_related("asset__owner_team")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(namespace__icontains=text))
    return [each for each in found[: limit * 2] if columns_sent(each)][:limit]


def dataset_with_schema(pk: int) -> Dataset | None:
    """The representative of that dataset where its schema is known."""
    found = Dataset.objects.filter(pk=pk, root=None).select_related("asset__owner_team").first()
    return found if found is not None and columns_sent(found) else None


def columns_sent(dataset: Dataset) -> list[dict[str, Any]]:
    """The fields of the schema facet: mappings with `name`, mostly `type`, `description` and nested `fields`."""
    facet = current(dataset.facets).get("schema")
    fields = facet.get("fields") if isinstance(facet, dict) else None
    return [each for each in fields if isinstance(each, dict) and each.get("name")] if isinstance(fields, list) else []
