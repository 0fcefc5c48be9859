"""Accuracy rules as quality checks: SQL that any engine of ODCS can run, with the rule as its author wrote it.

The SQL is compiled from the rule by the server (sqlglot, loaded only when a contract has rules). An import takes the
rule back only while the SQL is still the one that was written: whoever edits the SQL has made another promise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contracts_app.domain.fields import read_schema
from contracts_app.domain.formats.odcs.names import Json, custom, mapping, mappings, split_custom
from contracts_app.domain.formats.writing import write
from contracts_app.domain.lint import parse_rule
from contracts_app.domain.model import AssetRef, Document, FieldSpec, RuleText
from contracts_app.domain.rules.scan import RuleError
from contracts_app.domain.section import Section
from contracts_app.domain.source import read

Compile = Callable[[str], str | None]  # the rule to a boolean SQL expression, or None where it cannot run


def to_checks(rules: Any, compiled: Compile) -> list[Json]:
    """One quality check a rule."""
    return [_check(rule, compiled) for rule in rules] if isinstance(rules, list) else []


def from_checks(quality: Any) -> tuple[list[Any], Any]:
    """The rules among the checks, and the checks that are kept."""
    rules: list[Any] = []
    kept: list[Any] = []
    for check in mappings(quality):
        said = mapping(split_custom(check.get("customProperties"))[0].get("rule"))
        if "rule" in said and said.get("of") == _digest(check):
            rules.append(said["rule"])
        else:
            kept.append(check)
    return rules, kept


def compiler(data: Json) -> Compile:
    """Compiles the data's own rules over its own fields, all at once."""
    from contracts_app.domain.rules.compile import compile_rules

    fields = _fields(data)
    document = Document("", "", None, AssetRef("", ""), fields=fields)
    authored = mapping(data.get("slos")).get("accuracy_rules")
    texts = [_text(rule) for rule in authored] if isinstance(authored, list) else []
    valid = [text for text in dict.fromkeys(texts) if text and _runs(document, text)]
    compiled = compile_rules(replace(document, rules=tuple(RuleText(text) for text in valid)), "postgres").rules
    sql = dict(zip(valid, (condition for _, condition in compiled[len(compiled) - len(valid) :]), strict=True))
    return sql.get


def _fields(data: Json) -> tuple[FieldSpec, ...]:
    """The fields as lint reads them, without rules of their own."""
    source = read(write({"schema": data.get("schema")}))
    section = Section(source.text, source.root, "", []).section("schema") if source.root else None
    return tuple(replace(spec, allowed=None, min=None, max=None, pattern=None) for spec in read_schema(section))


def _runs(document: Document, text: str) -> bool:
    try:
        parse_rule(document, text)
    except RuleError:
        return False  # the check is written as text, and lint has said why
    return True


def _text(rule: Any) -> str:
    text = rule.get("rule") if isinstance(rule, dict) else rule
    return text if isinstance(text, str) else ""


def _check(rule: Any, compiled: Compile) -> Json:
    text = _text(rule)
    said: Json = {"type": "text"}
    if isinstance(rule, dict) and isinstance(rule.get("name"), str):
        said["name"] = rule["name"]
    said |= {"dimension": "accuracy", "description": text or "A rule that cannot be read."}
    condition = compiled(text)
    if condition is not None:
        query = "SELECT COUNT(*) FROM ${table} WHERE NOT COALESCE(" + condition + ", FALSE)"  # noqa: S608 - ${table} is ODCS's own
        said |= {"type": "sql", "query": query, "mustBe": 0}
    return {**said, "customProperties": custom({"rule": {"rule": rule, "of": _digest(said)}})}


def _digest(check: Json) -> str:
    """Ties a rule to the SQL that was made of it."""
    said = f"{check.get('query', check.get('description'))}|{check.get('mustBe')}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]
