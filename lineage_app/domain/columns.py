"""Column lineage: which input columns feed which output columns, read from any published version of the
facet.

Source: ColumnLineageDatasetFacet 1-0-0 (transformationType on the output column), 1-1-0 (transformations
per input column), 1-2-0 (`dataset`: columns that influence every row, such as filters and joins). Read by
known field, never by version.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from lineage_app.domain.names import Name

WHOLE_DATASET = ""


class ColumnLink(NamedTuple):
    """One input column feeding one output column; WHOLE_DATASET as a field means every row or column of it."""

    src: Name
    src_field: str
    dst: Name
    dst_field: str
    type: str = "DIRECT"
    subtype: str = ""
    masking: bool = False


def read_columns(dst: Name, facet: Any) -> frozenset[ColumnLink]:
    """Return the links of a columnLineage facet on the dataset `dst`; what is malformed yields no link."""
    return _remembered(dst, _Same(facet)) if isinstance(facet, dict) else frozenset()


class _Same:
    """A facet as a key, by identity: runs of a job repeat it, and who reads it again gets the same object."""

    def __init__(self, facet: dict[str, Any]) -> None:
        self.facet = facet

    def __hash__(self) -> int:
        return id(self.facet)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.facet is self.facet


@lru_cache(1_024)
def _remembered(dst: Name, same: _Same) -> frozenset[ColumnLink]:
    facet = same.facet
    links: set[ColumnLink] = set()
    fields = facet.get("fields")
    for name, entry in fields.items() if isinstance(fields, dict) else ():
        if isinstance(entry, dict):
            for item in _dicts(entry.get("inputFields")):
                links |= _links(dst, str(name), item, legacy=entry)
    for item in _dicts(facet.get("dataset")):
        links |= _links(dst, WHOLE_DATASET, item, legacy={"transformationType": "INDIRECT"})
    return frozenset(links)


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _links(dst: Name, dst_field: str, item: dict[str, Any], legacy: dict[str, Any]) -> set[ColumnLink]:
    if not isinstance(item.get("name"), str):
        return set()
    src = Name(str(item.get("namespace") or dst.namespace), item["name"])
    src_field = str(item.get("field") or WHOLE_DATASET)
    found = [_transformation(entry) for entry in _dicts(item.get("transformations"))]
    return {ColumnLink(src, src_field, dst, dst_field, *how) for how in found or [_legacy(legacy)]}


def _transformation(entry: dict[str, Any]) -> tuple[str, str, bool]:
    kind = str(entry.get("type") or "DIRECT").upper()
    return kind, str(entry.get("subtype") or "").upper(), entry.get("masking") is True


def _legacy(entry: dict[str, Any]) -> tuple[str, str, bool]:
    """Read transformationType of 1-0-0: IDENTITY or MASKED, both of them direct.

    >>> _legacy({"transformationType": "MASKED"})
    ('DIRECT', 'MASKED', True)
    """
    kind = str(entry.get("transformationType") or "").upper()
    if kind == "INDIRECT":
        return "INDIRECT", "", False
    return "DIRECT", kind, kind == "MASKED"
