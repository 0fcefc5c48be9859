"""The contract as a form: each control stands for one path of the YAML, and writes back to exactly that place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts_app.domain.findings import Finding
from contracts_app.domain.model import TYPE_FAMILIES
from contracts_app.domain.nodes import Node
from contracts_app.domain.patch import PatchError, Value, append, remove, set_value
from contracts_app.domain.promises import ASSET_KINDS, LAYERS
from contracts_app.domain.source import read

Path = tuple[str, ...]
CLASSIFICATIONS = ("public", "internal", "confidential", "pii-low", "pii-medium", "pii-high")
_CONTRACT = (
    ("name", "Name", "text", ()),
    ("version", "Version", "text", ()),
    ("owner", "Owner", "text", ()),
    ("on_call", "On call", "text", ()),
    ("description", "Description", "text", ()),
)
_ASSET = (
    ("asset.namespace", "Namespace", "text", ()),
    ("asset.name", "Name of the asset", "text", ()),
    ("asset.kind", "Kind", "choice", ASSET_KINDS),
    ("asset.layer", "Layer", "choice", LAYERS),
    ("asset.tier", "Tier", "choice", ("1", "2", "3")),
    ("asset.tier_reason", "Why this tier", "text", ()),
)
_PRIVACY = (
    ("classification", "Classification", "choice", CLASSIFICATIONS),
    ("residency", "Residency", "text", ()),
    ("retention_days", "Retention (days)", "number", ()),
    ("encryption", "Encryption", "text", ()),
    ("privacy.audit_log_topic", "Audit log topic", "text", ()),
)
_POLICY = (
    ("change_policy.breaking_change_notice_days", "Notice of a breaking change (days)", "number", ()),
    ("change_policy.deprecation_window_days", "Deprecation window (days)", "number", ()),
    ("change_policy.contact", "Contact", "text", ()),
)
_SLOS = tuple(
    (f"slos.{key}.{part}", f"{title}: {word}", "text", ())
    for key, title in (
        ("freshness_minutes", "Freshness (minutes)"),
        ("completeness_pct", "Completeness (%)"),
        ("accuracy_pct", "Accuracy (%)"),
    )
    for part, word in (("target", "target"), ("alert", "alert"), ("element", "event time"))
    if part != "element" or key == "freshness_minutes"
)
_FIELD = (
    ("type", "Type", "choice", tuple(sorted(TYPE_FAMILIES))),
    ("required", "Required", "flag", ()),
    ("unique", "Unique", "flag", ()),
    ("pii", "PII class", "text", ()),
    ("min", "Least", "number", ()),
    ("max", "Most", "number", ()),
    ("allowed", "Allowed values", "list", ()),
)
GROUPS = (
    ("Contract", _CONTRACT),
    ("Asset", _ASSET),
    ("Privacy and protection", _PRIVACY),
    ("SLOs", _SLOS),
    ("Change policy", _POLICY),
)


@dataclass(frozen=True, slots=True)
class Control:
    """One input: `name` is the path as a JSON pointer (RFC 6901) after `f:`."""

    path: Path
    label: str
    kind: str  # text, number, choice, flag, list
    value: str
    options: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the input."""
        return "f:" + "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in self.path)

    @property
    def is_long(self) -> bool:
        """Whether the input takes the whole width."""
        return self.kind == "list" or self.path[-1] in ("description", "rule") or self.path[-1].isdecimal()

    @property
    def html_id(self) -> str:
        """The id of the input."""
        return "f-" + "-".join(key if key.isalnum() else key.encode().hex() for key in self.path)


@dataclass(frozen=True, slots=True)
class Group:
    """Inputs under one legend; `field_name` is the schema field they describe, `adds` what may be added here."""

    title: str
    controls: list[Control] = field(default_factory=list)
    field_name: str = ""
    adds: str = ""


def groups(text: str, findings: list[Finding] | None = None) -> list[Group]:
    """The form for this text; nothing where the YAML cannot be read."""
    root = read(text).root
    if root is None:
        return []
    maker = _Maker(root, findings or [])
    plain = [
        Group(title, [maker.control(tuple(path.split(".")), *rest) for path, *rest in rows]) for title, rows in GROUPS
    ]
    return [*plain[:2], *maker.fields(), Group("More fields", adds="field"), *plain[2:], *maker.lists()]


