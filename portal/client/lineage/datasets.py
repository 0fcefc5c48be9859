"""A dataset as a run speaks of it: its OpenLineage name, what is known of it, and what this run read or wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from portal.client.lineage.columns import Named, Source, Sources, source_of
from portal.client.lineage.facets import facet, without_nothing


@dataclass(frozen=True)
class Dataset:
    """One dataset by its OpenLineage name; raises ValueError where the name is not whole.

    `columns` are name and type; `rows`, `size` (bytes) and `files` are what this run read or wrote; `version` is the
    store's own (a snapshot id, an LSN, a digest). `column_lineage` says for a column which columns it comes from,
    `influences` which columns decide about all rows. `fed_by` names the inputs of this output where a run has several
    of both and not each feeds each; an empty list says that nothing that is tracked feeds it.
    """

    namespace: str
    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None
    column_lineage: Sources = field(default_factory=dict)
    influences: Sequence[Source] = ()
    fed_by: Sequence[Named] | None = None
    size: int | None = None
    files: int | None = None
    version: str = ""
    kind: str = ""
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    column_tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    aliases: Sequence[Named] = ()

    def __post_init__(self) -> None:
        for what in (self.namespace, self.name):
            if not what or not isinstance(what, str):
                raise ValueError(f"A dataset has a namespace and a name, both text: {self.namespace!r}, {self.name!r}.")
        for count in (self.rows, self.size, self.files):
            if count is not None and (not isinstance(count, int) or count < 0):
                raise ValueError(
                    f"Rows, size and files of {self.name} are whole numbers of zero or more, not {count!r}."
                )

    def measured(
        self, *, rows: int | None = None, size: int | None = None, files: int | None = None, version: str = ""
    ) -> Dataset:
        """The same dataset with what a run found out while it read or wrote it; what is left out stays as it was."""
        found = without_nothing({"rows": rows, "size": size, "files": files, "version": version})
        return replace(self, **found)

    def as_input(self) -> dict[str, Any]:
        """The entry of `inputs`: column lineage and the like speak of outputs and are left out."""
        document: dict[str, Any] = {"namespace": self.namespace, "name": self.name, "facets": self._own_facets()}
        counts = self._counts()
        return document | ({"inputFacets": {"inputStatistics": facet("inputStatistics", **counts)}} if counts else {})

    def as_output(self) -> dict[str, Any]:
        """The entry of `outputs`."""
        facets = self._own_facets() | self._origin_facets()
        document: dict[str, Any] = {"namespace": self.namespace, "name": self.name, "facets": facets}
        counts = self._counts()
        return document | (
            {"outputFacets": {"outputStatistics": facet("outputStatistics", **counts)}} if counts else {}
        )

    def _counts(self) -> dict[str, Any]:
        return without_nothing({"rowCount": self.rows, "size": self.size, "fileCount": self.files})

    def _own_facets(self) -> dict[str, Any]:
        facets: dict[str, Any] = {}
        if self.columns:
            facets["schema"] = facet("schema", fields=[{"name": n, "type": t} for n, t in self.columns.items()])
        if self.version:
            facets["version"] = facet("version", datasetVersion=self.version)
        if self.kind:
            facets["datasetType"] = facet("datasetType", datasetType=self.kind)
        if self.description:
            facets["documentation"] = facet("documentation", description=self.description)
        if tags := self._tags():
            facets["tags"] = facet("tags", tags=tags)
        if self.aliases:
            names = [{"namespace": a.namespace, "name": a.name, "type": "TABLE"} for a in self.aliases]
            facets["symlinks"] = facet("symlinks", identifiers=names)
        return facets

    def _tags(self) -> list[dict[str, str]]:
        own = [{"key": key, "value": value, "source": "USER"} for key, value in self.tags.items()]
        return own + [
            {"key": key, "value": value, "source": "USER", "field": column}
            for column, said in self.column_tags.items()
            for key, value in said.items()
        ]

    def _origin_facets(self) -> dict[str, Any]:
        facets: dict[str, Any] = {}
        if self.column_lineage or self.influences:
            fields = {
                column: {"inputFields": [source_of(each).as_input_field() for each in sources]}
                for column, sources in self.column_lineage.items()
            }
            whole = [each.as_input_field() for each in self.influences]
            facets["columnLineage"] = facet("columnLineage", fields=fields, **({"dataset": whole} if whole else {}))
        if self.fed_by is not None:
            inputs = [{"namespace": d.namespace, "name": d.name, "type": "DATASET"} for d in self.fed_by]
            facets["lineage"] = facet("lineage", inputs=inputs)
        return facets
