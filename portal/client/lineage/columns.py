"""Which columns a column comes from, and how: the vocabulary of columnLineage 1-2-0 as small functions.

DIRECT: the value comes from there (IDENTITY, TRANSFORMATION, AGGREGATION). INDIRECT: it decides which rows or groups
there are (FILTER, JOIN, GROUP_BY, SORT, WINDOW, CONDITIONAL). `masking` says that the value cannot be read back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from portal.client.lineage.facets import without_nothing

DIRECT = frozenset({"", "IDENTITY", "TRANSFORMATION", "AGGREGATION"})
INDIRECT = frozenset({"", "FILTER", "JOIN", "GROUP_BY", "SORT", "WINDOW", "CONDITIONAL"})


class Named(Protocol):
    """Anything with an OpenLineage name."""

    @property
    def namespace(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Source:
    """One column of a dataset, and what was done to it on the way; raises ValueError for an unknown `subtype`."""

    namespace: str
    name: str
    column: str
    type: str = "DIRECT"
    subtype: str = "IDENTITY"
    masking: bool = False
    description: str = ""

    def __post_init__(self) -> None:
        known = {"DIRECT": DIRECT, "INDIRECT": INDIRECT}.get(self.type)
        if known is None:
            raise ValueError(f"A transformation is DIRECT or INDIRECT, not {self.type!r}.")
        if self.subtype not in known:
            raise ValueError(f"{self.type} knows no {self.subtype!r}: use one of {', '.join(sorted(known - {''}))}.")

    def as_input_field(self) -> dict[str, Any]:
        """The entry of `inputFields`."""
        how = without_nothing({"type": self.type, "subtype": self.subtype, "description": self.description})
        field = {"namespace": self.namespace, "name": self.name, "field": self.column}
        return field | {"transformations": [how | {"masking": self.masking}]}


Sources = Mapping[str, Sequence["Source | tuple[str, str, str]"]]


def source_of(given: Source | tuple[str, str, str]) -> Source:
    """A Source from itself or from (namespace, name, column), of which nothing more is said."""
    return given if isinstance(given, Source) else Source(*given, subtype="")


def same(dataset: Named, *columns: str) -> dict[str, list[Source]]:
    """Column lineage of columns that are copied under their own names.

    >>> from portal.client.lineage.datasets import Dataset
    >>> {k: v[0].subtype for k, v in same(Dataset("ns", "orders"), "id", "total").items()}
    {'id': 'IDENTITY', 'total': 'IDENTITY'}
    """
    return {column: [copied(dataset, column)] for column in columns}


def copied(dataset: Named, column: str) -> Source:
    """The value as it is, perhaps under another name."""
    return Source(dataset.namespace, dataset.name, column)


def computed(dataset: Named, column: str, description: str = "") -> Source:
    """Computed from this column of the same row."""
    return Source(dataset.namespace, dataset.name, column, "DIRECT", "TRANSFORMATION", description=description)


def aggregated(dataset: Named, column: str, description: str = "") -> Source:
    """A count, sum, mean … of this column over several rows."""
    return Source(dataset.namespace, dataset.name, column, "DIRECT", "AGGREGATION", description=description)


def masked(source: Source, description: str = "") -> Source:
    """The same, so that the value cannot be read back from the result: hashed, cut off, counted."""
    how = "TRANSFORMATION" if source.subtype in {"", "IDENTITY"} and source.type == "DIRECT" else source.subtype
    return replace(source, subtype=how, masking=True, description=description or source.description)


def filtered(dataset: Named, column: str) -> Source:
    """A condition on this column decides which rows there are."""
    return Source(dataset.namespace, dataset.name, column, "INDIRECT", "FILTER")


def joined(dataset: Named, column: str) -> Source:
    """Rows were matched by this column."""
    return Source(dataset.namespace, dataset.name, column, "INDIRECT", "JOIN")


def grouped(dataset: Named, column: str) -> Source:
    """Rows were grouped by this column."""
    return Source(dataset.namespace, dataset.name, column, "INDIRECT", "GROUP_BY")
