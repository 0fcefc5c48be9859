"""The table of changes: for each kind what it means to consumer, subject and producer, its bump, gates and needs.

Source: the design's table "three perspectives, one bump". The consumer's view is Avro's FORWARD compatibility. Where a
cell of that table has one entry for two directions, its gates belong to the MAJOR one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

BUMPS = ("none", "patch", "minor", "major")
GATES = {
    "N": "notice to the consumers, as long as the old contract says",
    "D": "a deprecation window first",
    "R": "a readiness run: the new promise tested before it comes into force",
    "S": "the new owner signs",
    "PO": "the privacy officer signs",
    "W": "the notice or the readiness run may be waived, with reason, expiry and signer",
}
NEEDS = {
    "live-data": "the new contract tested on live data",
    "slo-history": "the last 30 days of measurements within the new target",
    "stores": "every store of the asset checked against the new promise",
    "evidence": "evidence that the lower classification is right",
    "empty-store": "proof that the store holds nothing any more",
    "connector": "a connector that can delete in the new store",
}


class Row(NamedTuple):
    """One row of the table."""

    consumer: str
    subject: str
    producer: str
    bump: str
    gates: tuple[str, ...]
    needs: tuple[str, ...]


def _row(consumer: str, subject: str, producer: str, bump: str, gates: str = "", needs: str = "") -> Row:
    """A row; a readiness run is on live data unless the row says on what else."""
    letters = tuple(gates.split())
    return Row(consumer, subject, producer, bump, letters, tuple(needs.split()) or ("live-data",) * ("R" in letters))


L, T, B, U, O = "loosens", "tightens", "both", "undetermined", "none"  # noqa: E741  (the words of the table)
TABLE: dict[str, Row] = {
    "field.added": _row(T, O, T, "minor", "R"),
    "field.added-required": _row(T, O, T, "minor", "R"),
    "field.added-personal": _row(T, L, T, "major", "PO N"),
    "field.removed": _row(L, O, L, "major", "D N"),
    "field.deprecated": _row(O, O, O, "minor"),
    "type.widened": _row(L, O, L, "major", "N W"),
    "type.narrowed": _row(B, O, B, "major", "N R"),
    "type.swapped": _row(B, O, B, "major", "N R"),
    "type.to-enum": _row(T, O, T, "minor", "R"),
    "enum.value-added": _row(L, O, L, "major", "N W"),
    "enum.value-added-open": _row(O, O, L, "minor"),
    "enum.value-removed": _row(T, O, T, "minor", "R"),
    "enum.added": _row(T, O, T, "minor", "R"),
    "enum.dropped": _row(L, O, L, "major", "N"),
    "enum.opened": _row(L, O, L, "major", "N"),
    "enum.closed": _row(T, O, T, "minor", "R"),
    "required.dropped": _row(L, O, L, "major", "N"),
    "required.added": _row(T, O, T, "minor", "R"),
    "unique.dropped": _row(L, O, L, "major", "N"),
    "unique.added": _row(T, O, T, "minor", "R"),
    "limit.loosened": _row(L, O, L, "major", "N"),
    "limit.tightened": _row(T, O, T, "minor", "R"),
    "pattern.removed": _row(L, O, L, "major", "N"),
    "pattern.added": _row(T, O, T, "minor", "R"),
    "pattern.changed": _row(U, O, U, "major", "N W"),
    "default.changed": _row(U, O, U, "major", "N W"),
    "rule.removed": _row(L, O, L, "major", "N"),
    "rule.added": _row(T, O, T, "minor", "R"),
    "rule.weaker": _row(L, O, L, "major", "N"),
    "rule.stronger": _row(T, O, T, "minor", "R"),
    "rule.changed": _row(U, O, U, "major", "N W"),
    "slo.removed": _row(L, O, L, "major", "N"),
    "slo.added": _row(T, O, T, "minor", "R", "slo-history"),
    "slo.loosened": _row(L, O, L, "major", "N"),
    "slo.tightened": _row(T, O, T, "minor", "R", "slo-history"),
    "slo.alert": _row(O, O, O, "patch"),
    "slo.measured": _row(B, O, B, "major", "N"),
    "classification.raised": _row(O, L, O, "major", "PO N"),
    "classification.lowered": _row(O, L, O, "major", "PO N", "evidence"),
    "personal.added": _row(O, L, O, "major", "PO N"),
    "personal.removed": _row(O, L, O, "major", "PO N", "evidence"),
    "personal.changed": _row(O, L, O, "major", "PO N", "evidence"),
    "residency.region-added": _row(O, L, L, "major", "PO N"),
    "residency.swapped": _row(O, L, B, "major", "PO N", "stores"),
    "residency.region-removed": _row(O, T, T, "minor", "R", "stores"),
    "retention.longer": _row(T, L, L, "major", "PO N"),
    "retention.shorter": _row(L, T, T, "major", "N"),
    "encryption.dropped": _row(O, L, L, "major", "PO N"),
    "encryption.added": _row(O, T, T, "minor", "R", "stores"),
    "deletion.removed": _row(O, L, L, "major", "PO N", "empty-store"),
    "deletion.added": _row(O, T, T, "minor", "", "connector"),
    "audit.changed": _row(O, L, O, "major", "PO N"),
    "audit.added": _row(O, T, O, "minor"),
    "window.shortened": _row(L, O, L, "major", "N"),
    "window.lengthened": _row(T, O, T, "minor"),
    "people.changed": _row(O, O, O, "patch", "S"),
    "people.emptied": _row(O, O, O, "patch", "S"),  # and refused: somebody must answer
    "consumer.added": _row(O, O, O, "patch"),
    "consumer.removed": _row(O, O, O, "patch", "N"),
    "tier.lowered": _row(L, O, L, "major", "N"),
    "tier.raised": _row(T, O, T, "minor"),
    "asset.changed": _row(U, U, U, "major", "N"),
    "text.changed": _row(O, O, O, "patch"),
    "unknown.changed": _row(U, U, U, "major", "N W"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change, as `custody diff --format json` prints it; `old` and `new` are values as a person says them."""

    path: str
    kind: str
    message: str
    line: int = 0
    consumer: str = O
    subject: str = O
    producer: str = O
    bump: str = "none"
    gates: list[str] = field(default_factory=list)
    old: str = ""
    new: str = ""
    requires: list[str] = field(default_factory=list)

    @property
    def waivable(self) -> bool:
        """Whether this row's notice or readiness run may be waived: never where the privacy officer signs."""
        return "W" in self.gates and "PO" not in self.gates

    def as_dict(self) -> dict[str, Any]:
        """The change as JSON carries it."""
        return {name: getattr(self, name) for name in _NAMES}


