"""The table of changes: for each kind what it means to consumer, subject and producer, its bump and its gates.

Source: the design's table "three perspectives, one bump". The consumer's view is Avro's FORWARD compatibility. Gates:
D deprecation window first, R readiness run, S the new owner signs, PO the privacy officer signs, N notice, W waivable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

BUMPS = ("none", "patch", "minor", "major")


class Row(NamedTuple):
    """One row of the table."""

    consumer: str
    subject: str
    producer: str
    bump: str
    gates: tuple[str, ...]


def _row(consumer: str, subject: str, producer: str, bump: str, gates: str = "") -> Row:
    return Row(consumer, subject, producer, bump, tuple(gates.split()))


L, T, B, U, O = "loosens", "tightens", "both", "undetermined", "none"  # noqa: E741  (the words of the table)
TABLE: dict[str, Row] = {
    "field.added": _row(T, O, T, "minor", "R"),
    "field.added-personal": _row(T, L, T, "major", "PO N"),
    "field.removed": _row(L, O, L, "major", "D N"),
    "type.widened": _row(L, O, L, "major", "N W"),
    "type.changed": _row(B, O, B, "major", "N R"),
    "type.to-enum": _row(T, O, T, "minor", "R"),
    "enum.value-added": _row(L, O, L, "major", "N W"),
    "enum.value-added-open": _row(O, O, L, "minor"),
    "enum.value-removed": _row(T, O, T, "minor", "R"),
    "enum.dropped": _row(L, O, L, "major", "N"),
    "required.dropped": _row(L, O, L, "major", "N"),
    "required.added": _row(T, O, T, "minor", "R"),
    "unique.dropped": _row(L, O, L, "major", "N"),
    "unique.added": _row(T, O, T, "minor", "R"),
    "limit.loosened": _row(L, O, L, "major", "N"),
    "limit.tightened": _row(T, O, T, "minor", "R"),
    "pattern.changed": _row(U, O, U, "major", "N W"),
    "rule.changed": _row(U, O, U, "major", "N W"),
    "rule.removed": _row(L, O, L, "major", "N"),
    "rule.added": _row(T, O, T, "minor", "R"),
    "slo.loosened": _row(L, O, L, "major", "N"),
    "slo.tightened": _row(T, O, T, "minor", "R"),
    "slo.alert": _row(O, O, O, "patch"),
    "slo.window": _row(B, O, B, "major", "N"),
    "classification.raised": _row(O, L, O, "major", "PO N"),
    "classification.lowered": _row(O, L, O, "major", "PO N"),
    "residency.region-added": _row(O, L, L, "major", "PO N"),
    "residency.region-removed": _row(O, T, T, "minor", "R"),
    "retention.longer": _row(T, L, L, "major", "PO N"),
    "retention.shorter": _row(L, T, T, "major", "N"),
    "encryption.dropped": _row(O, L, L, "major", "PO N"),
    "encryption.added": _row(O, T, T, "minor", "R"),
    "deletion.removed": _row(O, L, L, "major", "PO N"),
    "deletion.added": _row(O, T, T, "minor", "R"),
    "audit.changed": _row(O, L, O, "major", "PO N"),
    "window.shortened": _row(L, O, O, "major", "N"),
    "window.lengthened": _row(T, O, O, "minor"),
    "people.changed": _row(O, O, O, "patch", "S"),
    "field.deprecated": _row(O, O, O, "minor"),
    "text.changed": _row(O, O, O, "patch"),
    "unknown.changed": _row(U, U, U, "major", "N W"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change, as `custody diff --format json` prints it."""

    path: str
    kind: str
    message: str
    line: int = 0
    consumer: str = O
    subject: str = O
    producer: str = O
    bump: str = "none"
    gates: list[str] = field(default_factory=list)


def change(path: str, kind: str, message: str, line: int = 0) -> Change:
    """A change with what the table says of its kind."""
    row = TABLE[kind]
    return Change(path, kind, message, line, row.consumer, row.subject, row.producer, row.bump, list(row.gates))


def worst(changes: list[Change]) -> str:
    """The largest bump of all changes.

    >>> worst([change("a", "text.changed", ""), change("b", "field.removed", "")])
    'major'
    """
    return max((one.bump for one in changes), key=BUMPS.index, default="none")
