"""Our examples are what OpenLineage's own classes would send, so that acceptance is not shown on our own idea of it."""

import importlib
import json
import types
import typing
from enum import Enum
from typing import Any

import attr
import pytest
from openlineage.client.serde import Serde

from tests.conformance.openlineage.examples import FOLDER, Example, examples
from tests.conformance.openlineage.published import FACETS

PACKAGE = "openlineage.client.generated"


def class_of(name: str) -> Any:
    """The client's class of a facet, None for facets of the registry, which it does not have."""
    said = json.loads((FOLDER / f"{name}.json").read_text()).get("class")
    if said is None:
        return None
    module, _, found = said.partition(".")
    return getattr(importlib.import_module(f"{PACKAGE}.{module}"), found)


def version_of(name: str) -> str:
    """The version of the facet that the client's class states."""
    return str(class_of(name)._get_schema().split("/facets/")[1].split("/")[0])


NEWEST = [one for one in examples() if class_of(one.name) and one.version == version_of(one.name)]


def build(kind: Any, value: Any) -> Any:
    """Make an object of the client from JSON; raises where a field is unknown, missing or of another type."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        return None if value is None else _first(inner, value)
    if origin is list:
        return [build(inner[0], item) for item in value]
    if origin is dict:
        return {key: build(inner[1], item) for key, item in value.items()}
    if origin is typing.Literal:
        assert value in inner
        return value
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if attr.has(kind):
        return _object(kind, value)
    if kind in {str, int, float, bool}:
        assert isinstance(value, (int, float) if kind is float else kind), f"{value!r} is no {kind.__name__}"
    return value


def _first(kinds: Any, value: Any) -> Any:
    """The first kind of a union that fits."""
    failures: list[Exception] = []
    for kind in kinds:
        try:
            return build(kind, value)
        except (AssertionError, TypeError, ValueError, AttributeError) as error:
            failures.append(error)
    raise AssertionError(failures)


def _object(kind: Any, value: dict[str, Any]) -> Any:
    hints = typing.get_type_hints(kind)
    known = {field.name for field in attr.fields(kind)}
    unknown = set(value) - known - {"_producer", "_schemaURL"}
    assert not unknown, f"{kind.__name__} has no {sorted(unknown)}"
    return kind(**{key: build(hints[key], item) for key, item in value.items() if not key.startswith("_")})


def test_every_facet_that_the_client_has_is_checked_in_the_version_that_it_has() -> None:
    have = {name for name in FACETS if class_of(name)}
    assert {one.name for one in NEWEST} == have
    assert len(have) >= 38


@pytest.mark.parametrize("example", NEWEST, ids=lambda one: one.name)
def test_an_example_is_what_the_clients_class_sends(example: Example) -> None:
    facet = build(class_of(example.name), example.body)
    sent = json.loads(Serde.to_json(facet))
    assert _said(sent) == _said(example.facet)
    assert sent["_schemaURL"] == example.facet["_schemaURL"]


OLDER = [one for one in examples() if class_of(one.name) and one not in NEWEST]


@pytest.mark.parametrize("example", OLDER, ids=lambda one: f"{one.name} {one.version}")
def test_an_older_example_says_nothing_that_the_newest_class_does_not_know(example: Example) -> None:
    assert isinstance(build(class_of(example.name), example.body), class_of(example.name))


def _said(value: Any) -> Any:
    """A facet without what every facet has, and without fields that say nothing."""
    if isinstance(value, dict):
        own = {key: _said(item) for key, item in value.items() if key not in {"_producer", "_schemaURL", "_deleted"}}
        return {key: item for key, item in own.items() if item not in (None, [], {})}
    return [_said(item) for item in value] if isinstance(value, list) else value
