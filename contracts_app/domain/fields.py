"""The `schema` section: each field with its type, its rules and its privacy."""

from __future__ import annotations

import re
from typing import Any

from contracts_app.domain import traps
from contracts_app.domain.findings import WARNING
from contracts_app.domain.model import TYPE_FAMILIES, FieldSpec
from contracts_app.domain.nodes import Node
from contracts_app.domain.rules import patterns
from contracts_app.domain.section import Section

PII_CLASSES = {
    "name", "email", "phone", "address", "postal_address", "device_id", "cookie_id", "ip_address", "user_id",
    "customer_id", "account_id", "national_id", "passport", "payment_card", "bank_account", "date_of_birth", "age",
    "gender", "location", "health", "biometric", "genetic", "ethnicity", "religion", "political", "photo", "voice",
    "username", "credentials", "employment", "free_text",
}  # fmt: skip
_CLASS_NAME = re.compile(r"[a-z][a-z0-9_]*")


def read_schema(section: Section | None) -> tuple[FieldSpec, ...]:
    """Every field of the mapping, in the order written."""
    if section is None:
        return ()
    specs = [_field(section, str(key.value), value) for key, value in section.node.entries]
    return tuple(spec for spec in specs if spec is not None)


def _field(schema: Section, name: str, node: Node) -> FieldSpec | None:
    inside = schema.inside(node, name)
    if inside is None:
        return None
    kind = _type(inside)
    allowed, (low, high) = _allowed(inside, kind), _limits(inside, kind)
    nested = inside.section("fields")
    default = inside.get("default")
    spec = FieldSpec(
        name=name,
        type=kind,
        required=inside.flag("required"),
        allowed=allowed,
        min=low,
        max=high,
        pattern=_pattern(inside, kind),
        unique=inside.flag("unique"),
        open=inside.flag("open"),
        default=default.value if default else None,
        pii=_pii(inside),
        category=inside.text("category"),
        description=inside.text("description"),
        deprecated=inside.flag("deprecated"),
        removal_date=inside.text("removal_date"),
        fields=read_schema(nested),
        spot=schema.spot(name),
    )
    inside.leftover()
    return spec


def _type(section: Section) -> str:
    kind = section.text("type")
    node = section.node.get("type")
    if kind is None:
        if node is None:
            section.add("schema.type", "The field has no `type`.", section.node, "type")
        return "string"
    if kind not in TYPE_FAMILIES and node is not None:
        known = ", ".join(sorted(TYPE_FAMILIES))
        section.add("schema.type", f"`{kind[:40]}` is not a type. Types: {known}.", node, "type")
    return kind


def _allowed(section: Section, kind: str) -> tuple[Any, ...] | None:
    node = section.get("allowed")
    if node is None:
        if kind == "enum":
            section.add("schema.enum", "An enum needs `allowed: [...]`.", section.node, "allowed")
        return None
    if node.kind != "seq" or not node.items:
        section.add("schema.enum", "`allowed` must be a list with at least one value.", node, "allowed")
        return None
    return tuple(_choice(section, item, kind) for item in node.items)


def _choice(section: Section, item: Node, kind: str) -> Any:
    family = TYPE_FAMILIES.get(kind, "text")
    if family == "text" and not isinstance(item.value, str):
        section.text_of(item, "allowed")
        return item.raw
    if family == "number" and (isinstance(item.value, bool) or not isinstance(item.value, int | float)):
        section.add("schema.enum", "`allowed` of a number field must hold numbers.", item, "allowed")
    return item.value


def _limits(section: Section, kind: str) -> tuple[float | None, float | None]:
    low = section.number("min", least=float("-inf"))
    high = section.number("max", least=float("-inf"))
    for key, value in (("min", low), ("max", high)):
        node = section.node.get(key)
        if value is not None and node and TYPE_FAMILIES.get(kind) != "number":
            section.add("schema.limit", f"`{key}` needs a number field; this one is `{kind[:40]}`.", node, key)
            return None, None
    if low is not None and high is not None and low > high:
        section.add("schema.limit", "`min` is above `max`: no row can pass.", section.node, "min")
    return low, high


def _pattern(section: Section, kind: str) -> str | None:
    pattern = section.text("pattern")
    node = section.node.get("pattern")
    if pattern is None or node is None:
        return None
    problem = _pattern_problem(pattern, kind)
    if problem is None:
        return pattern
    section.add("schema.pattern", problem, node, "pattern")
    return None


def _pattern_problem(pattern: str, kind: str) -> str | None:
    if TYPE_FAMILIES.get(kind) != "text":
        return "`pattern` needs a text field."
    if len(pattern) > 500:
        return "`pattern` is longer than 500 characters."
    try:
        patterns.spelled(pattern, "postgres")
        re.compile(pattern)
    except patterns.NotPortable as reason:
        return f"`pattern` would not mean the same in every engine: {reason}."
    except (re.error, RecursionError, OverflowError) as error:
        return f"`pattern` is not a regular expression: {error}."
    return None


def _pii(section: Section) -> str | None:
    node = section.get("pii")
    if node is None or node.value is False:
        return None
    if not isinstance(node.value, str) or not _CLASS_NAME.fullmatch(node.value):
        said = "`pii` names a class such as `email` or `device_id`; a bare true says nothing about what to protect."
        section.add("schema.pii", said, node, "pii", _class_from_name(section, node))
        return None
    if node.value not in PII_CLASSES:
        said = f"`{node.value[:40]}` is not a known PII class; it is kept as written."
        section.add("schema.pii-class", said, node, "pii", severity=WARNING)
    return node.value


def _class_from_name(section: Section, node: Node) -> Any:
    """`email: {pii: true}` can only mean one thing."""
    name = section.path.rpartition(".")[2]
    return traps.replace(node, name, f"Write {name}") if name in PII_CLASSES else None
