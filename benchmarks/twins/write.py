"""An agreement as YAML of the house format, and as YAML of ODCS 3.2."""

from __future__ import annotations

from typing import Any

import yaml

from benchmarks.twins.agreement import TABLE, Agreement, Column, Rule

_LOGICAL = {"float": "number", "double": "number", "enum": "string", "text": "string"}
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def house(agreement: Agreement) -> str:
    """The contract in the house format."""
    slos: dict[str, Any] = {}
    if agreement.fresh is not None:
        slos["freshness_minutes"] = {"target": agreement.fresh, "element": agreement.fresh_by}
    if agreement.complete is not None:
        slos["completeness_pct"] = {"target": f">= {agreement.complete:g}%", "expected": "schedule"}
    if agreement.rules:
        slos["accuracy_rules"] = [{"name": rule.name, "rule": rule.text} for rule in agreement.rules]
    return _yaml(
        {
            "name": TABLE,
            "version": agreement.version,
            "owner": "data-platform@example.com",
            "on_call": "#data-oncall",
            "schema": {column.name: _house_field(column) for column in agreement.columns},
            "slos": slos,
            "change_policy": {"breaking_change_notice_days": 14, "deprecation_window_days": 30},
        }
    )


def odcs(agreement: Agreement) -> str:
    """The same contract as an ODCS document; `accuracy_rules` are SQL that counts the rows which fail."""
    table: dict[str, Any] = {
        "name": TABLE,
        "properties": [_property(column, agreement) for column in agreement.columns],
        "quality": [_counted(rule) for rule in agreement.rules],
    }
    document: dict[str, Any] = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": f"urn:example:{TABLE}",
        "name": TABLE,
        "version": agreement.version,
        "status": "active",
        "team": {"members": [{"username": "data-platform@example.com", "role": "owner"}]},
        "support": [{"channel": "#data-oncall", "tool": "slack", "scope": "issues"}],
        "schema": [table],
    }
    if agreement.fresh is not None:
        element = f"{TABLE}.{agreement.fresh_by}"
        document["slaProperties"] = [
            {"property": "freshness", "value": agreement.fresh, "unit": "m", "element": element}
        ]
    return _yaml(document)


def _house_field(column: Column) -> dict[str, Any]:
    said: dict[str, Any] = {"type": column.type, "required": column.required}
    for key in ("unique", "open", "min", "max", "pattern", "description"):
        value = getattr(column, key)
        if value is not None and value is not False and value != "":  # a limit of 0 is a limit
            said[key] = value
    if column.allowed is not None:
        said["allowed"] = list(column.allowed)
    if column.inside:
        said["fields"] = {part.name: _house_field(part) for part in column.inside}
    return said


def _property(column: Column, agreement: Agreement | None = None) -> dict[str, Any]:
    said: dict[str, Any] = {"name": column.name, "logicalType": _LOGICAL.get(column.type, column.type)}
    if column.type in _LOGICAL and column.type != "enum":
        said["physicalType"] = column.type
    said["required"] = column.required
    if column.unique:
        said["unique"] = True
    if column.description:
        said["description"] = column.description
    keys = {"minimum": column.min, "maximum": column.max, "pattern": column.pattern}
    if options := {key: value for key, value in keys.items() if value is not None}:
        said["logicalTypeOptions"] = options
    if column.allowed is not None:
        said["enum"] = [{"value": value} for value in column.allowed]
    if column.inside:
        said["properties"] = [_property(part) for part in column.inside]
    if agreement and agreement.complete is not None and column == agreement.columns[0]:
        most = round(100 - agreement.complete, 6)
        metric = {"metric": "nullValues", "unit": "percent", "mustBeLessOrEqualTo": most}
        said["quality"] = [{"name": "complete", "type": "library", **metric}]
    return said


def _counted(rule: Rule) -> dict[str, Any]:
    query = f"SELECT count(*) FROM {TABLE} WHERE NOT ({rule.text})"
    return {"name": rule.name, "type": "sql", "query": query, "mustBe": 0}


def _yaml(document: dict[str, Any]) -> str:
    return str(yaml.dump(document, Dumper=_DUMPER, sort_keys=False))
