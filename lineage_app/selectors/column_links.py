"""The columns of a dataset, and what each is made of and feeds."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from lineage_app.domain.merging import current
from lineage_app.domain.run_facts import listed, tags_of, text
from lineage_app.models import ColumnEdge, Dataset

DEEPEST = 8


class Column(NamedTuple):
    """A column as its newest writer sent it, with the numbers of its links; nested ones are written a.b."""

    name: str
    type: str = ""
    description: str = ""
    tags: str = ""
    sources: int = 0
    targets: int = 0


def columns_of(dataset: Dataset, search: str = "") -> list[Column]:
    """Return the columns whose name or description holds `search`: those of the schema in its order, then others that
    links name.
    """
    facets = current(dataset.facets)
    tags: dict[str, list[str]] = {}
    for key, value, field in tags_of(facets):
        tags.setdefault(field, []).append(f"{key}: {value}" if value else key)
    sources, targets = _counts("dst", dataset), _counts("src", dataset)
    told = dict(fields_of(facets))
    found = []
    for name in dict.fromkeys([*told, *sorted(set(sources) | set(targets))]):
        if not name:
            continue
        said = told.get(name, {})
        row = Column(name, text(said, "type"), text(said, "description"), ", ".join(tags.get(name, ())))
        found.append(row._replace(sources=sources.get(name, 0), targets=targets.get(name, 0)))
    words = search.lower()
    return [row for row in found if words in row.name.lower() or words in row.description.lower()]


def fields_of(facets: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return (name, field) of the schema facet, nested fields after their parent as "parent.child".

    >>> [name for name, _ in fields_of({"schema": {"fields": [{"name": "a", "fields": [{"name": "b"}]}]}})]
    ['a', 'a.b']
    """
    schema = facets.get("schema")
    return list(_flat(schema, "", 0)) if isinstance(schema, dict) else []


def _flat(holder: dict[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for field in listed(holder, "fields") if depth < DEEPEST else ():
        name = text(field, "name")
        if name:
            yield f"{prefix}{name}", field
            yield from _flat(field, f"{prefix}{name}.", depth + 1)


def _counts(side: str, dataset: Dataset) -> dict[str, int]:
    rows = ColumnEdge.objects.filter(**{side: dataset.root_pk}).order_by().values_list(f"{side}_field")
    return dict(rows.annotate(n=Count("pk")))


def links_of(dataset: Dataset, column: str) -> tuple[QuerySet[ColumnEdge], QuerySet[ColumnEdge]]:
    """Return the links into and out of a column, those of the whole dataset included; all of them for ""."""
    pk = dataset.root_pk
    rows = ColumnEdge.objects.select_related("src", "dst", "job").defer("src__facets", "dst__facets", "job__facets")
    into, out = rows.filter(dst=pk), rows.filter(src=pk)
    if column:
        into = into.filter(Q(dst_field=column) | Q(dst_field=""))
        out = out.filter(Q(src_field=column) | Q(src_field=""))
    order = ("src__name", "src_field", "dst__name", "dst_field", "pk")
    return into.order_by(*order), out.order_by(*order)
