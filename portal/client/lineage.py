"""Emits OpenLineage run events over HTTP: `traced` wraps a plain function, `Emitter` sends single events.

Events follow the OpenLineage specification 2-0-2. Delivery is at least once: an event is sent again on 5xx and on a
lost connection with the same body, which the portal recognises by its hash.
"""

import functools
import json
import os
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

PRODUCER = "https://custody.example/portal/client"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
FACETS = "https://openlineage.io/spec/facets"
Function = TypeVar("Function", bound=Callable[..., Any])


class EmitFailedError(RuntimeError):
    """An event did not reach the portal; the message says what it answered."""


@dataclass(frozen=True)
class Dataset:
    """A dataset by its OpenLineage name, with its columns and, for an output, the rows that were written."""

    namespace: str
    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None
    column_lineage: Mapping[str, Iterable[tuple[str, str, str]]] = field(default_factory=dict)

    def as_input(self) -> dict[str, Any]:
        return {"namespace": self.namespace, "name": self.name, "facets": self._facets()}

    def as_output(self) -> dict[str, Any]:
        document = self.as_input()
        if self.rows is not None:
            document["outputFacets"] = {
                "outputStatistics": _facet("1-0-2/OutputStatisticsOutputDatasetFacet", rowCount=self.rows)
            }
        return document

    def _facets(self) -> dict[str, Any]:
        facets: dict[str, Any] = {}
        if self.columns:
            fields = [{"name": n, "type": t} for n, t in self.columns.items()]
            facets["schema"] = _facet("1-1-1/SchemaDatasetFacet", fields=fields)
        if self.column_lineage:
            fields_of = {
                column: {
                    "inputFields": [{"namespace": ns, "name": name, "field": source} for ns, name, source in sources]
                }
                for column, sources in self.column_lineage.items()
            }
            facets["columnLineage"] = _facet("1-2-0/ColumnLineageDatasetFacet", fields=fields_of)
        return facets


@dataclass(frozen=True)
class Emitter:
    """Sends the events of one deployment: where to, with which token, from which commit and image."""

    url: str
    token: str
    namespace: str
    commit: str = ""
    image: str = ""
    timeout_s: float = 5.0
    tries: int = 5

    def event(
        self,
        kind: str,
        job: str,
        run_id: str,
        inputs: Iterable[Dataset] = (),
        outputs: Iterable[Dataset] = (),
        parameters: Mapping[str, str] | None = None,
        error: str = "",
    ) -> None:
        """Send one run event (`START`, `RUNNING`, `COMPLETE`, `FAIL`, `ABORT`); raises EmitFailedError."""
        document = {
            "eventType": kind,
            "eventTime": datetime.now(UTC).isoformat(),
            "producer": PRODUCER,
            "schemaURL": SCHEMA,
            "run": {"runId": run_id, "facets": self._run_facets(parameters or {}, error)},
            "job": {"namespace": self.namespace, "name": job, "facets": self._job_facets()},
            "inputs": [each.as_input() for each in inputs],
            "outputs": [each.as_output() for each in outputs],
        }
        self._send(json.dumps(document).encode())

    def _run_facets(self, parameters: Mapping[str, str], error: str) -> dict[str, Any]:
        facets: dict[str, Any] = {}
        if parameters:
            listed = [{"key": k, "name": k, "value": v} for k, v in parameters.items()]
            facets["executionParameters"] = _facet("1-0-0/ExecutionParametersRunFacet", parameters=listed)
        if self.image:
            variables = [{"name": "IMAGE_TAG", "value": self.image}]
            facets["environmentVariables"] = _facet(
                "1-0-0/EnvironmentVariablesRunFacet", environmentVariables=variables
            )
        if error:
            facets["errorMessage"] = _facet("1-0-1/ErrorMessageRunFacet", message=error, programmingLanguage="PYTHON")
        return facets

    def _job_facets(self) -> dict[str, Any]:
        kind = _facet("2-0-3/JobTypeJobFacet", processingType="BATCH", integration="CUSTODY", jobType="JOB")
        facets: dict[str, Any] = {"jobType": kind}
        if self.commit:
            facets["sourceCodeLocation"] = _facet(
                "1-0-1/SourceCodeLocationJobFacet", type="git", url="https://git.example/pipelines", version=self.commit
            )
        return facets

    def _send(self, body: bytes) -> None:
        for attempt in range(self.tries):
            try:
                return self._post(body)
            except urllib.error.HTTPError as error:
                with error:
                    answer = error.read(500).decode(errors="replace")
                if error.code < 500:
                    raise EmitFailedError(f"The portal refused the event ({error.code}): {answer}") from error
                last: Exception = error
            except OSError as error:
                last = error
            time.sleep(0.3 * 2**attempt)
        raise EmitFailedError(f"The portal could not be reached after {self.tries} tries: {last}") from last

    def _post(self, body: bytes) -> None:
        request = urllib.request.Request(  # noqa: S310 - the address is the deployment's own setting
            f"{self.url.rstrip('/')}/api/v1/lineage",
            data=body,
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=self.timeout_s):  # noqa: S310 - as above
            pass


def emitter_from_environment() -> Emitter:
    """An emitter from CUSTODY_URL, CUSTODY_TOKEN, CUSTODY_NAMESPACE, GIT_COMMIT and IMAGE_TAG."""
    read = os.environ.get
    return Emitter(
        url=read("CUSTODY_URL", ""), token=read("CUSTODY_TOKEN", ""), namespace=read("CUSTODY_NAMESPACE", "default"),
        commit=read("GIT_COMMIT", ""), image=read("IMAGE_TAG", ""),
    )  # fmt: skip


def traced(
    emitter: Emitter, *, job: str, inputs: Iterable[Dataset] = (), outputs: Iterable[Dataset] = ()
) -> Callable[[Function], Function]:
    """Wrap a function that moves data: START before it, COMPLETE after it, FAIL when it raises.

    The function may return Datasets: they replace `outputs` of the same name, so that a run tells its row counts.
    """

    def wrap(function: Function) -> Function:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            run_id = str(uuid.uuid4())
            parameters = {k: str(v) for k, v in kwargs.items()}
            emitter.event("START", job, run_id, inputs, outputs, parameters)
            try:
                result = function(*args, **kwargs)
            except Exception as error:
                emitter.event("FAIL", job, run_id, inputs, outputs, parameters, error=type(error).__name__)
                raise
            emitter.event("COMPLETE", job, run_id, inputs, _told(outputs, result), parameters)
            return result

        return run  # type: ignore[return-value]

    return wrap


def _told(outputs: Iterable[Dataset], result: Any) -> list[Dataset]:
    returned = result if isinstance(result, (list, tuple)) else [result]
    told = {(d.namespace, d.name): d for d in returned if isinstance(d, Dataset)}
    return [told.get((d.namespace, d.name), d) for d in outputs]


def _sources(columns: Iterable[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [{"namespace": namespace, "name": name, "field": column} for namespace, name, column in columns]


def _facet(name: str, **content: Any) -> dict[str, Any]:
    version, _, kind = name.partition("/")
    return {"_producer": PRODUCER, "_schemaURL": f"{FACETS}/{version}/{kind}.json#/$defs/{kind}", **content}
