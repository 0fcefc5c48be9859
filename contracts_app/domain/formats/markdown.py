"""A contract as Markdown for a wiki or a pull request: the same facts as the page, every text escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from contracts_app.domain.model import Document, FieldSpec, walk
from contracts_app.domain.readings import KEY_OF_SLO
from contracts_app.domain.terms import SloTerm, slo_terms

_ACTIVE = re.compile(r"([\\`*{}\[\]<>#|~!&]|\b_|_\b)")
_UNITS = {"minutes": " min", "pct": " %", "psi": " PSI"}


def to_markdown(document: Document, digest: str, *, state: str = "") -> str:
    """The whole contract; `state` is the portal's word for it, if it has one."""
    parts = [
        f"# {text(document.name)} {text(document.version)}",
        text(document.description or ""),
        _facts(document, digest, state),
        "## Fields",
        table(("Field", "Type", "Required", "Rules", "Privacy", "About"), map(_field, walk(document.fields))),
        *_slos(document),
        *_rules(document),
        *_promises(document),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def text(value: object) -> str:
    """Text that Markdown and HTML leave alone, on one line.

    >>> text("a|b <script> *x*")
    'a\\\\|b \\\\<script\\\\> \\\\*x\\\\*'
    """
    line = " ".join(str(value).split())
    return _ACTIVE.sub(r"\\\1", line)


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table; cells are escaped already."""
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _facts(document: Document, digest: str, state: str) -> str:
    asset = document.asset
    tier = f", tier {asset.tier}" if asset.tier else ""
    kind = asset.kind.replace("_", " ")
    pairs: tuple[tuple[str, object], ...] = (
        ("State", state),
        ("Owner", document.owner),
        ("On call", document.on_call),
        ("Asset", f"{asset.namespace}/{asset.name} ({kind}{tier})"),
        ("Classification", _classification(document)),
        ("Residency", ", ".join(sorted(document.residency))),
        ("Retention", f"{document.retention_days:g} days" if document.retention_days is not None else ""),
        ("Encryption", ", ".join(sorted(part.replace("_", " ") for part in document.encryption))),
        ("Tags", ", ".join(document.tags)),
    )
    rows = [(name, text(value)) for name, value in pairs if value]
    return table(("Promise", "Value"), [*rows, ("Canonical hash", f"`{digest}`")])


def _classification(document: Document) -> str:
    return " ".join(part for part in (document.category, document.sensitivity) if part and part != "none")


def _field(spec: FieldSpec) -> Iterator[str]:
    yield text(spec.name)
    yield text(spec.type)
    yield "yes" if spec.required else "no"
    yield "<br>".join(_limits(spec))
    yield text(spec.pii or spec.category or "")
    leaving = f" Deprecated, goes on {spec.removal_date}." if spec.removal_date else " Deprecated." * spec.deprecated
    yield text((spec.description or "") + leaving)


def _limits(spec: FieldSpec) -> Iterator[str]:
    if spec.allowed is not None:
        yield text(f"one of {', '.join(map(str, spec.allowed))}") + (" (may grow)" if spec.open else "")
    if spec.min is not None:
        yield f"at least {spec.min:g}"
    if spec.max is not None:
        yield f"at most {spec.max:g}"
    if spec.pattern is not None:
        yield text(f"matches {spec.pattern}")
    if spec.unique:
        yield "unique"


def _slos(document: Document) -> list[str]:
    terms = slo_terms(document)
    if not terms:
        return []
    return ["## Service levels", table(("SLO", "Target", "Alert", "For", "Measured on"), map(_term, terms))]


def _term(term: SloTerm) -> Iterator[str]:
    unit = _UNITS.get(KEY_OF_SLO[term.kind].rpartition("_")[2], " days" if term.kind == "retention" else "")
    yield term.kind.replace("_", " ")
    for op, value in (term.target, term.alert):
        yield text(f"{op} {value:g}{unit}")
    yield f"{term.for_minutes:g} min" if term.for_minutes else ""
    yield text(term.element or "")


def _rules(document: Document) -> list[str]:
    if not document.rules:
        return []
    rules = "\n".join(f"- {text(rule.name) + ': ' if rule.name else ''}{text(rule.text)}" for rule in document.rules)
    return ["## Accuracy rules", rules]


def _promises(document: Document) -> list[str]:
    out: list[str] = []
    days: tuple[tuple[str, Any], ...] = (
        ("Notice before a breaking change", _days(document.notice_days)),
        ("Deprecation window", _days(document.deprecation_days)),
        ("Contact", document.contact),
    )
    rows = [(name, text(value)) for name, value in days if value]
    if rows:
        out += ["## Changes", table(("Promise", "Value"), rows)]
    if document.deletion_targets or document.audit_log_topic:
        targets = [f"- a deletion reaches {text(target)}" for target in document.deletion_targets]
        topic = [f"- audit log: {text(document.audit_log_topic)}"] if document.audit_log_topic else []
        out += ["## Privacy", "\n".join(targets + topic)]
    if document.consumers:
        consumers = [(text(each.team), text(each.purpose)) for each in document.consumers]
        out += ["## Consumers", table(("Team", "Purpose"), consumers)]
    return out


def _days(value: float | None) -> str:
    return "" if value is None else f"{value:g} days"
