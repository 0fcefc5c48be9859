"""Allowed values: `enum` since ODCS 3.2, the library rule `invalidValues` with `validValues` before."""

from __future__ import annotations

from typing import Any

from contracts_app.domain.formats.delta import same
from contracts_app.domain.formats.odcs.names import Json, mapping, mappings, put, since


def to_enum(prop: Json, allowed: Any, kept: Json, api: str) -> bool:
    """Write the allowed values into `prop`; whether they could be said."""
    rules = mappings(kept.get("quality"))
    said = _is_set(allowed)
    if said and since(api, "v3.2.0"):
        about = mappings(kept.get("enum"))
        prop["enum"] = [_described(value, about) for value in allowed]
    elif said:
        rules = [*rules, _rule(allowed, api)]
    put(prop, "quality", rules)
    return said


def read_enum(spec: Json, left: Json) -> None:
    """Move the allowed values from what is left into `spec`; labels and descriptions of values stay."""
    listed = left.get("enum")
    if isinstance(listed, list) and listed and all(isinstance(item, dict) and "value" in item for item in listed):
        spec["allowed"] = [item["value"] for item in listed]
        del left["enum"]
        put(left, "enum", [item for item in listed if len(item) > 1])
        return
    rules = left.get("quality")
    found = next((rule for rule in mappings(rules) if _values(rule) is not None), None)
    if found is not None and isinstance(rules, list):
        spec["allowed"] = _values(found)
        del left["quality"]
        put(left, "quality", [rule for rule in rules if rule is not found])


def is_listed(prop: Json) -> bool:
    """Whether the property enumerates its values, in either way."""
    return bool(mappings(prop.get("enum"))) or any(_values(rule) is not None for rule in mappings(prop.get("quality")))


def _described(value: Any, about: list[Json]) -> Json:
    return next((item for item in about if "value" in item and same(item["value"], value)), {"value": value})


def _rule(allowed: Any, api: str) -> Json:
    words = (
        {"metric": "invalidValues"} if since(api, "v3.1.0") else {"rule": "invalidValues", "metric": "invalidValues"}
    )
    return {"type": "library", **words, "arguments": {"validValues": allowed}, "mustBe": 0}


def _values(rule: Json) -> list[Any] | None:
    """The values of exactly the rule that we would write; one with a name or another bound is more than that."""
    values = mapping(rule.get("arguments")).get("validValues")
    if not _is_set(values):
        return None
    written = (_rule(values, "v3.2.0"), _rule(values, "v3.0.0"))
    return values if any(same(rule, one) or same({"type": "library", **rule}, one) for one in written) else None


def _is_set(values: Any) -> bool:
    """Whether the values are scalars of which no two are one."""
    if not isinstance(values, list) or not values or any(isinstance(item, dict | list) for item in values):
        return False
    seen = {(isinstance(item, bool), item) for item in values}
    return len(seen) == len(values)
