"""The contract document: authored bytes in, typed model, canonical hash and findings out.

The canonical hash is SHA-256 over the RFC 8785 form of the parsed authored keys: no defaults are hashed, so the format
may grow without changing the hash of what was signed, and comments or quoting never change it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import rfc8785

from contracts_app.domain import lint, promises
from contracts_app.domain.canonical import canonical_form
from contracts_app.domain.collection import no_collection
from contracts_app.domain.fields import read_schema
from contracts_app.domain.findings import Finding, Fix, has_errors, in_order
from contracts_app.domain.model import Document
from contracts_app.domain.section import Section
from contracts_app.domain.slos import read_slos
from contracts_app.domain.source import Source, read
from contracts_app.domain.versions import SEMVER

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")


@dataclass(slots=True)
class Loaded:
    """A document as far as it could be read; `document` and `digest` are None where the YAML is broken."""

    source: Source
    document: Document | None
    findings: list[Finding]
    digest: str | None

    @property
    def ok(self) -> bool:
        """Whether nothing but warnings was found."""
        return self.document is not None and not has_errors(self.findings)


def load(content: bytes | str) -> Loaded:
    """Read, type, lint and hash a contract; never raises on any input.

    >>> findings = load("name: a\\nversion: 1.10").findings
    >>> [found.fix.label for found in findings if found.fix]
    ['Write 1.10.0']
    """
    with no_collection():
        source = read(content)
        if source.root is None:
            return Loaded(source, None, in_order(source.findings), None)
        findings = list(source.findings)
        document = _document(Section(source.text, source.root, "", findings))
        findings += lint.check(document, source)
        return Loaded(source, document, in_order(findings), digest_of(source))


def digest_of(source: Source) -> str | None:
    """`sha256:<hex>` of the canonical form, or None where it has none."""
    try:
        return canonical_hash(source.data)
    except (rfc8785.CanonicalizationError, RecursionError):
        return None  # a finding about the number or the key says why


def canonical_hash(data: dict[str, Any]) -> str:
    """`sha256:<hex>` over the RFC 8785 bytes of authored data."""
    return "sha256:" + hashlib.sha256(canonical_form(data)).hexdigest()


def _document(top: Section) -> Document:
    name, version = _name(top), _version(top)
    category, sensitivity = promises.read_classification(top)
    slos, rules = read_slos(top.section("slos"))
    notice, deprecation, contact = promises.read_change_policy(top.section("change_policy"))
    targets, topic = promises.read_privacy(top.section("privacy"))
    extensions = top.get("extensions")
    document = Document(
        name=name,
        version=version,
        owner=_needed(top, "owner", "who answers for the data"),
        asset=promises.read_asset(top, name),
        fields=_schema(top),
        on_call=top.text("on_call"),
        description=top.text("description"),
        tags=top.texts("tags"),
        category=category,
        sensitivity=sensitivity,
        residency=promises.read_set(top, "residency", "us-only"),
        retention_days=top.number("retention_days"),
        encryption=promises.read_set(top, "encryption", "at_rest+in_transit"),
        slos=slos,
        rules=rules,
        notice_days=notice,
        deprecation_days=deprecation,
        contact=contact,
        deletion_targets=targets,
        audit_log_topic=topic,
        consumers=promises.read_consumers(top),
        raci=promises.read_raci(top.section("raci")),
        extensions=extensions.value if extensions else None,
        spots={str(key.value): top.spot(str(key.value)) for key, _ in top.node.entries},
    )
    top.leftover()
    document.unknown.update({path: value for path, (value, _) in top.unknown.items()})
    document.spots.update({path: spot for path, (_, spot) in top.unknown.items()})
    return document


def _schema(top: Section) -> Any:
    fields = read_schema(top.section("schema"))
    if not fields:
        top.add("format.schema", "`schema` must name at least one field.", top.node.get("schema") or top.node, "schema")
    return fields


def _needed(top: Section, key: str, what: str) -> str | None:
    value = top.text(key)
    if top.node.get(key) is None:
        top.add("format.missing", f"`{key}` is missing: {what}.", top.node, key)
    return value


def _name(top: Section) -> str:
    name = _needed(top, "name", "what the contract is called") or ""
    node = top.node.get("name")
    if name and node and not _NAME.fullmatch(name):
        said = "`name` must start with a letter and hold letters, digits, `_`, `-` and `.` (at most 100)."
        top.add("format.name", said, node, "name")
    return name


def _version(top: Section) -> str:
    """The semantic version; `1.10` is the number 1.1 to YAML, so its digits are read from the text."""
    node = top.get("version")
    if node is None:
        top.add("format.missing", "`version` is missing: write for example `1.0.0`.", top.node, "version")
        return ""
    if node.kind == "scalar" and SEMVER.fullmatch(str(node.value)):
        return str(node.value)
    if node.value is None:
        top.empty(node, "version")
        return ""
    fix = _whole_version(node.raw) if node.kind == "scalar" else None
    said = f"`version` must be a semantic version such as 1.2.0; YAML reads this one as {node.value!r:.60}."
    edit = Fix(f"Write {fix}", node.start.index, node.end.index, fix) if fix else None
    top.add("trap.version", said, node, "version", edit)
    return fix or ""


def _whole_version(raw: str) -> str | None:
    parts = raw.strip("\"'v").split(".")
    if len(parts) > 2 or not all(part.isascii() and part.isdecimal() and len(part) < 9 for part in parts):
        return None
    return ".".join([*(str(int(part)) for part in parts), "0", "0"][:3])
