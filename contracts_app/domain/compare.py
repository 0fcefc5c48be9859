"""Two versions compared by natural keys: what changed, for whom, and which version number that needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from contracts_app.domain.changes import BUMPS, Change, change, worst
from contracts_app.domain.compare_fields import field_changes
from contracts_app.domain.document import Loaded, version_key
from contracts_app.domain.model import DEFAULT_DEPRECATION_DAYS, DEFAULT_NOTICE_DAYS, Document
from contracts_app.domain.readings import AT_MOST, KEY_OF_SLO, SENSITIVITIES
from contracts_app.domain.terms import SloTerm, slo_terms


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict over two versions."""

    required_bump: str
    declared_bump: str
    ok: bool
    changes: list[Change]
    needed_version: str

    def as_dict(self) -> dict[str, Any]:
        """The shape that `custody diff --format json` prints."""
        shape = {"required_bump": self.required_bump, "declared_bump": self.declared_bump, "ok": self.ok}
        return {**shape, "needed_version": self.needed_version, "changes": [asdict(one) for one in self.changes]}

    @property
    def gates(self) -> set[str]:
        """Every gate that any change asks for."""
        return {gate for one in self.changes for gate in one.gates}


def compare_loaded(old: Loaded, new: Loaded) -> Comparison:
    """Compare two readable documents; another hash without a change that the table knows is a text change."""
    if old.document is None or new.document is None:
        raise ValueError("Only two documents that can be read can be compared.")
    return compare(old.document, new.document, other_hash=old.digest != new.digest)


def compare(old: Document, new: Document, *, other_hash: bool = False) -> Comparison:
    """What `new` changes in `old`; raises ValueError where a version is no semantic version."""
    changes = [*field_changes(old, new), *_slos(old, new), *_rules(old, new), *_privacy(old, new), *_rest(old, new)]
    if other_hash and not changes and old.version == new.version:
        changes = [change("", "text.changed", "Written otherwise: the same promises under another hash.", 1)]
    required, declared = worst(changes), declared_bump(old.version, new.version)
    enough = BUMPS.index(declared) >= BUMPS.index(required) if declared != "lower" else False
    ok = enough and (declared != "none" or not changes)
    return Comparison(required, declared, ok, changes, needed_version(old.version, required))


def declared_bump(old: str, new: str) -> str:
    """`none`, `patch`, `minor` or `major`, or `lower` for a step back.

    >>> declared_bump("1.2.0", "1.3.0"), declared_bump("1.2.0", "1.1.9")
    ('minor', 'lower')
    """
    before, after = version_key(old), version_key(new)
    if after < before:
        return "lower"
    for name, one, other in zip(("major", "minor", "patch"), before, after, strict=True):
        if one != other:
            return name
    return "none"


def needed_version(old: str, bump: str) -> str:
    """The smallest version that carries the bump.

    >>> needed_version("1.2.3", "minor")
    '1.3.0'
    """
    major, minor, patch = version_key(old)
    return {
        "major": f"{major + 1}.0.0",
        "minor": f"{major}.{minor + 1}.0",
        "patch": f"{major}.{minor}.{patch + 1}",
    }.get(bump, old)


def _slos(old: Document, new: Document) -> Iterator[Change]:
    before = {term.kind: term for term in slo_terms(old)}
    after = {term.kind: term for term in slo_terms(new)}
    for kind in sorted(before.keys() | after.keys()):
        spec = new.slo(kind)
        path, line = f"slos.{KEY_OF_SLO[kind]}", spec.spot.line if spec else 0
        if kind not in after:
            yield change(path, "slo.loosened", f"The {kind} promise is gone.", line)
        elif kind not in before:
            yield change(path, "slo.tightened", f"A {kind} promise is new.", line)
        else:
            yield from _slo(path, line, before[kind], after[kind])


def _slo(path: str, line: int, old: SloTerm, new: SloTerm) -> Iterator[Change]:
    if old.target != new.target:
        looser = (new.target[1] > old.target[1]) == (old.kind in AT_MOST)
        kind = "slo.loosened" if looser or old.target[0] != new.target[0] else "slo.tightened"
        yield change(f"{path}.target", kind, f"Target {_said(old.target)} became {_said(new.target)}.", line)
    if (old.window, old.element, old.expected) != (new.window, new.element, new.expected):
        yield change(path, "slo.window", "What is measured changed (window, element or expected).", line)
    if (old.alert, old.for_minutes) != (new.alert, new.for_minutes):
        yield change(f"{path}.alert", "slo.alert", f"Alert {_said(old.alert)} became {_said(new.alert)}.", line)
    if (old.schedule, old.objective) != (new.schedule, new.objective):
        yield change(path, "slo.window", "Schedule or objective changed.", line)
    if old.runbook != new.runbook or old.owner != new.owner:
        yield change(path, "people.changed", "Owner or runbook changed.", line)


