"""What may be waived, for how long, and the bytes that the waiver's signature is about.

Source: the design, "Changes" (gate W; a row with PO never) and "The gate" (no contract at all: seven days at most).
One rule serves both uses: a row of a version's change report, and a finding of the gate. Pure, so that a verdict can
be computed again from what it stood on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts_app.domain.changes import TABLE
from portal.core.evidence.domain.canonical import canonical_bytes

LONGEST_OF_A_CHANGE = timedelta(days=90)
OF_A_FINDING = {
    "contract.none": timedelta(days=7),
    "contract.left-out": timedelta(days=7),
    "lineage.missing": timedelta(days=14),
    "lineage.incomplete": timedelta(days=14),
    "coverage.missing": timedelta(days=14),
    "coverage.no-flow": timedelta(days=14),
    "slo.out-of-bounds": timedelta(days=7),
    "slo.budget-spent": timedelta(days=7),
}
"""Findings of the gate that may be waived at all, each with the longest time."""
ONCE = frozenset({"contract.none"})
"""Rules whose longest time counts from the first waiver: asking again does not make it longer."""
LEAST_REASON = 10


@dataclass(frozen=True, slots=True)
class Waivable:
    """Whether a rule may be waived; `longest` is None where it never may, and `why` says so to its reader."""

    longest: timedelta | None
    why: str = ""


def waivable(rule: str, gates: Collection[str] | None = None) -> Waivable:
    """Whether a rule may be waived; `gates` are those of the row of the change report, for a change.

    >>> waivable("contract.none").longest.days, waivable("type.widened").longest.days
    (7, 90)
    >>> waivable("classification.raised").why
    'A row that the privacy officer signs is never waived.'
    >>> waivable("contract.hash").longest is None
    True
    """
    if rule in OF_A_FINDING:
        return Waivable(OF_A_FINDING[rule])
    held = gates if gates is not None else (TABLE[rule].gates if rule in TABLE else ())
    if "PO" in held:
        return Waivable(None, "A row that the privacy officer signs is never waived.")
    if "W" in held:
        return Waivable(LONGEST_OF_A_CHANGE)
    return Waivable(None, f"The table of changes and the gate know no waiver for `{rule}`: mend it instead.")


def refusal(
    allowed: Waivable, *, reason: str, expires_at: datetime, now: datetime, since: datetime | None = None
) -> list[str]:
    """Why a waiver with these words cannot be written, as sentences; none where it can.

    `since` is when the same thing was first waived, where waiving it again must not make the time longer.
    """
    if allowed.longest is None:
        return [allowed.why]
    reasons = []
    if len(reason.strip()) < LEAST_REASON:
        reasons.append(f"Say why in at least {LEAST_REASON} characters: every later verdict shows it.")
    if expires_at <= now:
        reasons.append("The end has passed already. Choose a later one.")
    elif expires_at > (since or now) + allowed.longest:
        counted = f", counted from {since:%Y-%m-%d %H:%M} UTC when it was waived first" if since else ""
        reasons.append(f"This may be waived for {allowed.longest.days} days at most{counted}. Choose an earlier end.")
    return reasons


@dataclass(frozen=True, slots=True)
class Terms:
    """What is waived, for whom, until when: all that the signer binds themselves to."""

    rule: str
    path: str
    contract: str
    version: str
    digest: str
    asset: str
    job: str
    reason: str
    expires_at: datetime
    number: str

    def canonical(self) -> bytes:
        """The RFC 8785 bytes whose SHA-256 is signed."""
        words = {name: getattr(self, name) for name in self.__slots__ if name != "expires_at"}
        return canonical_bytes({"domain": "custody.waiver.v1", **words, "expires_at": self.expires_at.isoformat()})
