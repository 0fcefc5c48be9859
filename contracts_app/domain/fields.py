"""The `schema` section: each field with its type, its rules and its privacy."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from contracts_app.domain import suggest, traps
from contracts_app.domain.findings import WARNING, Fix
from contracts_app.domain.model import TYPE_FAMILIES, FieldSpec
from contracts_app.domain.nodes import Node
from contracts_app.domain.rules import patterns
from contracts_app.domain.rules.types import is_moment
from contracts_app.domain.section import Section

PII_CLASSES = {
    "name", "email", "phone", "address", "postal_address", "device_id", "cookie_id", "ip_address", "user_id",
    "customer_id", "account_id", "national_id", "passport", "payment_card", "bank_account", "date_of_birth", "age",
    "gender", "location", "health", "biometric", "genetic", "ethnicity", "religion", "political", "photo", "voice",
    "username", "credentials", "employment", "free_text",
}  # fmt: skip
_CHOICES = {"text": "texts", "number": "numbers", "boolean": "true or false", "time": "moments as 2026-01-28 09:30"}
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
    _leaving(inside, spec)
    _growing(inside, spec)
    return spec


def _leaving(section: Section, spec: FieldSpec) -> None:
    """A removal date is a day, and what is deprecated has one: it starts the window."""
    node = section.node.get("removal_date")
    if spec.removal_date and node and not _is_day(spec.removal_date):
        section.add("schema.removal-date", "`removal_date` must be a day such as 2027-06-30.", node, "removal_date")
    if spec.deprecated and not spec.removal_date:
        said = "Deprecated without a `removal_date`: the window before the field may go does not start."
        section.add("schema.removal-date", said, section.node, "deprecated", severity=WARNING)
    if spec.removal_date and not spec.deprecated and node:
        said = "`removal_date` starts no window without `deprecated: true`."
        section.add("schema.removal-date", said, node, "removal_date", severity=WARNING)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _growing(section: Section, spec: FieldSpec) -> None:
    """`open` and an enum's default speak about the listed values."""
    node = section.node.get("open")
    if spec.open and spec.allowed is None and node:
        section.add("schema.open", "`open` says nothing without `allowed`.", node, "open", severity=WARNING)
    node = section.node.get("default")
    if node and spec.allowed is not None and spec.default is not None and spec.default not in spec.allowed:
        said = "The `default` is none of the allowed values, so no reader may ever be given it."
        section.add("schema.default", said, node, "default", severity=WARNING)


def _type(section: Section) -> str:
    kind = section.text("type")
    node = section.node.get("type")
    if kind is None:
        if node is None:
            section.add("schema.type", "The field has no `type`.", section.node, "type")
        return "string"
    if kind not in TYPE_FAMILIES and node is not None:
        known, meant = ", ".join(sorted(TYPE_FAMILIES)), suggest.nearest_type(kind, TYPE_FAMILIES)
        fix = traps.replace(node, meant, f"Write {meant}") if meant else None
        section.add("schema.type", f"`{kind[:40]}` is not a type. Types: {known}.", node, "type", fix)
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
    if family not in ("text", "number", "boolean", "time"):
        said = f"`allowed` needs a field of text, number, boolean or time; this one is `{kind[:40]}`."
        section.add("schema.enum", said, item, "allowed")
    elif not _is_of(family, item.value):
        said = f"`allowed` of a `{kind[:40]}` field must hold {_CHOICES[family]}."
        section.add("schema.enum", said, item, "allowed")
    return item.value


def _is_of(family: str, value: object) -> bool:
    """Whether a listed value is one that the field can have."""
    if family == "time":
        return isinstance(value, str) and is_moment(value)
    return isinstance(value, {"text": str, "number": int | float, "boolean": bool}[family]) and (
        family == "boolean" or not isinstance(value, bool)
    )


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


def _class_from_name(section: Section, node: Node) -> Fix | None:
    """`email: {pii: true}` can only mean one thing, and so can `customer_email`."""
    name = section.path.rpartition(".")[2].lower()
    within = {known for known in PII_CLASSES if f"_{known}_" in f"_{name}_"}
    longest = [known for known in within if not any(known in other for other in within - {known})]
    return traps.replace(node, longest[0], f"Write {longest[0]}") if len(longest) == 1 else None
