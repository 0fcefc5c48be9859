"""Which datasets may hold personal data, as far as events say it: tagged columns and everything they flow into."""

from collections.abc import Iterable, Mapping
from typing import Any

from lineage_app.domain.merging import current
from lineage_app.domain.personal import Link, Reach, spread
from lineage_app.models import ColumnEdge, Dataset, Fact
from lineage_app.selectors.closure import closure_edges, roots_of_asset

PERSONAL_TAGS = frozenset({"pii", "personal", "personal_data", "gdpr", "sensitive"})


def datasets_with_personal_columns() -> list[tuple[str, str]]:
    """Return (namespace, name) of each dataset with a column or itself tagged personal, and of all it flows into."""
    return [(namespace, name) for namespace, name, _ in personal_columns()]


def personal_columns() -> list[tuple[str, str, frozenset[str] | None]]:
    """Return (namespace, name, columns) of each dataset into which tagged columns flow; None stands for all columns."""
    tagged: dict[int, frozenset[str] | None] = {}
    said = Fact.objects.filter(kind=Fact.Kind.TAG, dataset__isnull=False).values("dataset")
    for row in Dataset.objects.filter(pk__in=said).order_by():
        columns = tagged_columns(current(row.facets))
        if columns is None or columns:
            known = tagged.get(row.root_pk, frozenset())
            tagged[row.root_pk] = None if columns is None or known is None else known | columns
    reached = _spread(tagged)
    rows = Dataset.objects.filter(pk__in=reached).order_by("namespace", "name").values_list("pk", "namespace", "name")
    return [(namespace, name, reached[pk].columns) for pk, namespace, name in rows]


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
    named = None if columns is None else frozenset(columns)
    return _spread(dict.fromkeys(roots, named), every_link=every_link)


def _spread(starts: Mapping[int, Iterable[str] | None], *, every_link: bool = False) -> dict[int, Reach]:
    """Follow all of them at once, over the edges and column links between what they reach."""
    return spread_over(starts, closure_edges(starts) if starts else [], every_link=every_link)


def spread_over(
    starts: Mapping[int, Iterable[str] | None], edges: list[tuple[int, int]], *, every_link: bool = False
) -> dict[int, Reach]:
    """Return what is reached from `starts` over these edges: by column links, else by whole edges."""
    links: dict[tuple[int, int], list[Link]] = {}
    found = ColumnEdge.objects.filter(src__in={src for src, _ in edges}).values_list(
        "src", "dst", "src_field", "dst_field", "type", "masking"
    )
    for src, dst, src_field, dst_field, kind, masking in found:
        links.setdefault((src, dst), []).append(
            (src_field, dst_field, every_link or (kind != "INDIRECT" and not masking))
        )
    return spread(starts, edges, links)


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
