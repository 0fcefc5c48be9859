"""The format as the form shows it: for each section the keys, their labels and kinds of input."""

from __future__ import annotations

from contracts_app.domain.fields import PII_CLASSES
from contracts_app.domain.model import TYPE_FAMILIES
from contracts_app.domain.promises import ASSET_KINDS, LAYERS

CLASSIFICATIONS = ("public", "internal", "confidential", "pii-low", "pii-medium", "pii-high")
Row = tuple[str, str, str, tuple[str, ...]]  # dotted key, label, kind of input, choices
_NONE: tuple[str, ...] = ()

CONTRACT: tuple[Row, ...] = (
    ("name", "Name", "text", _NONE),
    ("version", "Version", "text", _NONE),
    ("owner", "Owner", "text", _NONE),
    ("on_call", "On call", "text", _NONE),
    ("tags", "Tags", "list", _NONE),
    ("description", "Description", "long", _NONE),
)
ASSET: tuple[Row, ...] = (
    ("asset.namespace", "Namespace", "text", _NONE),
    ("asset.name", "Name of the asset", "text", _NONE),
    ("asset.kind", "Kind", "choice", ASSET_KINDS),
    ("asset.layer", "Layer", "choice", LAYERS),
    ("asset.tier", "Tier", "choice", ("1", "2", "3")),
    ("asset.tier_reason", "Why this tier", "text", _NONE),
)
FIELD: tuple[Row, ...] = (
    ("type", "Type", "choice", tuple(sorted(TYPE_FAMILIES))),
    ("pii", "PII class", "words", tuple(sorted(PII_CLASSES))),
    ("category", "Category", "words", ("free_text",)),
    ("required", "Required", "flag", _NONE),
    ("unique", "Unique", "flag", _NONE),
    ("open", "Open: the enum may grow", "flag", _NONE),
    ("min", "Least", "number", _NONE),
    ("max", "Most", "number", _NONE),
    ("default", "Default", "value", _NONE),
    ("allowed", "Allowed values", "list", _NONE),
    ("pattern", "Pattern (regular expression)", "text", _NONE),
    ("deprecated", "Deprecated", "flag", _NONE),
    ("removal_date", "Removal date", "text", _NONE),
    ("description", "Description", "long", _NONE),
)
SLO: tuple[Row, ...] = (
    ("target", "Target", "value", _NONE),
    ("alert", "Alert", "text", _NONE),
    ("for", "For", "value", _NONE),
    ("element", "Event time", "words", _NONE),
    ("window", "Window", "value", _NONE),
    ("objective", "Objective (%)", "number", _NONE),
    ("owner", "Owner", "text", _NONE),
    ("schedule", "Schedule", "text", _NONE),
    ("expected", "Expected from", "value", _NONE),
    ("runbook", "Runbook", "text", _NONE),
)
SLO_TITLES = {
    "freshness_minutes": "Freshness (minutes)",
    "completeness_pct": "Completeness (%)",
    "accuracy_pct": "Accuracy (%)",
    "vector_sync_lag_minutes": "Vector sync lag (minutes)",
    "drift_psi": "Drift (PSI)",
    "groundedness_pct": "Groundedness (%)",
    "retention": "Retention",
}
SLO_STARTS: dict[str, tuple[int | float | str, str]] = {  # what a new SLO begins with: the programme's catalog
    "freshness_minutes": (15, "> 20"),
    "completeness_pct": (">= 99.5%", "< 99.0%"),
    "accuracy_pct": (">= 99.9%", "< 99.7%"),
    "vector_sync_lag_minutes": (10, "> 15"),
    "drift_psi": (0.2, "> 0.25"),
    "groundedness_pct": (">= 98%", "< 96%"),
    "retention": (365, ""),
}
PRIVACY: tuple[Row, ...] = (
    ("classification", "Classification", "choice", CLASSIFICATIONS),
    ("residency", "Residency", "text", _NONE),
    ("retention_days", "Retention (days)", "number", _NONE),
    ("encryption", "Encryption", "text", _NONE),
    ("privacy.audit_log_topic", "Audit log topic", "text", _NONE),
)
POLICY: tuple[Row, ...] = (
    ("change_policy.breaking_change_notice_days", "Notice of a breaking change (days)", "number", _NONE),
    ("change_policy.deprecation_window_days", "Deprecation window (days)", "number", _NONE),
    ("change_policy.contact", "Contact", "text", _NONE),
)
RACI: tuple[Row, ...] = (
    ("raci.responsible", "Responsible", "value", _NONE),
    ("raci.accountable", "Accountable", "value", _NONE),
    ("raci.consulted", "Consulted", "value", _NONE),
    ("raci.informed", "Informed", "value", _NONE),
)
RACI_LETTERS: tuple[Row, ...] = tuple(
    (f"raci.{word[0]}", label, kind, rest)
    for (_, label, kind, rest), word in zip(RACI, ("Responsible", "Accountable", "Consulted", "Informed"), strict=True)
)
HINTS = {
    "residency": "us-only, us-eu",
    "encryption": "at_rest+in_transit",
    "allowed": "Separated by commas",
    "tags": "Separated by commas",
    "for": "5, 10 min or 1h",
    "window": "24h or 28d",
    "removal_date": "2027-01-31",
    "expected": "A dataset, 10000 per 1h, or history; without it: incomplete, never green",
    "classification": "Category and sensitivity",
}
