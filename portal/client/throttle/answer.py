"""One answer of the throttle as a job holds it, and for how long by the rules of HTTP (RFC 9111, RFC 5861)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

_SECONDS = re.compile(r"\b(max-age|stale-if-error)=(\d+)")
LONGEST_S = 3600.0


@dataclass(frozen=True)
class Held:
    """What holds: the decision, the rate factor from 1.0 down to 0, the reasons, and what holds where nobody answers.

    `source` says where it comes from: `portal`, `kept` (the last answer, the portal being away), `on_unknown` of the
    last answer, or `default` where there never was one.
    """

    decision: str
    rate_factor: float
    reasons: tuple[Mapping[str, Any], ...] = ()
    on_unknown: str = "allow"
    retry_after_s: float = 30.0
    source: str = "portal"

    @property
    def denied(self) -> bool:
        """Whether nothing may be read now."""
        return self.decision == "deny"

    @property
    def why(self) -> str:
        """The reasons as sentences."""
        return " ".join(str(each.get("text") or each.get("slo") or "") for each in self.reasons).strip()


def unknown(on_unknown: str, source: str) -> Held:
    """What holds where nobody can tell.

    >>> unknown("deny", "default").rate_factor, unknown("allow", "on_unknown").decision
    (0.0, 'allow')
    """
    denied = on_unknown == "deny"
    return Held("deny" if denied else "allow", 0.0 if denied else 1.0, (), on_unknown, source=source)


@dataclass(frozen=True)
class Kept:
    """An answer with its tag and its times on this process's own clock, which no step of the wall clock moves."""

    held: Held
    etag: str
    fresh_until: float
    usable_until: float

    def at(self, now: float) -> Held:
        """What it comes to at `now` where the portal does not answer.

        >>> kept = Kept(Held("degrade", 0.5, on_unknown="deny"), "", fresh_until=30, usable_until=330)
        >>> [kept.at(now).decision for now in (29, 100, 400)]
        ['degrade', 'degrade', 'deny']
        """
        if now < self.fresh_until:
            return self.held
        if now < self.usable_until:
            return replace(self.held, source="kept")
        return unknown(self.held.on_unknown, "on_unknown")

    def again(self, headers: Mapping[str, str], now: float) -> Kept:
        """The same answer, which the portal has just said still holds."""
        return keep(self.held, self.etag, headers, now)


def keep(held: Held, etag: str, headers: Mapping[str, str], now: float) -> Kept:
    """An answer with the times that its Cache-Control gives it; names of `headers` are in small letters.

    >>> kept = keep(Held("allow", 1.0), "", {"cache-control": "private, max-age=30, stale-if-error=300"}, 10.0)
    >>> kept.fresh_until, kept.usable_until
    (40.0, 340.0)
    """
    said = {name: min(float(text), LONGEST_S) for name, text in _SECONDS.findall(headers.get("cache-control", ""))}
    fresh_until = now + said.get("max-age", 0.0)
    return Kept(held, etag, fresh_until, fresh_until + said.get("stale-if-error", 0.0))


def held_of(document: Mapping[str, Any], headers: Mapping[str, str]) -> Held:
    """Read an answer of the portal; raises ValueError for one that is no such.

    >>> held_of({"decision": "degrade", "rate_factor": 0.5, "on_unknown": "allow", "reasons": []}, {}).rate_factor
    0.5
    """
    decision, factor, fallback = (document.get(name) for name in ("decision", "rate_factor", "on_unknown"))
    if decision not in ("allow", "degrade", "deny") or fallback not in ("allow", "deny"):
        raise ValueError("what answered is no decision of the throttle")
    if not isinstance(factor, int | float) or not 0 <= factor <= 1:
        raise ValueError("the rate factor is none")
    reasons = document.get("reasons")
    after = headers.get("retry-after", "")
    return Held(
        str(decision),
        float(factor),
        tuple(each for each in reasons if isinstance(each, dict)) if isinstance(reasons, list) else (),
        str(fallback),
        min(float(after), LONGEST_S) if after.isdecimal() else 30.0,
    )
