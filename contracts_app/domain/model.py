"""A contract as typed values: the house format with every reading of `readings` applied.

Absent promises are None or empty here; defaults are added by whoever needs them (`slo_terms`, the notice), so that the
model compares what was promised and not what was assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

TYPE_FAMILIES = {
    "string": "text", "text": "text", "enum": "text", "uuid": "text",
    "integer": "number", "int": "number", "bigint": "number", "float": "number", "double": "number",
    "decimal": "number", "number": "number",
    "boolean": "boolean", "bool": "boolean",
    "timestamp": "time", "datetime": "time", "date": "time",
    "time": "clock",  # a time of day: no moment, so no rule may compare it with one
    "object": "other", "json": "other", "array": "other", "map": "other", "vector": "other", "bytes": "other",
}  # fmt: skip
DEFAULT_NAMESPACE = "default"  # what OpenLineage clients send when nobody names one
DEFAULT_NOTICE_DAYS = 14
DEFAULT_DEPRECATION_DAYS = 30


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something was written, for a finding or a change about it."""

    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class AssetRef:
    """The OpenLineage name of the thing under contract; `derived` where it was taken from the contract's name."""

    namespace: str
    name: str
    kind: str = "table"
    tier: int | None = None
    layer: str = ""
    tier_reason: str = ""
    derived: bool = False


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of the schema with its rules and its privacy."""

    name: str
    type: str = "string"
    required: bool = False
    allowed: tuple[Any, ...] | None = None
    min: float | None = None
    max: float | None = None
    pattern: str | None = None
    unique: bool = False
    open: bool = False
    default: Any = None
    pii: str | None = None
    category: str | None = None
    description: str | None = None
    deprecated: bool = False
    removal_date: str | None = None
    fields: tuple[FieldSpec, ...] = ()
    spot: Spot = Spot()

    @property
    def family(self) -> str:
        """`text`, `number`, `boolean`, `time`, `clock` or `other`: what rules may do with the field."""
        return TYPE_FAMILIES.get(self.type, "other")

    @property
    def is_free_text(self) -> bool:
        """Free text may hold anything about a person; a plain `string` is not free text."""
        return self.type == "text" or self.category == "free_text"


@dataclass(frozen=True, slots=True)
class Bound:
    """`op` and `value` of a target or an alert, in the SLO's own unit."""

    op: str
    value: float


@dataclass(frozen=True, slots=True)
class SloSpec:
    """One authored SLO; `kind` without its unit, e.g. `freshness`."""

    kind: str
    target: Bound | None = None
    alert: Bound | None = None
    for_minutes: float | None = None
    element: str | None = None
    window: str | None = None
    owner: str | None = None
    runbook: str | None = None
    schedule: str | None = None
    expected: Any = None
    objective: float | None = None
    spot: Spot = Spot()


@dataclass(frozen=True, slots=True)
class RuleText:
    """One accuracy rule as written; `spot` is its first character."""

    text: str
    name: str = ""
    spot: Spot = Spot()


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who depends on the asset, and what for."""

    team: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The whole contract."""

    name: str
    version: str
    owner: str | None
    asset: AssetRef
    fields: tuple[FieldSpec, ...] = ()
    on_call: str | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()
    category: str | None = None
    sensitivity: str = "none"
    residency: frozenset[str] = frozenset()
    retention_days: float | None = None
    encryption: frozenset[str] = frozenset()
    slos: tuple[SloSpec, ...] = ()
    rules: tuple[RuleText, ...] = ()
    notice_days: float | None = None
    deprecation_days: float | None = None
    contact: str | None = None
    deletion_targets: tuple[str, ...] = ()
    audit_log_topic: str | None = None
    consumers: tuple[Consumer, ...] = ()
    raci: dict[str, Any] = field(default_factory=dict)
    extensions: Any = None
    unknown: dict[str, Any] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)

    def slo(self, kind: str) -> SloSpec | None:
        """The authored SLO of that kind."""
        return next((slo for slo in self.slos if slo.kind == kind), None)

    def families(self) -> dict[str, str]:
        """The type family of each top-level field, as rules are read with it; made anew at each call."""
        return {spec.name: spec.family for spec in self.fields}

    def field_named(self, name: str) -> FieldSpec | None:
        """The top-level field of that name."""
        return next((spec for spec in self.fields if spec.name == name), None)

    @property
    def holds_personal_data(self) -> bool:
        """Whether the classification or the PII class of any field says that the asset is about persons."""
        return self.category == "pii" or any(spec.pii for spec in walk(self.fields))

    def personal_fields(self) -> tuple[FieldSpec, ...]:
        """Fields with a PII class, and free text where persons are concerned; nested ones under dotted names."""
        free_text_counts = self.holds_personal_data
        return tuple(spec for spec in walk(self.fields) if spec.pii or (free_text_counts and spec.is_free_text))


def walk(fields: tuple[FieldSpec, ...], prefix: str = "") -> list[FieldSpec]:
    """Every field, nested ones with dotted names.

    >>> [f.name for f in walk((FieldSpec("a", "object", fields=(FieldSpec("b"),)),))]
    ['a', 'a.b']
    """
    out: list[FieldSpec] = []
    for spec in fields:
        name = f"{prefix}{spec.name}"
        out += [replace(spec, name=name) if prefix else spec, *walk(spec.fields, f"{name}.")]
    return out
