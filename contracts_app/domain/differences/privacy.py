"""Changes of what the persons in the data are promised: classification, residency, retention, encryption, deletion."""

from __future__ import annotations

from collections.abc import Iterator

from contracts_app.domain.changes import Change, change
from contracts_app.domain.differences.values import line_of
from contracts_app.domain.model import Document
from contracts_app.domain.readings import SENSITIVITIES

_CATEGORIES = ("", "public", "internal", "confidential", "pii")


def promises(old: Document, new: Document) -> Iterator[Change]:
    """The promises at the head of the contract."""
    yield from _classification(old, new)
    yield from _residency(old, new)
    yield from _retention(old, new)
    yield from _encryption(old, new)


def deletion(old: Document, new: Document) -> Iterator[Change]:
    """Where a deletion must reach, and where it is logged."""
    line = line_of(new, "privacy")
    before, after = set(old.deletion_targets), set(new.deletion_targets)
    path = "privacy.deletion_propagation"
    for target in sorted(before - after):
        said = f"A deletion no longer reaches `{target}`."
        yield change(path, "deletion.removed", said, line, old=target)
    for target in sorted(after - before):
        yield change(path, "deletion.added", f"A deletion reaches `{target}` too.", line, new=target)
    if old.audit_log_topic != new.audit_log_topic:
        kind = "audit.changed" if old.audit_log_topic else "audit.added"
        topics = {"old": old.audit_log_topic, "new": new.audit_log_topic}
        yield change("privacy.audit_log_topic", kind, "The topic of the audit log changed.", line, **topics)


def _classification(old: Document, new: Document) -> Iterator[Change]:
    before, after = _rank(old), _rank(new)
    if before == after:
        return
    raised = all(one <= other for one, other in zip(before, after, strict=True))
    kind = "classification.raised" if raised else "classification.lowered"
    words = {"old": _class(old), "new": _class(new)}
    said = f"The classification was {words['old']} and is {words['new']} now."
    yield change("classification", kind, said, line_of(new, "classification"), **words)


def _rank(document: Document) -> tuple[int, int]:
    return _CATEGORIES.index(document.category or ""), SENSITIVITIES.index(document.sensitivity)


def _class(document: Document) -> str:
    words = [document.category or "", "" if document.sensitivity == "none" else document.sensitivity]
    return "-".join(word for word in words if word) or "none"


def _residency(old: Document, new: Document) -> Iterator[Change]:
    """No region named means any region, so dropping the promise adds regions and the first promise removes some."""
    before, after = old.residency, new.residency
    if before == after:
        return
    wider = not after or (bool(before) and bool(after - before))
    narrower = not before or (bool(after) and bool(before - after))
    kind = "residency.region-added" if not narrower else "residency.swapped" if wider else "residency.region-removed"
    said = f"Where the data may live was {_regions(before)} and is {_regions(after)} now."
    regions = {"old": _regions(before), "new": _regions(after)}
    yield change("residency", kind, said, line_of(new, "residency"), **regions)


def _regions(value: frozenset[str]) -> str:
    return ", ".join(sorted(value)) or "anywhere"


def _retention(old: Document, new: Document) -> Iterator[Change]:
    before, after = (float("inf") if days is None else days for days in (old.retention_days, new.retention_days))
    if before != after:
        kind = "retention.longer" if after > before else "retention.shorter"
        words = {"old": _days(before), "new": _days(after)}
        said = f"The data is kept {words['new']}; it was {words['old']}."
        yield change("retention_days", kind, said, line_of(new, "retention_days"), **words)


def _days(value: float) -> str:
    return "without limit" if value == float("inf") else f"{value:.15g} days"


def _encryption(old: Document, new: Document) -> Iterator[Change]:
    line = line_of(new, "encryption")
    for value in sorted(old.encryption - new.encryption):
        said = f"Encryption {value.replace('_', ' ')} is no longer promised."
        yield change("encryption", "encryption.dropped", said, line, old=value)
    for value in sorted(new.encryption - old.encryption):
        said = f"Encryption {value.replace('_', ' ')} is promised now."
        yield change("encryption", "encryption.added", said, line, new=value)