_NAMES = (
    "path",
    "kind",
    "consumer",
    "subject",
    "producer",
    "bump",
    "gates",
    "message",
    "line",
    "old",
    "new",
    "requires",
)


def change(path: str, kind: str, message: str, line: int = 0, *, old: object = None, new: object = None) -> Change:
    """A change with what the table says of its kind."""
    row = TABLE[kind]
    graded = (row.consumer, row.subject, row.producer, row.bump, list(row.gates))
    return Change(path, kind, message, line, *graded, shown(old), shown(new), list(row.needs))


def worst(changes: Iterable[Change]) -> str:
    """The largest bump of all changes.

    >>> worst([change("a", "text.changed", ""), change("b", "field.removed", "")])
    'major'
    """
    return max((one.bump for one in changes), key=BUMPS.index, default="none")


def shown(value: object) -> str:
    """A value as a person would say it; nothing for an absent one.

    >>> [shown(value) for value in (None, True, 15.0, ("b", "a"), frozenset({"us", "eu"}))]
    ['', 'true', '15', 'b, a', 'eu, us']
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:.15g}"
    if isinstance(value, frozenset | set):
        return ", ".join(sorted(map(shown, value)))
    if isinstance(value, tuple | list):
        return ", ".join(map(shown, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {shown(inner)}" for key, inner in value.items())
    return str(value)
