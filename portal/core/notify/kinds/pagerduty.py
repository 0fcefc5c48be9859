"""PagerDuty, by its Events API v2 (developer.pagerduty.com, "Send an Alert Event")."""

import hashlib
import json
from typing import Any

from django.conf import settings

from portal.core.notify.base import Asks, Channel, Letter
from portal.core.notify.outgoing import post, secret_of
from portal.core.notify.registry import channel

MOST_BYTES = 512_000
SEVERITIES = {"page": "critical", "ticket": "warning"}


@channel("pagerduty", "PagerDuty")
class PagerDuty(Channel):
    """POST of {routing_key, event_action, dedup_key, payload, client, client_url, links}; the address is the reference
    to a routing key. One trouble has one dedup_key, so what is told again never opens a second incident."""

    actions = frozenset({"trigger", "acknowledge", "resolve"})
    asks = Asks.REFERENCE
    secret_help = "Reference to the routing key of an Events API v2 integration."  # noqa: S105 - a sentence

    def deliver(self, letter: Letter) -> None:
        post(settings.PAGERDUTY_URL, event(letter, secret_of(letter.address)), {})


def event(letter: Letter, routing_key: str) -> bytes:
    """The event as JSON of at most 512,000 bytes: the custom details go first where it would be longer."""
    content: dict[str, Any] = {
        "routing_key": routing_key,
        "event_action": letter.action,
        "dedup_key": _dedup_key(str(letter.details.get("key", letter.key))),
    }
    if letter.action == "trigger":
        url, runbook = letter.details.get("url"), letter.details.get("runbook_url")
        content |= {"payload": _payload(letter), "client": "Custody"}
        content |= {"client_url": url} if url else {}
        content |= {"links": [{"href": runbook, "text": "Runbook"}]} if runbook else {}
    found = json.dumps(content, ensure_ascii=False).encode()
    if len(found) > MOST_BYTES:
        del content["payload"]["custom_details"]
        found = json.dumps(content, ensure_ascii=False).encode()
    return found


def _payload(letter: Letter) -> dict[str, Any]:
    facts = letter.details
    payload: dict[str, Any] = {
        "summary": str(facts.get("summary") or letter.subject)[:1024],
        "source": str(facts.get("source") or "custody"),
        "severity": SEVERITIES.get(str(facts.get("severity")), "error"),
    }
    named = {
        "timestamp": facts.get("started_at"),
        "component": facts.get("component"),
        "group": facts.get("team"),
        "class": facts.get("class"),
    }
    payload |= {name: str(value) for name, value in named.items() if value}
    labels, annotations = facts.get("labels") or {}, facts.get("annotations") or {}
    payload["custom_details"] = {**annotations, **labels, "text": letter.body}
    return payload


def _dedup_key(key: str) -> str:
    return key if len(key) <= 255 else hashlib.sha256(key.encode()).hexdigest()
