"""A dataset that lineage has seen, as a draft: the columns that its writer sent in the schema facet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contracts_app.domain.formats.notes import FormatError, Imported
from contracts_app.formats.columns import MAX_COLUMNS, Column, fields_of, head_of, missing
from contracts_app.formats.drafting import draft
from contracts_app.formats.registry import import_format
from lineage_app.selectors import columns_sent

if TYPE_CHECKING:
    from lineage_app.models import Dataset

_DEEPEST = 8


@import_format(
    "lineage_dataset",
    label="Dataset seen in lineage",
    hint="The columns that its writer last sent in the schema facet of an OpenLineage event.",
    needs="dataset",
    order=60,
)
def from_dataset(dataset: Dataset) -> Imported:
    """The draft of the newest schema facet."""
    columns = _columns(columns_sent(dataset), 1)
    fields, notes = fields_of(columns)
    data = head_of(dataset.asset, dataset.name)
    data.setdefault("asset", {"namespace": dataset.namespace, "name": dataset.name})
    data["schema"] = fields
    return draft(data, [*missing(data, fields), *notes], origin=f"the newest schema of {dataset.name} in lineage")


def _columns(fields: list[Any], depth: int) -> list[Column]:
    """Named fields, the first of each name; events are sent by anybody, so nothing of their shape is trusted."""
    if depth > _DEEPEST:
        raise FormatError(f"The schema in lineage is nested deeper than {_DEEPEST} levels.")
    found: dict[str, Column] = {}
    for field in fields[: MAX_COLUMNS + 1]:
        name = field.get("name") if isinstance(field, dict) else None
        if isinstance(name, str) and name and "\0" not in name and name not in found:
            nested = field.get("fields")
            inner = tuple(_columns(nested, depth + 1)) if isinstance(nested, list) else ()
            texts = (str(field.get(key) or "").replace("\0", "") for key in ("type", "description"))
            kind, description = texts
            found[name] = Column(name, kind[:200] or "string", description=description[:2000], fields=inner)
    return list(found.values())
