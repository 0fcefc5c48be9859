"""Reading what Prometheus' Alertmanager sends to a webhook, version 4 (notify/webhook/webhook.go).

Keys that we do not know are ignored: newer versions add some. Labels are whatever a rule's author wrote, so they are
bounded in number and length, freed of control characters, and never taken for an address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

MOST_ALERTS = 1000
MOST_LABELS, LONGEST_NAME, LONGEST_VALUE = 64, 100, 1000
OWN_LABEL = "custody_key"  # on every alert that the portal itself sends to an Alertmanager
TEAM_LABELS = ("team", "owner", "owner_team")
PAGING = frozenset({"page", "critical", "error", "emergency", "fatal", "high", ""})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_FINGERPRINT = re.compile(r"[0-9a-f]{16}\Z")


class WebhookRefused(ValueError):
    """The document cannot be read as a webhook; the sentence says where and why."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. `teams` are the names of its team to try, in order; `severity` is "page" or "ticket"."""

    fingerprint: str
    firing: bool
    severity: str
    teams: tuple[str, ...]
    summary: str
    description: str
    source_url: str
    runbook_url: str
    starts_at: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def own(self) -> bool:
        """Whether the portal sent it: it came back, and paging for it would send it out again, without an end."""
        return OWN_LABEL in self.labels


@dataclass(frozen=True, slots=True)
class Webhook:
    """All alerts of one message; `truncated` is how many Alertmanager left out of it."""

    alerts: tuple[Alert, ...]
    truncated: int


def read(body: bytes) -> Webhook:
    """The message in `body`; raises WebhookRefused where it is not JSON of the webhook's shape."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WebhookRefused("The body is not JSON.") from error
    if not isinstance(document, dict):
        raise WebhookRefused("The body is not a JSON object.")
    if str(document.get("version")) != "4":
        raise WebhookRefused("Only webhooks of version 4 are read; `version` says something else.")
    alerts = document.get("alerts")
    if not isinstance(alerts, list) or not all(isinstance(each, dict) for each in alerts):
        raise WebhookRefused("`alerts` is not a list of objects.")
    if len(alerts) > MOST_ALERTS:
        raise WebhookRefused(f"`alerts` has more than {MOST_ALERTS} entries: set max_alerts in the receiver.")
    truncated = document.get("truncatedAlerts")
    common = texts(document.get("commonLabels"))
    return Webhook(
        tuple(_alert(each, common) for each in alerts),
        truncated if isinstance(truncated, int) and 0 < truncated < 2**31 else 0,
    )


def _alert(raw: Mapping[str, Any], common: Mapping[str, str]) -> Alert:
    if raw.get("status") not in ("firing", "resolved"):
        raise WebhookRefused("An alert's `status` is neither firing nor resolved.")
    labels, annotations = texts(raw.get("labels")), texts(raw.get("annotations"))
    named = {**common, **labels}
    severity = named.get("severity", "").lower()
    return Alert(
        fingerprint=_fingerprint(raw.get("fingerprint"), raw.get("labels")),
        firing=raw["status"] == "firing",
        severity="page" if severity in PAGING else "ticket",
        teams=tuple(named[name] for name in TEAM_LABELS if named.get(name)),
        summary=" ".join((annotations.get("summary") or labels.get("alertname") or "An alert").split()),
        description=annotations.get("description") or annotations.get("message", ""),
        source_url=link(raw.get("generatorURL")),
        runbook_url=link(annotations.get("runbook_url")),
        starts_at=text(raw.get("startsAt"))[:40],
        labels=labels,
        annotations=annotations,
    )


def texts(raw: Any) -> dict[str, str]:
    """Labels or annotations as bounded text; what is not text is left out.

    >>> texts({"a": "x", "b": 3, "c": ["y"], "d": "line" + chr(0)})
    {'a': 'x', 'd': 'line'}
    """
    if not isinstance(raw, Mapping):
        return {}
    kept = ((text(name)[:LONGEST_NAME], text(value)) for name, value in raw.items() if isinstance(value, str))
    return dict([(name, value) for name, value in kept if name][:MOST_LABELS])


def text(raw: Any) -> str:
    """Text of at most 1,000 characters without control characters; "" for anything else."""
    return _CONTROL.sub("", raw)[:LONGEST_VALUE] if isinstance(raw, str) else ""


def link(raw: Any) -> str:
    """An http(s) address, or "": a label must not become a script.

    >>> link("https://prometheus/graph?g0"), link("javascript:alert(1)"), link(None)
    ('https://prometheus/graph?g0', '', '')
    """
    found = text(raw)
    return found if found.startswith(("https://", "http://")) and " " not in found else ""


def _fingerprint(raw: Any, labels: Any) -> str:
    """The alert's own fingerprint; of an alert without one, a digest of its labels."""
    if isinstance(raw, str) and _FINGERPRINT.match(raw):
        return raw
    return sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:32]
