"""How the short notations of the format are read: `pii-low`, `us-only`, `at_rest:+in_transit`, `">= 99.5%"`.

Each function returns None for what it cannot read, so that lint can point at the place.
"""

from __future__ import annotations

import re

from contracts_app.domain.model import Bound

SENSITIVITIES = ("none", "low", "medium", "high")
CATEGORIES = {"pii": "pii", "public": "public", "internal": "internal", "confidential": "confidential"}
ENCRYPTIONS = {"at_rest", "in_transit"}
AT_MOST = {"freshness", "vector_sync_lag", "drift", "retention"}
SLO_KEYS = {
    "freshness_minutes": "freshness",
    "completeness_pct": "completeness",
    "accuracy_pct": "accuracy",
    "vector_sync_lag_minutes": "vector_sync_lag",
    "drift_psi": "drift",
    "groundedness_pct": "groundedness",
    "retention": "retention",
}
KEY_OF_SLO = {kind: key for key, kind in SLO_KEYS.items()}
_BOUND = re.compile(r"\s*(<=|>=|<|>|==?)?\s*(-?\d+(?:\.\d+)?)\s*(%|min(?:utes?)?|m|d|days?)?\s*")
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|sec|m|min|minutes?|h|hours?|d|days?)?\s*")
_MINUTES = {"s": 1 / 60, "m": 1.0, "h": 60.0, "d": 1440.0}
_REGION = re.compile(r"[a-z]{2,3}")


def classification(text: str) -> tuple[str, str] | None:
    """Category and sensitivity.

    >>> classification("pii-low"), classification("internal"), classification("secretish")
    (('pii', 'low'), ('internal', 'none'), None)
    """
    if text in SENSITIVITIES:
        return ("", text)
    head, _, tail = text.partition("-")
    if head not in CATEGORIES or (tail and tail not in SENSITIVITIES):
        return None
    return CATEGORIES[head], tail or ("low" if head == "pii" else "none")


def residency(text: str) -> frozenset[str] | None:
    """The set of regions.

    >>> sorted(residency("us-eu")), sorted(residency("us-only")), residency("US only!")
    (['eu', 'us'], ['us'], None)
    """
    parts = text.lower().removesuffix("-only").split("-")
    if not all(_REGION.fullmatch(part) for part in parts):
        return None
    return frozenset(parts)


def encryption(text: str) -> frozenset[str] | None:
    """A `+`-joined set; a stray `:` is accepted.

    >>> sorted(encryption("at_rest:+in_transit"))
    ['at_rest', 'in_transit']
    """
    parts = {part.strip().strip(":").strip() for part in text.split("+")}
    return frozenset(parts) if parts and parts <= ENCRYPTIONS else None


def target(value: object, kind: str) -> Bound | None:
    """A target: a bare number means at most for minutes and PSI, at least for percentages.

    >>> target(15, "freshness"), target(">= 99.5%", "completeness")
    (Bound(op='<=', value=15.0), Bound(op='>=', value=99.5))
    """
    return _bound(value, "<=" if kind in AT_MOST else ">=")


def alert(value: object, kind: str) -> Bound | None:
    """An alert: a bare number means the wrong side of the target.

    >>> alert("> 20", "freshness"), alert(99, "completeness")
    (Bound(op='>', value=20.0), Bound(op='<', value=99.0))
    """
    return _bound(value, ">" if kind in AT_MOST else "<")


def minutes(value: object) -> float | None:
    """A duration in minutes; a bare number is minutes.

    >>> minutes("1h"), minutes(5), minutes("10 min"), minutes("soon")
    (60.0, 5.0, 10.0, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    match = _DURATION.fullmatch(str(value))
    return float(match[1]) * _MINUTES[(match[2] or "m")[0]] if match else None


def wrong_way(bound: Bound, kind: str, *, is_alert: bool) -> bool:
    """Whether the operator points against the nature of the SLO: an alert on freshness below 20 minutes."""
    low = kind in AT_MOST
    wanted = {">", ">="} if low == is_alert else {"<", "<="}
    return bound.op not in wanted


def fires_within_target(target_: Bound, alert_: Bound, kind: str) -> bool:
    """Whether the alert fires while the target is still met; looser than the target is the normal dead band."""
    return alert_.value < target_.value if kind in AT_MOST else alert_.value > target_.value


def _bound(value: object, default: str) -> Bound | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    match = _BOUND.fullmatch(str(value))
    if match is None:
        return None
    return Bound({"=": "==", None: default}.get(match[1], match[1] or default), float(match[2]))
