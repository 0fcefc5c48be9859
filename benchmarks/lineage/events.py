"""Run events of about 1.9 kB: pipelines of jobs, each run a START and a COMPLETE, with schemas, SQL and columns."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

PIPELINE = 100
COLUMNS = ("id", "email", "amount", "country")
_URL = "https://openlineage.io/spec/facets/1-0-0/{}.json"


def events(count: int, *, jobs: int, first_run: int = 0) -> Iterator[bytes]:
    """Yield `count` events: the jobs run turn about, START at one minute and COMPLETE at the next."""
    makers = [_Job(number) for number in range(jobs)]
    for number in range(count // 2):
        run = first_run + number
        yield from makers[run % jobs].run(run)


class _Job:
    """The two events of a job's runs, all but run id and time written once."""

    def __init__(self, number: int) -> None:
        self._start, self._complete = (_template(number, kind) for kind in ("START", "COMPLETE"))

    def run(self, run: int) -> tuple[bytes, bytes]:
        run_id = str(UUID(int=(0x0199A3C27D5E7 << 76) | (0x8 << 60) | run)).encode()
        day, minute = divmod(run // 1000, 1440)
        times = (
            b"2026-03-%02dT%02d:%02d:%02d.%03dZ" % (day % 28 + 1, *divmod(minute, 60), s, run % 1000) for s in (1, 9)
        )
        return tuple(  # type: ignore[return-value]
            text.replace(b"@RUN@", run_id).replace(b"@TIME@", at)
            for text, at in zip((self._start, self._complete), times, strict=True)
        )


def _template(number: int, kind: str) -> bytes:
    ends = kind == "COMPLETE"
    before = [number * 2 - 2, number * 2 - 1] if number % PIPELINE else [-number * 2 - 1, -number * 2 - 2]
    sent: dict[str, Any] = {
        "eventTime": "@TIME@",
        "eventType": kind,
        "producer": "https://pipelines.example/shop",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "@RUN@", "facets": _run_facets(number)},
        "job": {"namespace": "bench", "name": f"job_{number}", "facets": _job_facets(number)},
        "inputs": [_dataset(k, {"schema": _schema()}) for k in before],
        "outputs": [_dataset(number * 2, {"schema": _schema(), **(_columns(before[0]) if ends else {})})],
    }
    if ends:
        sent["outputs"][0]["outputFacets"] = {"outputStatistics": _facet("Stats", rowCount=4200, size=1 << 20)}
    return json.dumps(sent).encode()


def _dataset(number: int, facets: dict[str, Any]) -> dict[str, Any]:
    name = f"data_{number}" if number >= 0 else f"source_{-number}"
    return {"namespace": "bench", "name": name, "facets": facets}


def _schema() -> dict[str, Any]:
    return _facet("SchemaDatasetFacet", fields=[{"name": name, "type": "text"} for name in COLUMNS])


def _columns(source: int) -> dict[str, Any]:
    name = _dataset(source, {})["name"]
    fields = {
        column: {"inputFields": [{"namespace": "bench", "name": name, "field": column}]} for column in COLUMNS[:2]
    }
    return {"columnLineage": _facet("ColumnLineageDatasetFacet", fields=fields)}


def _job_facets(number: int) -> dict[str, Any]:
    sql = f"INSERT INTO data_{number * 2} SELECT id, email, amount, country FROM data_{number} WHERE day = current_date"
    code = _facet("SourceCode", type="git", repoUrl="https://git.example/shop", version="4f2a91c" * 5)
    kind = _facet("JobType", processingType="BATCH", integration="DBT", jobType="MODEL")
    return {"sql": _facet("SQLJobFacet", query=sql), "sourceCodeLocation": code, "jobType": kind}


def _run_facets(number: int) -> dict[str, Any]:
    job = {"namespace": "bench", "name": f"pipeline_{number // PIPELINE}"}
    parent = _facet("ParentRunFacet", job=job, run={"runId": "0199a3c2-7d5e-7000-8000-00000000ffff"})
    return {"parent": parent, "processing_engine": _facet("Engine", name="dbt", version="1.10.2")}


def _facet(schema: str, /, **fields: Any) -> dict[str, Any]:
    return {"_producer": "https://pipelines.example/shop", "_schemaURL": _URL.format(schema), **fields}
