"""OpenLineage facets in their newest published versions: the key under which each stands, and its schema.

Source: openlineage.io/spec/facets. A consumer that knows an older version reads the fields that it knows.
"""

from __future__ import annotations

from typing import Any

ADAPTER_VERSION = "0.1.0"
PRODUCER = f"https://custody.example/portal/client/{ADAPTER_VERSION}"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_SPEC = "https://openlineage.io/spec/facets"

PUBLISHED = {
    "columnLineage": ("1-2-0", "ColumnLineageDatasetFacet"),
    "datasetType": ("1-0-1", "DatasetTypeDatasetFacet"),
    "documentation": ("1-1-0", "DocumentationDatasetFacet"),
    "environmentVariables": ("1-0-0", "EnvironmentVariablesRunFacet"),
    "errorMessage": ("1-0-1", "ErrorMessageRunFacet"),
    "executionParameters": ("1-0-0", "ExecutionParametersRunFacet"),
    "inputStatistics": ("1-0-0", "InputStatisticsInputDatasetFacet"),
    "jobType": ("2-0-4", "JobTypeJobFacet"),
    "lineage": ("1-0-0", "LineageDatasetFacet"),
    "nominalTime": ("1-0-1", "NominalTimeRunFacet"),
    "outputStatistics": ("1-0-2", "OutputStatisticsOutputDatasetFacet"),
    "ownership": ("1-0-1", "OwnershipJobFacet"),
    "parent": ("1-2-0", "ParentRunFacet"),
    "processing_engine": ("1-1-1", "ProcessingEngineRunFacet"),
    "schema": ("1-2-0", "SchemaDatasetFacet"),
    "sourceCodeLocation": ("1-1-0", "SourceCodeLocationJobFacet"),
    "symlinks": ("1-0-1", "SymlinksDatasetFacet"),
    "tags": ("1-0-0", "TagsDatasetFacet"),
    "version": ("1-0-1", "DatasetVersionDatasetFacet"),
}
_OF_A_JOB = {"documentation": "DocumentationJobFacet", "tags": "TagsJobFacet"}
_OF_A_RUN = {"tags": "TagsRunFacet"}
_FILES = {"LineageDatasetFacet": "LineageFacet"}


def facet(key: str, **content: Any) -> dict[str, Any]:
    """The facet of a dataset or run that stands under `key`, with what the specification asks of every facet.

    >>> facet("version", datasetVersion="7")["_schemaURL"].rpartition("/spec/")[2]
    'facets/1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet'
    """
    version, name = PUBLISHED[key]
    return _made(version, name, content)


def job_facet(key: str, **content: Any) -> dict[str, Any]:
    """As `facet`, for a job: `documentation` and `tags` have schemas of their own there."""
    version, name = PUBLISHED[key]
    return _made(version, _OF_A_JOB.get(key, name), content)


def run_facet(key: str, **content: Any) -> dict[str, Any]:
    """As `facet`, for a run: `tags` has a schema of its own there."""
    version, name = PUBLISHED[key]
    return _made(version, _OF_A_RUN.get(key, name), content)


def _made(version: str, name: str, content: dict[str, Any]) -> dict[str, Any]:
    url = f"{_SPEC}/{version}/{_FILES.get(name, name)}.json#/$defs/{name}"
    return {"_producer": PRODUCER, "_schemaURL": url, **content}


def without_nothing(content: dict[str, Any]) -> dict[str, Any]:
    """The entries that say something; absent and empty are the same to a reader, zero is not.

    >>> without_nothing({"rowCount": 0, "size": None, "name": ""})
    {'rowCount': 0}
    """
    return {key: value for key, value in content.items() if value is not None and value != ""}
