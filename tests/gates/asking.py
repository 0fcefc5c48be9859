"""Helpers: a contract in force, lineage of the job that writes it, and the question a pipeline would ask."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from django.test import Client

from contracts_app.models import Version
from lineage_app.services import project_all
from tests.contracts_app import life
from tests.people import World

JOB = {"namespace": "demo", "name": "ingest_events"}
SHA = "3f9c2d1a7be04f60a1b6f1f5c1d2e3a4b5c6d7e8"
IMAGE = "estate/pipelines:1"
FIRST = life.EXAMPLE  # no consumers: no notice, so that the last signature puts it in force


def in_force(world: World, content: bytes = FIRST) -> Version:
    """The example under contract, fully signed and active."""
    version = life.signed(world, content)
    assert version.state == "active"
    return version


def event(at: datetime, *, kind: str = "COMPLETE", sha: str = SHA, image: str = IMAGE, **other: Any) -> dict[str, Any]:
    """An OpenLineage event of the job: by default one that writes the contract's asset."""
    variables = [{"name": "IMAGE_TAG", "value": image}] if image else []
    run = {
        "runId": other.get("run", str(uuid.uuid4())),
        "facets": {"environmentVariables": {"environmentVariables": variables}},
    }
    code = {"sourceCodeLocation": {"type": "git", "url": "https://git.example/p", "version": sha}} if sha else {}
    return {
        "eventTime": at.isoformat(),
        "eventType": kind,
        "producer": "https://pipelines.example/1",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": run,
        "job": {**JOB, "name": other.get("job", JOB["name"]), "facets": code},
        "inputs": [{"namespace": "demo", "name": name} for name in other.get("inputs", ("app_events",))],
        "outputs": [{"namespace": "demo", "name": name} for name in other.get("outputs", ("customer_events",))],
    }


def tell(world: World, *events: dict[str, Any]) -> None:
    """Send events as a pipeline does, and project them."""
    token = world.token("lineage:write")
    for one in events:
        answer = Client().post(
            "/api/v1/lineage",
            data=json.dumps(one),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 201, answer.content
    project_all()


def question(version: Version | None = None, **other: Any) -> dict[str, Any]:
    """What `custody gate` sends for a pipeline whose file is exactly this version."""
    writes = []
    if version is not None:
        text = bytes(version.authored).decode()
        writes.append(
            {
                "contract": version.contract.name,
                "version": version.number,
                "file": "contracts/a.yaml",
                "line": 3,
                "content": text,
            }
        )
    asked = {
        "job": JOB,
        "commit": SHA,
        "image": IMAGE,
        "file": "custody.yaml",
        "command": "custody gate",
        "writes": writes,
    }
    return asked | other


def ask(world: World, body: Any, *, key: str = "", namespaces: tuple[str, ...] = ("*",), path: str = "verdict") -> Any:
    """POST a question or a record with a token of the scope."""
    headers = {"Authorization": f"Bearer {world.token('gate:read', namespaces=namespaces)}"}
    if key:
        headers["Idempotency-Key"] = key
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return Client().post(f"/api/v1/gate/{path}", data=data, content_type="application/json", headers=headers)


def verdict(world: World, body: Any, **other: Any) -> dict[str, Any]:
    """The answer to a question that can be read."""
    answer = ask(world, body, **other)
    assert answer.status_code == 200, answer.content
    return answer.json()


def found(answer: dict[str, Any], *states: str) -> list[str]:
    """The rules of the findings in these states; none asked: of those that do not pass."""
    wanted = states or ("fail", "unknown", "waived")
    return [one["rule"] for gate in answer["gates"] for one in gate["findings"] if one["state"] in wanted]


def finding(answer: dict[str, Any], rule: str) -> dict[str, Any]:
    """The one finding of a rule."""
    (one,) = [one for gate in answer["gates"] for one in gate["findings"] if one["rule"] == rule]
    return one
