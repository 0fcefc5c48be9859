"""A run event of OpenLineage 2-0-2 from what a run says of itself."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from portal.client.lineage.code import Code
from portal.client.lineage.datasets import Dataset
from portal.client.lineage.facets import ADAPTER_VERSION, PRODUCER, SCHEMA, job_facet, run_facet
from portal.client.lineage.parents import Identity, Lineage

IMAGES = ("IMAGE_TAG", "CONTAINER_IMAGE", "DOCKER_IMAGE", "IMAGE", "IMAGE_DIGEST")
Nominal = datetime | tuple[datetime, datetime | None]


@dataclass
class Said:
    """What is told with every event of a run; `processing` is BATCH, STREAMING or SERVICE."""

    processing: str = "BATCH"
    kind: str = "JOB"
    description: str = ""
    owners: Sequence[str] = ()
    code: Code = field(default_factory=Code)
    path: str = ""
    image: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    nominal: dict[str, str] = field(default_factory=dict)
    lineage: Lineage | None = None
    error: str = ""

    def __post_init__(self) -> None:
        if self.processing not in {"BATCH", "STREAMING", "SERVICE"}:
            raise ValueError(f"A job is BATCH, STREAMING or SERVICE, not {self.processing!r}.")


def event(
    state: str, moment: datetime, run: Identity, said: Said, inputs: Iterable[Dataset], outputs: Iterable[Dataset]
) -> dict[str, Any]:
    """The run event as JSON is made of it."""
    return {
        "eventType": state,
        "eventTime": _utc(moment),
        "producer": PRODUCER,
        "schemaURL": SCHEMA,
        "run": {"runId": run.run_id, "facets": _run_facets(said)},
        "job": {"namespace": run.namespace, "name": run.job, "facets": _job_facets(said)},
        "inputs": [each.as_input() for each in inputs],
        "outputs": [each.as_output() for each in outputs],
    }


def nominal_times(said: Nominal | None) -> dict[str, str]:
    """The fields of nominalTime; raises ValueError for a time without a zone."""
    if said is None:
        return {}
    start, end = said if isinstance(said, tuple) else (said, None)
    for moment in (start, end):
        if moment is not None and moment.utcoffset() is None:
            raise ValueError(f"A nominal time needs a zone: {moment.isoformat()} has none.")
    return {"nominalStartTime": _utc(start)} | ({"nominalEndTime": _utc(end)} if end else {})


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _run_facets(said: Said) -> dict[str, Any]:
    engine = {"name": "Python", "version": platform.python_version(), "openlineageAdapterVersion": ADAPTER_VERSION}
    content: dict[str, dict[str, Any]] = {"processing_engine": engine}
    if said.nominal:
        content["nominalTime"] = said.nominal
    if said.parameters:
        content["executionParameters"] = {"parameters": [_parameter(k, v) for k, v in said.parameters.items()]}
    if image := _image(said.image, os.environ):
        content["environmentVariables"] = {"environmentVariables": [image]}
    if said.tags:
        content["tags"] = {"tags": [{"key": k, "value": v, "source": "USER"} for k, v in said.tags.items()]}
    if said.error:
        content["errorMessage"] = {"message": said.error, "programmingLanguage": "PYTHON"}
    facets = {key: run_facet(key, **fields) for key, fields in content.items()}
    return facets | ({"parent": said.lineage.as_facet()} if said.lineage else {})


def _job_facets(said: Said) -> dict[str, Any]:
    kind = {"processingType": said.processing, "integration": "CUSTODY", "jobType": said.kind}
    facets = {"jobType": job_facet("jobType", **kind)}
    if source := said.code.as_facet(said.path):
        facets["sourceCodeLocation"] = source
    if said.description:
        facets["documentation"] = job_facet("documentation", description=said.description)
    if said.owners:
        facets["ownership"] = job_facet("ownership", owners=[{"name": name} for name in said.owners])
    return facets


def _parameter(name: str, value: str) -> dict[str, str]:
    return {"key": name, "name": name, "value": value}


def _image(given: str, environment: Mapping[str, str]) -> dict[str, str] | None:
    """The container image, as the environment variable that says it."""
    if given:
        return {"name": IMAGES[0], "value": given}
    return next(({"name": name, "value": environment[name]} for name in IMAGES if environment.get(name)), None)
