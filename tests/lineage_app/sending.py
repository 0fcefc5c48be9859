"""Building OpenLineage events for the tests of lineage."""

import json
from typing import Any

from django.test import Client

RUN_ID = "0199a3c2-7d5e-7000-8000-{:012d}"


def event(
    kind: str = "COMPLETE",
    *,
    minute: int = 0,
    inputs: Any = ("a",),
    outputs: Any = ("b",),
    run: int = 1,
    job: str = "load",
    namespace: str = "demo",
    job_facets: Any = None,
    run_facets: Any = None,
) -> dict[str, Any]:
    """An event of run number `run`; a dataset is its name or a whole object."""

    def datasets(items: Any) -> list[dict[str, Any]]:
        return [item if isinstance(item, dict) else {"namespace": namespace, "name": item} for item in items]

    sent = {
        "eventTime": f"2026-03-01T10:{minute:02d}:00Z",
        "eventType": kind,
        "producer": "https://pipelines.example/1",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": RUN_ID.format(run), "facets": run_facets or {}},
        "job": {"namespace": namespace, "name": job, "facets": job_facets or {}},
        "inputs": datasets(inputs),
        "outputs": datasets(outputs),
    }
    if kind == "STATIC":
        del sent["run"], sent["eventType"]
    return sent


def post(token: str, body: Any, path: str = "/api/v1/lineage", **headers: str) -> Any:
    """POST `body` (bytes, or anything that JSON can say) with a token."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return Client().post(path, data=data, content_type="application/json", headers=headers)