def apply_form(text: str, base: str, posted: Mapping[str, str]) -> str:
    """The text with every input put in that differs from what the form showed (`base` is the text it was made from).

    Raises PatchError where an edit cannot be made in this text.
    """
    for group in groups(base):
        for control in group.controls:
            new = posted.get(control.name, "" if control.kind == "flag" else control.value)
            if control.name in posted or control.kind == "flag":
                text = _put(text, control, " ".join(new.split())) if _differs(control, new) else text
    return text


def add_entries(text: str, posted: Mapping[str, str]) -> str:
    """The text with what was typed into the inputs for something new: a field, a rule, a deletion target."""
    if name := posted.get("new_field", "").strip():
        if read(text).data.get("schema") and name in read(text).data["schema"]:
            raise PatchError(f"The field `{name}` is there already.")
        text = set_value(text, ("schema", name, "type"), "string")
    if rule := posted.get("new_rule", "").strip():
        text = append(text, ("slos", "accuracy_rules"), rule, key="rule")
    if target := posted.get("new_target", "").strip():
        text = append(text, ("privacy", "deletion_propagation"), target)
    return text


class _Maker:
    def __init__(self, root: Node, findings: list[Finding]) -> None:
        self.root = root
        self.findings = findings

    def control(self, path: Path, label: str, kind: str, options: tuple[str, ...]) -> Control:
        node = self.root.at(path)
        value = _shown(node, kind)
        errors = tuple(found.message for found in self.findings if found.is_error and _about(found, node))
        if kind == "choice" and value and value not in options:
            options = (*options, value)
        return Control(path, label, kind, value, options, errors)

    def fields(self) -> Iterator[Group]:
        schema = self.root.get("schema")
        for key, node in schema.entries if schema and schema.kind == "map" else ():
            name = str(key.value)
            if node.kind == "map":
                rows = [self.control(("schema", name, part), *rest) for part, *rest in _FIELD]
                yield Group(f"Field {name}", rows, name)

    def lists(self) -> Iterator[Group]:
        """Rules and deletion targets: one input an entry."""
        for title, path, key, adds in (
            ("Accuracy rules", ("slos", "accuracy_rules"), "rule", "rule"),
            ("Deletion reaches", ("privacy", "deletion_propagation"), "", "target"),
        ):
            node = self.root.at(path)
            items = node.items if node and node.kind == "seq" else []
            paths = [(*path, str(at), key) if item.kind == "map" else (*path, str(at)) for at, item in enumerate(items)]
            rows = [self.control(one, f"{adds.capitalize()} {at}", "text", ()) for at, one in enumerate(paths, 1)]
            yield Group(title, rows, adds=adds)


def _about(found: Finding, node: Node | None) -> bool:
    return node is not None and (node.start.line, node.start.column) <= (found.line, found.column) <= (
        node.end.line,
        node.end.column,
    )


def _shown(node: Node | None, kind: str) -> str:
    if node is None or node.value is None:
        return ""
    if kind == "flag":
        return "on" if node.value is True else ""
    if kind == "list" and node.kind == "seq":
        return ", ".join(str(item.value) if isinstance(item.value, str) else item.raw for item in node.items)
    return str(node.value) if isinstance(node.value, str) else node.raw


def _differs(control: Control, new: str) -> bool:
    if control.kind == "flag":
        return bool(new) != bool(control.value)
    return " ".join(new.split()) != " ".join(control.value.split())


def _put(text: str, control: Control, new: str) -> str:
    if control.kind == "flag":
        return set_value(text, control.path, bool(new))
    if not new:
        return remove(text, control.path)
    return set_value(text, control.path, _value(control, new))


def _value(control: Control, new: str) -> Value:
    if control.kind == "list":
        return [part.strip() for part in new.split(",") if part.strip()]
    if control.kind == "number" or control.path[-1] in ("tier", "target"):
        return _number(new)
    return new


def _number(new: str) -> Any:
    """A number where it is one; anything else is kept as text, and lint says what is wrong with it."""
    digits = new.removeprefix("-")
    if digits.isascii() and digits.isdecimal() and len(digits) < 16:
        return int(new)
    whole, point, rest = digits.partition(".")
    if point and whole.isdecimal() and rest.isdecimal() and digits.isascii() and len(digits) < 16:
        return float(new)
    return new
