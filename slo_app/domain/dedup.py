"""The key that makes two notices about the same trouble one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


def dedup_key(slo: int, labels: Mapping[str, str]) -> str:
    """SHA-256 of the SLO and its labels, in hex: stable across restarts and never dependent on the value.

    >>> dedup_key(7, {"asset": "shop/orders", "kind": "freshness"})[:12]
    '427063f7a9ab'
    >>> dedup_key(7, {"a": "1", "b": "2"}) == dedup_key(7, {"b": "2", "a": "1"})
    True
    """
    text = json.dumps({"slo": slo, "labels": dict(labels)}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