def _said(bound: tuple[str, float]) -> str:
    return f"{bound[0]} {bound[1]:g}"


def _rules(old: Document, new: Document) -> Iterator[Change]:
    before = {_normal(rule.text): rule for rule in old.rules}
    after = {_normal(rule.text): rule for rule in new.rules}
    for text in before.keys() - after.keys():
        yield change("slos.accuracy_rules", "rule.removed", f"The rule `{text[:80]}` is gone.")
    for text in after.keys() - before.keys():
        line = after[text].spot.line
        yield change("slos.accuracy_rules", "rule.added", f"The rule `{text[:80]}` is new.", line)


def _normal(text: str) -> str:
    return " ".join(text.split())


def _privacy(old: Document, new: Document) -> Iterator[Change]:
    yield from _classification(old, new)
    yield from _sets(old, new)
    yield from _retention(old, new)
    if old.audit_log_topic != new.audit_log_topic:
        kind = "audit.changed" if old.audit_log_topic else "deletion.added"
        yield change("privacy.audit_log_topic", kind, "The audit log topic changed.", _line(new, "privacy"))


def _classification(old: Document, new: Document) -> Iterator[Change]:
    before, after = (old.category or "", old.sensitivity), (new.category or "", new.sensitivity)
    if before == after:
        return
    raised = SENSITIVITIES.index(after[1]) > SENSITIVITIES.index(before[1]) or (after[0] == "pii" != before[0])
    kind = "classification.raised" if raised else "classification.lowered"
    said = f"Classification {'-'.join(before)} became {'-'.join(after)}."
    yield change("classification", kind, said, _line(new, "classification"))


def _sets(old: Document, new: Document) -> Iterator[Change]:
    """Sets of promises: what went, what came."""
    rows = (
        ("residency", old.residency, new.residency, "residency.region-removed", "residency.region-added"),
        ("encryption", old.encryption, new.encryption, "encryption.dropped", "encryption.added"),
        ("privacy.deletion_propagation", set(old.deletion_targets), set(new.deletion_targets),
         "deletion.removed", "deletion.added"),
    )  # fmt: skip
    for path, before, after, gone, come in rows:
        line = _line(new, path.split(".")[0])
        if path == "residency" and bool(before) != bool(after):
            yield change(path, come if before else gone, "The residency promise was dropped or is new.", line)
            continue
        for value in sorted(before - after):
            yield change(path, gone, f"`{value}` is gone.", line)
        for value in sorted(after - before):
            yield change(path, come, f"`{value}` is new.", line)


def _retention(old: Document, new: Document) -> Iterator[Change]:
    before, after = (float("inf") if days is None else days for days in (old.retention_days, new.retention_days))
    if before != after:
        kind = "retention.longer" if after > before else "retention.shorter"
        said = f"Retention {_days(before)} became {_days(after)}."
        yield change("retention_days", kind, said, _line(new, "retention_days"))


def _days(value: float) -> str:
    return "unlimited" if value == float("inf") else f"{value:g} days"


def _rest(old: Document, new: Document) -> Iterator[Change]:
    yield from _windows(old, new)
    people = ("owner", "on_call", "contact", "consumers", "raci")
    for key in people:
        if getattr(old, key) != getattr(new, key):
            yield change(key, "people.changed", f"`{key}` changed.", _line(new, key))
    for key in ("description", "tags"):
        if getattr(old, key) != getattr(new, key):
            yield change(key, "text.changed", f"`{key}` changed.", _line(new, key))
    if old.asset != new.asset or old.name != new.name:
        yield change("asset", "unknown.changed", "Another asset is under contract, or its tier or layer changed.")
    for path in sorted(old.unknown.keys() | new.unknown.keys() | {"extensions"}):
        pair = [_unknown(document, path) for document in (old, new)]
        if repr(pair[0]) != repr(pair[1]):
            yield change(path, "unknown.changed", f"`{path}` changed; the format does not know what it promises.")


def _windows(old: Document, new: Document) -> Iterator[Change]:
    for key, default in (("notice_days", DEFAULT_NOTICE_DAYS), ("deprecation_days", DEFAULT_DEPRECATION_DAYS)):
        before, after = (default if (days := getattr(doc, key)) is None else days for doc in (old, new))
        if before != after:
            kind = "window.shortened" if after < before else "window.lengthened"
            said = f"{key.replace('_', ' ').capitalize()}: {before:g} became {after:g}."
            yield change(f"change_policy.{key}", kind, said, _line(new, "change_policy"))


def _unknown(document: Document, path: str) -> Any:
    return document.extensions if path == "extensions" else document.unknown.get(path)


def _line(document: Document, key: str) -> int:
    spot = document.spots.get(key)
    return spot.line if spot else 0
