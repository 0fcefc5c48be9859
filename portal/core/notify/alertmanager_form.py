"""An alert as Prometheus' Alertmanager writes it: labels, annotations, times and fingerprint."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from portal.core.notify.base import Letter

NEVER = "0001-01-01T00:00:00Z"
"""Go's zero time, which Alertmanager sends as the end of an alert that is still firing."""
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9_]")


def labels_of(letter: Letter) -> dict[str, str]:
    """The alert's identity: its own labels, with alertname, severity, team and a digest of the key of the trouble."""
    facts = letter.details
    own = {_name(name): str(value) for name, value in (facts.get("labels") or {}).items()}
    key = hashlib.sha256(str(facts.get("key", letter.key)).encode()).hexdigest()[:16]
    named = {
        "alertname": own.get("alertname") or str(facts.get("class") or "") or "CustodyPage",
        "severity": str(facts.get("severity") or "ticket"),
        "team": str(facts.get("team") or ""),
        "custody_key": key,
    }
    return {name: value for name, value in {**own, **named}.items() if value}


def annotations_of(letter: Letter) -> dict[str, str]:
    """What people read: summary, description, runbook_url and the alert's own annotations."""
    facts = letter.details
    own = {_name(name): str(value) for name, value in (facts.get("annotations") or {}).items()}
    named = {
        "summary": str(facts.get("summary") or letter.subject),
        "description": letter.body,
        "runbook_url": str(facts.get("runbook_url") or ""),
    }
    return {name: value for name, value in {**own, **named}.items() if value}


def alert(letter: Letter) -> dict[str, Any]:
    """One alert of a webhook of version 4."""
    labels = labels_of(letter)
    resolved = letter.action == "resolve"
    return {
        "status": "resolved" if resolved else "firing",
        "labels": labels,
        "annotations": annotations_of(letter),
        "startsAt": str(letter.details.get("started_at") or NEVER),
        "endsAt": str(letter.details.get("ended_at") or NEVER) if resolved else NEVER,
        "generatorURL": str(letter.details.get("url") or ""),
        "fingerprint": fingerprint(labels),
    }


def fingerprint(labels: Mapping[str, str]) -> str:
    """FNV-1a of 64 bits over the sorted labels, as prometheus/common's LabelSet.Fingerprint computes it.

    >>> fingerprint({})
    'cbf29ce484222325'
    >>> fingerprint({"a": "1", "b": "2"}) == fingerprint({"b": "2", "a": "1"})
    True
    """
    found = 0xCBF29CE484222325
    for name in sorted(labels):
        for byte in (*name.encode(), 255, *labels[name].encode(), 255):
            found = (found ^ byte) * 0x100000001B3 % 2**64
    return f"{found:016x}"


def _name(text: str) -> str:
    """A label's name as Prometheus allows it."""
    name = _NOT_A_NAME.sub("_", str(text))
    return f"_{name}" if name[:1].isdigit() else name or "_"
