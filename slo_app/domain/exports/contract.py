"""An SLO as its lines under `slos` of a contract, so that a promise made by hand can be signed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ..bounds import Bound, plain
from .promise import Promise


def snippet(promise: Promise, key: str) -> dict[str, Any]:
    """The section `slos` with this one entry; `key` is what a contract calls the kind, as `freshness_minutes`."""
    percent = "%" if promise.unit == "%" else ""
    entry: dict[str, Any] = {
        "target": _bound(promise.target, percent),
        "alert": _bound(promise.alert, percent),
        "for": _length(promise.hold),
    }
    more = {
        "element": promise.element,
        "window": _length(promise.window) if promise.window else "",
        "owner": promise.owner_title or promise.team_name,
    }
    entry |= {name: value for name, value in more.items() if value}
    if not promise.ratio:
        entry["objective"] = float(promise.objective)
    return {"slos": {key: entry}}


def _bound(bound: Bound, percent: str) -> str:
    return f"{bound.op} {plain(bound.value)}{percent}"


def _length(length: timedelta) -> str:
    """A duration as contracts read it back.

    >>> _length(timedelta(hours=24)), _length(timedelta(seconds=90))
    ('24h', '1.5 min')
    """
    hours, rest = divmod(length, timedelta(hours=1))
    return f"{hours}h" if hours and not rest else f"{length / timedelta(minutes=1):g} min"
