"""Facets that outlive a run: the newest statement about a dataset or job wins, in whatever order
statements arrive.

A last-writer-wins map: each key holds (event time, body digest, value), the larger pair wins, a deletion
is kept as a tombstone. The merge is commutative, associative and idempotent, so that duplicates and
disorder cannot be seen.
"""

from datetime import datetime
from typing import Any

Stamped = dict[str, list[Any]]


def lay_over(known: Stamped, facets: dict[str, Any], at: datetime, digest: str) -> None:
    """Lay `facets`, said at `at` by the body with `digest`, over `known` in place.

    `_deleted: true` becomes a tombstone, so that an earlier statement that comes late does not bring the facet back.
    """
    moment = at.isoformat(timespec="microseconds")
    for key, value in facets.items():
        old = known.get(key)
        if old is None or (old[0], old[1]) < (moment, digest):
            known[key] = [moment, digest, None if _is_deletion(value) else value]


def merge(known: Stamped, sent: Stamped) -> Stamped:
    """Return the newest statement for each key.

    >>> merge({"a": ["2026-01-01", "f", 1]}, {"a": ["2026-01-02", "0", 2], "b": ["2025-01-01", "0", 3]})
    {'a': ['2026-01-02', '0', 2], 'b': ['2025-01-01', '0', 3]}
    """
    result = dict(known)
    for key, entry in sent.items():
        old = result.get(key)
        if old is None or (old[0], old[1]) < (entry[0], entry[1]):
            result[key] = entry
    return result


def current(known: Stamped) -> dict[str, Any]:
    """Return the living values by key."""
    return {key: entry[2] for key, entry in known.items() if entry[2] is not None}


def _is_deletion(value: Any) -> bool:
    return isinstance(value, dict) and value.get("_deleted") is True
