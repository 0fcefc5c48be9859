"""The sections about people and promises: asset, privacy, change policy, consumers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from contracts_app.domain import readings, traps
from contracts_app.domain.findings import WARNING, Fix
from contracts_app.domain.model import DEFAULT_NAMESPACE, AssetRef, Consumer
from contracts_app.domain.nodes import Node
from contracts_app.domain.section import Section

ASSET_KINDS = ("table", "stream", "file_set", "feature_view", "vector_index", "model", "product")
LAYERS = ("source", "ingest", "raw", "transform", "feature", "vector", "model", "product")


def read_asset(top: Section, name: str) -> AssetRef:
    """The asset under contract; without the section it carries the contract's own name."""
    section = top.section("asset")
    if section is None:
        return AssetRef(DEFAULT_NAMESPACE, name, derived=True)
    own_name = section.text("name")
    asset = AssetRef(
        section.text("namespace") or DEFAULT_NAMESPACE,
        own_name or name,
        _kind(section),
        _tier(section),
        _layer(section),
        section.text("tier_reason") or "",
        derived=own_name is None,
    )
    section.leftover()
    return asset


def read_classification(top: Section) -> tuple[str | None, str]:
    """Category and sensitivity, stored apart."""
    text = top.text("classification")
    if text is None:
        return None, "none"
    pair = readings.classification(text)
    node = top.node.get("classification")
    if pair is None and node:
        said = "`classification` must be a category and a sensitivity, such as `pii-low` or `internal`."
        top.add("format.classification", said, node, "classification", _spelt(node, readings.classification, "-"))
    return pair or (None, "none")


def read_set(top: Section, key: str, example: str) -> frozenset[str]:
    """`residency` or `encryption` as a set."""
    text = top.text(key)
    if text is None:
        return frozenset()
    read, joint = (readings.residency, "-") if key == "residency" else (readings.encryption, "+")
    value = read(text)
    node = top.node.get(key)
    if value is None and node and isinstance(node.value, str):
        said = f"`{key}` cannot be read; write for example `{example}`."
        top.add(f"format.{key}", said, node, key, _spelt(node, read, joint))
    return value or frozenset()


def _spelt(node: Node, read: Callable[[str], object | None], joint: str) -> Fix | None:
    """The value in the format's own spelling, where commas, blanks or capitals are all that is wrong with it."""
    words = [word for part in re.split(r"[,;/+-]|\band\b", str(node.value).lower()) for word in part.split()]
    candidates = [joint.join(words), joint.join(words).replace(f"at{joint}", "at_").replace(f"in{joint}", "in_")]
    text = next((text for text in candidates if words and read(text) is not None), None)
    return traps.replace(node, text, f"Write {text}") if text else None


def read_consumers(top: Section) -> tuple[Consumer, ...]:
    """Who depends on the asset."""
    node = top.get("consumers")
    if node is None:
        return ()
    if node.kind != "seq":
        top.add("format.list", "`consumers` must be a list of `{team, purpose}`.", node, "consumers")
        return ()
    consumers = []
    for item in node.items:
        section = top.inside(item, "consumers")
        team = section.text("team") if section else None
        if section and team:
            consumers.append(Consumer(team, section.text("purpose") or ""))
        elif section and section.node.get("team") is None:
            section.add("format.missing", "A consumer needs a `team`.", section.node, "team")
        if section:
            section.leftover()
    return tuple(consumers)


def read_privacy(section: Section | None) -> tuple[tuple[str, ...], str | None]:
    """Deletion targets and the topic of the audit log."""
    if section is None:
        return (), None
    found = section.texts("deletion_propagation"), section.text("audit_log_topic")
    section.leftover()
    return found


def read_raci(section: Section | None) -> dict[str, Any]:
    """Who is responsible, accountable, consulted and informed: names or lists of names, under any words."""
    if section is None:
        return {}
    return {str(key.value): value.value for key, value in section.node.entries if _is_name(section, key, value)}


def _is_name(section: Section, key: Node, value: Node) -> bool:
    """Whether the entry holds one name or several; anything else is a finding."""
    name = str(key.value)
    return bool(section.texts(name) if value.kind == "seq" else section.text(name))


def read_change_policy(section: Section | None) -> tuple[float | None, float | None, str | None]:
    """Notice in days, deprecation window in days, and whom to ask."""
    if section is None:
        return None, None, None
    days = section.number("breaking_change_notice_days"), section.number("deprecation_window_days")
    contact = section.text("contact")
    section.leftover()
    return *days, contact


def _kind(section: Section) -> str:
    text = section.text("kind")
    if text is None:
        return "table"
    kind = text.replace(" ", "_")
    node = section.node.get("kind")
    if kind not in ASSET_KINDS and node:
        section.add("asset.kind", f"`kind` must be one of: {', '.join(ASSET_KINDS)}.", node, "kind")
        return "table"
    return kind


def _layer(section: Section) -> str:
    layer = section.text("layer")
    node = section.node.get("layer")
    if layer is not None and layer not in LAYERS and node:
        section.add("asset.layer", f"`layer` must be one of: {', '.join(LAYERS)}.", node, "layer")
        return ""
    return layer or ""


def _tier(section: Section) -> int | None:
    tier = section.number("tier", least=1)
    node = section.node.get("tier")
    if tier is not None and node and (tier > 3 or tier != int(tier)):
        section.add("asset.tier", "`tier` must be 1, 2 or 3.", node, "tier")
        return None
    if tier not in (None, 1) and _kind_word(section) == "vector_index" and node:
        section.add("asset.tier", "Every vector index is tier 1.", node, "tier", severity=WARNING)
        return 1
    return None if tier is None else int(tier)


def _kind_word(section: Section) -> str:
    node = section.node.get("kind")
    return str(node.value).replace(" ", "_") if node else ""
