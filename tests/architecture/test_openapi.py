"""The description of the API: valid, committed, complete, and true of what the operations answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from drf_spectacular.validation import validate_schema

from portal.openapi import EXCEPTIONS
from portal.openapi_operations import OPERATIONS
from tests.access_entry import Entry
from tests.architecture.test_access import entries, methods_of, patterns
from tests.people import World

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
DESCRIBED = [entry for entry in entries() if (entry.name, entry.method) in OPERATIONS]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The description as `make openapi` writes it."""
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    call_command("spectacular", format="openapi-json", file=str(path), fail_on_warn=True)
    return json.loads(path.read_text())


def test_the_description_is_the_committed_one(described: dict[str, Any]) -> None:
    assert described == json.loads(COMMITTED.read_text()), "if the change of the API is meant: make openapi"


def test_the_description_is_valid_openapi_3_1_and_so_is_each_schema_in_it(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    validate_schema(described)
    found = list(_schemas(described))
    assert len(found) > 20
    for schema in found:
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    references = {node["$ref"] for node in _nodes(described) if "$ref" in node}
    assert references
    for reference in references:
        assert _resolve(described, reference), reference


def test_every_operation_of_the_api_is_described_or_is_an_exception_with_a_reason(described: dict[str, Any]) -> None:
    there = {
        (name, method)
        for name, pattern in patterns()
        if name.startswith("api:")
        for method in methods_of(pattern.callback)
    }
    excepted = {(name, method) for name, method in there if name in EXCEPTIONS}
    assert sorted(there - excepted - OPERATIONS.keys()) == [], "describe it in openapi_operations/rooms"
    assert sorted(OPERATIONS.keys() - there) == [], "no such operation any more"
    assert EXCEPTIONS.keys() == {name for name, _ in excepted}, "an exception names no operation"
    assert sum(len(path) for path in described["paths"].values()) == len(OPERATIONS)


@pytest.mark.django_db
@pytest.mark.parametrize("entry", DESCRIBED, ids=lambda entry: entry.name)
def test_what_an_operation_answers_is_what_the_description_says(
    entry: Entry, described: dict[str, Any], world: World
) -> None:
    kwargs = entry.kwargs(world) if callable(entry.kwargs) else entry.kwargs
    path = reverse(entry.name, kwargs=kwargs)
    data = entry.data(world) if callable(entry.data) else entry.data
    operation = _operation(described, entry)
    good = Client(headers={"Authorization": f"Bearer {world.token(entry.token)}"})
    wrong = Client(headers={"Authorization": f"Bearer {world.token('other:scope')}"})
    for client, expected in ((good, 2), (wrong, 4), (Client(), 4)):
        how = {"content_type": entry.content_type} if entry.content_type else {}
        answer = getattr(client, entry.method)(path, data, **how)
        assert answer.status_code // 100 == expected, answer.content
        _check(described, operation, answer)


def _operation(described: dict[str, Any], entry: Entry) -> dict[str, Any]:
    name = f"{entry.name.removeprefix('api:')}-{entry.method}"
    found = [one for path in described["paths"].values() for one in path.values() if one["operationId"] == name]
    assert len(found) == 1, f"{name} is described {len(found)} times"
    return found[0]


def _check(described: dict[str, Any], operation: dict[str, Any], answer: Any) -> None:
    said = operation["responses"][str(answer.status_code)]
    said = _resolve(described, said["$ref"]) if "$ref" in said else said
    if not answer.content:
        assert "content" not in said
        return
    media = answer["Content-Type"].split(";")[0]
    schema = said["content"][media]["schema"]
    body = json.loads(answer.content) if media.endswith("json") else answer.content.decode()
    jsonschema.validate(body, schema | {"components": described["components"]}, jsonschema.Draft202012Validator)
    for header in said.get("headers", {}):
        assert header in answer.headers


def _resolve(described: dict[str, Any], reference: str) -> Any:
    found: Any = described
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def _nodes(node: Any) -> Any:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(child)


def _schemas(described: dict[str, Any]) -> Any:
    yield from (node["schema"] for node in _nodes(described) if "schema" in node)
    yield from described["components"]["schemas"].values()
