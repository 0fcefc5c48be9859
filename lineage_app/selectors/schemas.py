"""Columns of datasets as their writers sent them: the newest schema facet."""

from __future__ import annotations

from typing import Any

from lineage_app.domain.merging import current
from lineage_app.models import Dataset
from lineage_app.selectors.search import datasets_named

LOOKED_AT = 1_000


def datasets_with_schema(text: str = "", limit: int = 50) -> list[Dataset]:
    """Representatives with a known schema, with their assets, by name: those whose name or namespace holds `text`,
    the newest where nothing is asked for; `limit` at most, of the LOOKED_AT nearest to the question.
    """
    known = Dataset.objects.filter(root=None, facets__has_key="schema").select_related("asset__owner_team")
    if text:
        named = datasets_named(text)
        roots = Dataset.objects.filter(pk__in=named).order_by().values_list("pk", "root")
        found = list(known.filter(pk__in={root or pk for pk, root in roots}).order_by()[:LOOKED_AT])
    else:
        found = list(known.order_by("-pk")[: limit * 2])
    shown = [each for each in found if columns_sent(each)]
    return sorted(shown, key=lambda each: (each.namespace, each.name))[:limit]


def dataset_with_schema(pk: int) -> Dataset | None:
    """The representative of that dataset where its schema is known."""
    found = Dataset.objects.filter(pk=pk, root=None).select_related("asset__owner_team").first()
    return found if found is not None and columns_sent(found) else None


def columns_sent(dataset: Dataset) -> list[dict[str, Any]]:
    """The fields of the schema facet: mappings with `name`, mostly `type`, `description` and nested `fields`."""
    facet = current(dataset.facets).get("schema")
    fields = facet.get("fields") if isinstance(facet, dict) else None
    return [each for each in fields if isinstance(each, dict) and each.get("name")] if isinstance(fields, list) else []
