"""Which datasets may hold personal data, as far as events say it: tagged columns and everything they flow into."""

from collections.abc import Iterable
from typing import Any

from lineage_app.domain.merging import current
from lineage_app.domain.personal import Link, Reach, spread
from lineage_app.models import ColumnEdge, Dataset
from lineage_app.selectors.closure import closure_edges, roots_of_asset

PERSONAL_TAGS = frozenset({"pii", "personal", "personal_data", "gdpr", "sensitive"})


def datasets_with_personal_columns() -> list[tuple[str, str]]:
    """Return (namespace, name) of each dataset with a column or itself tagged personal, and of all it flows into."""
    reached: set[int] = set()
    for row in Dataset.objects.filter(facets__has_key="tags").order_by():
        columns = tagged_columns(current(row.facets))
        if columns is None or columns:
            reached |= set(personal_reach([row.root_pk], columns))
    return sorted(Dataset.objects.filter(pk__in=reached).order_by().values_list("namespace", "name"))


def personal_reach_of_asset(asset_id: int, columns: Iterable[str] | None = None) -> dict[int, Reach]:
    """Return where `columns` (None: all) of the asset flow, by dataset, its own datasets included."""
    return personal_reach(roots_of_asset(asset_id), columns)


def reach_of_columns(asset_id: int, columns: Iterable[str]) -> dict[int, Reach]:
    """Return what a change of `columns` of the asset reaches, by dataset: masked values and join keys count as well."""
    return personal_reach(roots_of_asset(asset_id), columns, every_link=True)


def personal_reach(roots: list[int], columns: Iterable[str] | None, *, every_link: bool = False) -> dict[int, Reach]:
    """Return where `columns` (None: all) of the datasets `roots` flow: by column links, else by whole edges.

    Links that copy no value (INDIRECT or masked) end the way unless `every_link` says that they count.
    """
    edges = closure_edges(roots)
    links: dict[tuple[int, int], list[Link]] = {}
    sources = {src for src, _ in edges}
    rows = ColumnEdge.objects.filter(src__in=sources).values_list(
        "src", "dst", "src_field", "dst_field", "type", "masking"
    )
    for src, dst, src_field, dst_field, kind, masking in rows:
        links.setdefault((src, dst), []).append(
            (src_field, dst_field, every_link or (kind != "INDIRECT" and not masking))
        )
    reached: dict[int, Reach] = {}
    for root in roots:
        for pk, reach in spread(root, columns, edges, links).items():
            known = reached.get(pk)
            whole = reach.columns is None or (known is not None and known.columns is None)
            merged = (
                None
                if whole
                else (reach.columns or frozenset()) | (known.columns or frozenset() if known else frozenset())
            )
            reached[pk] = Reach(merged, min(reach.distance, known.distance) if known else reach.distance)
    return reached


def tagged_columns(facets: dict[str, Any]) -> frozenset[str] | None:
    """Return the columns that the tags facet calls personal; None when the whole dataset is tagged.

    >>> sorted(tagged_columns({"tags": {"tags": [{"key": "PII", "value": "true", "field": "email"}]}}))
    ['email']
    """
    facet = facets.get("tags")
    items = facet.get("tags") if isinstance(facet, dict) else None
    columns: set[str] = set()
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and _is_personal(item):
            if not item.get("field"):
                return None
            columns.add(str(item["field"]))
    return frozenset(columns)


def _is_personal(tag: dict[str, Any]) -> bool:
    key, value = str(tag.get("key", "")).lower(), str(tag.get("value", "")).lower()
    return (key in PERSONAL_TAGS or value in PERSONAL_TAGS) and value not in {"false", "no", "none"}
