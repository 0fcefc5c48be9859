"""The form for a text: every key of the format as a control in its section, whatever is written there already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from contracts_app.domain.document import Loaded, load
from contracts_app.domain.findings import Finding
from contracts_app.domain.model import TYPE_FAMILIES
from contracts_app.domain.nodes import Node
from contracts_app.domain.readings import SLO_KEYS
from contracts_app.forms import format as keys
from contracts_app.forms.parts import Add, Control, Part, Path

WINDOW = 25  # fields in the form at a time: a schema of a thousand stays quick to edit
MOST_NESTED = 100


@lru_cache(maxsize=6)
def loaded(text: str) -> Loaded:
    """The document of a text that is being written: a step's new text is the next step's base."""
    return load(text)


def sections(text: str, findings: Iterable[Finding] = (), *, window: int = 0) -> list[Part]:
    """The form, with the fields from `window` on; nothing where the YAML cannot be read."""
    root = loaded(text).source.root
    if root is None:
        return []
    maker = _Maker(root, list(findings), window)
    return [
        maker.plain("contract", "Contract", keys.CONTRACT),
        maker.plain("asset", "Asset", keys.ASSET),
        maker.fields(),
        maker.slos(),
        maker.rules(),
        maker.privacy(),
        maker.consumers(),
        maker.raci(),
        maker.plain("change_policy", "Change policy", keys.POLICY),
    ]


class _Maker:
    def __init__(self, root: Node, findings: list[Finding], window: int) -> None:
        self.root = root
        self.findings = findings
        self.window = window
        self.nested_left = MOST_NESTED
        schema = root.get("schema")
        self.names = tuple(str(key.value) for key, _ in schema.entries) if schema and schema.kind == "map" else ()

    def plain(self, key: str, title: str, rows: Iterable[keys.Row]) -> Part:
        return Part((key,), title, [self.control(tuple(path.split(".")), *rest) for path, *rest in rows])

    def control(self, path: Path, label: str, kind: str, options: tuple[str, ...]) -> Control:
        node = self.root.at(path)
        kind = _kind_for(node, kind)
        value = shown(node, kind)
        if path[-1] == "element":
            options = self.names
        if kind == "choice" and value and value not in options:
            options = (*options, value)
        about = tuple(found for found in self.findings if _is_about(found, node))
        return Control(path, label, kind, value, options, about, keys.HINTS.get(path[-1], ""))

    def fields(self) -> Part:
        schema = self.root.get("schema")
        entries = schema.entries if schema and schema.kind == "map" else []
        shown_ones = entries[self.window : self.window + WINDOW]
        parts = [part for key, node in shown_ones for part in self.field(("schema", str(key.value)), node)]
        part = Part(("schema",), "Fields", parts=parts, adds=[Add(("schema",), "Name of a new field", "Add field")])
        return part if len(entries) <= WINDOW else _windowed(part, self.window, len(entries))

    def field(self, path: Path, node: Node) -> Iterator[Part]:
        """One field with its nested ones; a field that is no mapping is left to the YAML."""
        if node.kind != "map":
            return
        controls = [Control(path, "Name", "name", path[-1])]
        numeric = TYPE_FAMILIES.get(shown(node.get("type"), "text")) == "number"
        for part, label, kind, options in keys.FIELD:
            kind = "numbers" if part == "allowed" and numeric else kind
            controls.append(self.control((*path, part), label, kind, options))
        inner, inside = (*path, "fields"), node.get("fields")
        nested = inside.entries if inside and inside.kind == "map" else []
        parts: list[Part] = []
        for key, below in nested:
            if self.nested_left > 0:
                self.nested_left -= 1
                parts += self.field((*inner, str(key.value)), below)
        holds = bool(nested) or shown(node.get("type"), "text") in ("object", "json", "map", "array")
        adds = [Add(inner, f"Name of a new field in {path[-1]}", "Add nested field")] if holds else []
        note = "The other nested fields are edited in the YAML." if nested and self.nested_left <= 0 else ""
        yield Part(path, path[-1], controls, parts, adds, removable=True, summary=_in_short(node), note=note)

    def slos(self) -> Part:
        node = self.root.get("slos")
        present = [key for key in SLO_KEYS if node and node.kind == "map" and node.get(key)]
        absent = tuple((key, keys.SLO_TITLES[key]) for key in SLO_KEYS if key not in present)
        adds = [Add(("slos",), "A further SLO", "Add SLO", absent)] if absent else []
        return Part(("slos",), "SLOs", parts=[self.slo(key) for key in present], adds=adds)

    def slo(self, key: str) -> Part:
        """One SLO; `freshness_minutes: 15` is its target alone."""
        path, title = ("slos", key), keys.SLO_TITLES[key]
        node = self.root.at(path)
        if node is not None and node.kind == "scalar" and node.value is not None:
            return Part(path, title, [self.control(path, "Target", "value", ())], removable=True, summary=node.raw)
        controls = [self.control((*path, part), *rest) for part, *rest in keys.SLO]
        return Part(path, title, controls, removable=True, summary=_slo_in_short(node))

    def rules(self) -> Part:
        path = ("slos", "accuracy_rules")
        node = self.root.at(path)
        parts = []
        for at, item in enumerate(node.items if node and node.kind == "seq" else []):
            where = (*path, str(at))
            text = (*where, "rule") if item.kind == "map" else where
            controls = [self.control(text, "Rule", "text", ())]
            if item.kind == "map":
                controls.append(self.control((*where, "name"), "Name", "text", ()))
            rule = controls[0].value
            parts.append(Part(where, f"Rule {at + 1}", controls, removable=True, rule=rule))
        return Part(path, "Accuracy rules", parts=parts, adds=[Add(path, "A further rule", "Add rule")])

    def privacy(self) -> Part:
        path = ("privacy", "deletion_propagation")
        node = self.root.at(path)
        items = node.items if node and node.kind == "seq" else []
        targets = [
            Part((*path, str(at)), f"Target {at + 1}",
                 [self.control((*path, str(at)), f"A deletion reaches ({at + 1})", "text", ())], removable=True)
            for at in range(len(items))
        ]  # fmt: skip
        part = self.plain("privacy", "Privacy and protection", keys.PRIVACY)
        part.parts.extend(targets)
        part.adds.append(Add(path, "A deletion also reaches", "Add target"))
        return part

    def raci(self) -> Part:
        """The keys as they are written: whole words, or one letter each."""
        node = self.root.get("raci")
        letters = node is not None and any(str(key.value).lower() in "raci" for key, _ in node.entries)
        return self.plain("raci", "RACI", keys.RACI_LETTERS if letters else keys.RACI)

    def consumers(self) -> Part:
        node = self.root.get("consumers")
        parts = []
        for at, item in enumerate(node.items if node and node.kind == "seq" else []):
            path = ("consumers", str(at))
            rows = (("team", "Team"), ("purpose", "Purpose"))
            controls = [self.control((*path, key), label, "text", ()) for key, label in rows] if item.entries else []
            parts.append(
                Part(path, f"Consumer {at + 1}", controls, removable=True, summary=shown(item.get("team"), "text"))
            )
        return Part(
            ("consumers",), "Consumers", parts=parts, adds=[Add(("consumers",), "A further team", "Add consumer")]
        )


def shown(node: Node | None, kind: str) -> str:
    """What a control of that kind shows of a node."""
    if node is None or (node.value is None and node.kind == "scalar"):
        return ""
    if kind == "flag":
        return "on" if node.value is True else ""
    if node.kind == "seq":
        return ", ".join(str(item.value) if isinstance(item.value, str) else item.raw for item in node.items)
    return str(node.value) if isinstance(node.value, str) else node.raw


def _kind_for(node: Node | None, kind: str) -> str:
    """A list stays a list; a mapping where the form expects one value is left to the YAML."""
    if node is not None and node.kind == "map":
        return "locked"
    return "list" if node is not None and node.kind == "seq" and kind not in ("list", "numbers") else kind


def _windowed(part: Part, window: int, count: int) -> Part:
    note = f"Fields {window + 1} to {min(window + WINDOW, count)} of {count}."
    return Part(part.path, part.title, part.controls, part.parts, part.adds, note=note)


def _is_about(found: Finding, node: Node | None) -> bool:
    """Whether the finding lies inside the node; a whole mapping is too wide to be called its place."""
    if node is None or node.kind == "map":
        return False
    return (node.start.line, node.start.column) <= (found.line, found.column) <= (node.end.line, node.end.column)


def _in_short(node: Node) -> str:
    words = [shown(node.get("type"), "text"), "required" if shown(node.get("required"), "flag") else ""]
    words += ["unique" if shown(node.get("unique"), "flag") else "", shown(node.get("pii"), "text")]
    words += ["deprecated" if shown(node.get("deprecated"), "flag") else ""]
    return ", ".join(word for word in words if word)


def _slo_in_short(node: Node | None) -> str:
    if node is None:
        return ""
    target, alert = shown(node.get("target"), "text"), shown(node.get("alert"), "text")
    return ", ".join(word for word in (target and f"target {target}", alert and f"alert {alert}") if word)
