"""Checks across the document: rules against the schema, SLOs against the fields, privacy against the classification."""

from __future__ import annotations

from collections.abc import Mapping

from contracts_app.domain.findings import ERROR, WARNING, Finding, Fix
from contracts_app.domain.model import Document, FieldSpec, RuleText, Spot, walk
from contracts_app.domain.rules import nodes, types
from contracts_app.domain.rules.parse import parse
from contracts_app.domain.rules.scan import RuleError
from contracts_app.domain.source import Source


def check(document: Document, source: Source) -> list[Finding]:
    """Findings that need more than one key to see."""
    families = document.families()
    optional = {spec.name for spec in document.fields if not spec.required}
    found: list[Finding] = []
    for rule in document.rules:
        found += _rule(rule, families, optional, source.text)
    return [*found, *_slos(document), *_privacy(document), *_inner(document), *_asset(document), *_people(document)]


def parse_rule(document: Document, text: str) -> nodes.Expr:
    """One rule over the document's fields, typed; raises RuleError."""
    return read_rule(text, document.families())


def read_rule(text: str, families: Mapping[str, str]) -> nodes.Expr:
    """The rule over fields of these type families, typed; raises RuleError."""
    tree = parse(text, families)
    types.check(tree, families)
    return tree


def _rule(rule: RuleText, families: Mapping[str, str], optional: set[str], source: str) -> list[Finding]:
    """What is wrong with one accuracy rule, at the place inside the rule where it goes wrong."""
    try:
        tree = read_rule(rule.text, families)
    except RuleError as error:
        column = rule.spot.column + error.at
        fix = _quote_word(source, rule.spot.line, column, error.bare_word)
        said = f"Rule `{rule.text[:80]}`: {error}"
        return [Finding("rule.refused", said, rule.spot.line, column, "slos.accuracy_rules", fix=fix)]
    return _vacuous(rule, sorted(optional & nodes.nulls_handled(tree)))


def _vacuous(rule: RuleText, optional: list[str]) -> list[Finding]:
    if not optional:
        return []
    names = ", ".join(f"`{name}`" for name in optional)
    said = f"The rule speaks about NULL in the optional {names}, so NULL there is judged by the rule itself."
    return [_found("rule.null", said, rule.spot, "slos.accuracy_rules", WARNING)]


def _slos(document: Document) -> list[Finding]:
    found: list[Finding] = []
    for slo in document.slos:
        path = f"slos.{slo.kind}"
        if slo.element and document.field_named(slo.element) is None:
            found.append(_found("slo.element", f"`element: {slo.element[:60]}` is not a field.", slo.spot, path))
        elif slo.kind in ("freshness", "retention") and not slo.element and sole_timestamp(document) is None:
            said = f"The {slo.kind} SLO needs `element`: there is not exactly one required timestamp to take."
            found.append(_found("slo.element", said, slo.spot, path))
        if slo.kind == "completeness" and slo.expected is None:
            said = "No `expected` says what complete means; the SLO will show incomplete and never green."
            found.append(_found("slo.expected", said, slo.spot, path, WARNING))
    accuracy = document.slo("accuracy")
    if accuracy and not document.rules and not any(_has_rules(spec) for spec in document.fields):
        found.append(
            _found("slo.no-rules", "`accuracy_pct` promises rules, but none is written.", accuracy.spot, "slos")
        )
    return found


def sole_timestamp(document: Document) -> str | None:
    """The event-time column where nobody names one: the only required timestamp."""
    times = [spec.name for spec in document.fields if spec.family == "time" and spec.required]
    return times[0] if len(times) == 1 else None


def _has_rules(spec: FieldSpec) -> bool:
    return spec.required or any(v is not None for v in (spec.min, spec.max, spec.allowed, spec.pattern))


def _privacy(document: Document) -> list[Finding]:
    found: list[Finding] = []
    spot = document.spots.get("classification", document.spots.get("schema", Spot(1, 1)))
    if document.category == "pii" and not document.personal_fields():
        said = "The classification says personal data, but no field has a `pii` class; name which ones."
        found.append(_found("privacy.no-field", said, spot, "classification", WARNING))
    if document.personal_fields() and document.category != "pii":
        said = "Fields hold personal data, so `classification` must be `pii-low`, `pii-medium` or `pii-high`."
        found.append(_found("privacy.classification", said, spot, "classification"))
    texts = [] if document.holds_personal_data else [part for part in walk(document.fields) if part.is_free_text]
    for part in texts:
        said = f"`{part.name}` is free text, which may hold anything about a person; if so, classify the asset as pii."
        found.append(_found("privacy.free-text", said, part.spot, f"schema.{part.name}", WARNING))
    if document.holds_personal_data and not document.deletion_targets:
        said = "Personal data without `privacy.deletion_propagation`: say where a deletion must reach."
        found.append(_found("privacy.deletion", said, spot, "privacy", WARNING))
    return found


def _inner(document: Document) -> list[Finding]:
    """Rules of a field inside a field are promised, compared and shown, but no engine runs them on the data."""
    inner = [
        part
        for spec in document.fields
        for part in walk(spec.fields, f"{spec.name}.")
        if _has_rules(part) or part.unique
    ]
    said = "`{}`: rules of a field inside a field are kept and compared, but not run on the data."
    return [_found("rule.inner", said.format(part.name), part.spot, f"schema.{part.name}", WARNING) for part in inner]


def _asset(document: Document) -> list[Finding]:
    if document.asset.tier != 1 or document.asset.tier_reason or document.asset.kind == "vector_index":
        return []
    said = "Tier 1 has a reason: board KPI, safety-critical feature, vector store, or other; add `tier_reason`."
    return [_found("asset.tier-reason", said, document.spots["asset"], "asset", WARNING)]


def _people(document: Document) -> list[Finding]:
    if "on_call" in document.spots:
        return []
    return [_found("people.on-call", "`on_call` is missing: say whom a breach wakes.", Spot(1, 1), "on_call", WARNING)]


def _found(code: str, said: str, spot: Spot, path: str, severity: str = ERROR) -> Finding:
    return Finding(code, said, spot.line or 1, spot.column or 1, path, severity)


def _quote_word(source: str, line: int, column: int, word: str) -> Fix | None:
    """Quotes around a bare word of a rule, where the text really has it at that place."""
    if not word:
        return None
    start = _offset(source, line) + column - 1
    if source[start : start + len(word)] != word:
        return None
    return Fix(f"Write '{word}'", start, start + len(word), f"'{word}'") if _room_for_quote(source, start) else None


def _room_for_quote(source: str, start: int) -> bool:
    """Single quotes do not fit into a single-quoted scalar."""
    line = source[source.rfind("\n", 0, start) + 1 : start]
    return line.count("'") % 2 == 0


def _offset(source: str, line: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = source.find("\n", at) + 1
    return at
