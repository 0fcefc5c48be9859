"""Signed statements about a request: the receipt of its intake, its status, and the callback at every change."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes
from portal.core.evidence.keys import server_sign
from portal.core.notify.services import enqueue
from privacy_app import sealing
from privacy_app.domain.receipts import STATUS, Facts, statement
from privacy_app.models import Request

LONGEST_URL = 500


class CallbackRefused(ValueError):
    """The status callback cannot be called; the sentence says what to send instead and repeats nothing."""


def facts_of(request: Request, at: datetime) -> Facts:
    """What may be said of a request to the program that brought it: nothing about whom it concerns."""
    waits = [each.until for each in request.pauses.all() if each.ended_at is None and each.cause == "staff"]
    return Facts(
        req_id=request.req_id,
        state=str(request.state),
        words=request.protocol_words(),
        law=str(request.law),
        received_at=request.received_at,
        slo_due=request.slo(at).due,
        statutory_due=request.statutory(at).due,
        changes=request.changes,
        changed_at=request.changed_at or request.received_at,
        verify_until=None if request.verified_at or request.closed_at else request.verify_until,
        paused_until=next((each for each in waits if each), None),
        ended_at=request.ended_at,
        duplicate_of=request.duplicate_of.req_id if request.duplicate_of else "",
    )


def stated(request: Request, kind: str = STATUS, **more: str) -> dict[str, Any]:
    """A signed statement: `receipt` is the object, `signature` an Ed25519 signature over its RFC 8785 bytes."""
    at = now()
    return sign(statement(kind, facts_of(request, at), at, **more))


def sign(receipt: Mapping[str, str | int]) -> dict[str, Any]:
    """Any statement with the portal's signature beside it."""
    key_id, signature = server_sign(canonical_bytes(dict(receipt)))
    value = base64.b64encode(signature).decode()
    return {"receipt": dict(receipt), "signature": {"algorithm": "Ed25519", "key_id": key_id, "value": value}}


def checked_callback(url: str) -> str:
    """An address that may be called back; raises CallbackRefused. Where it leads is judged when it is called."""
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        raise CallbackRefused(f"`callback` must be an address of at most {LONGEST_URL} characters without blanks.")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or parts.username or parts.password or parts.fragment:
        raise CallbackRefused(
            "`callback` must start with https:// and name a host, without user, password or fragment."
        )
    return url


def call_back(request: Request) -> None:
    """Put the signed status into the outbox for whoever asked to be called; in the transaction of the change."""
    if request.sealed_callback is None:
        return
    url = str(sealing.unseal(request.key_name, request.sealed_callback))
    said = stated(request)
    enqueue(
        channel="webhook",
        address=url,
        subject=f"{request.req_id} is {request.state_words}",
        body=json.dumps(said["receipt"], sort_keys=True),
        dedup_key=f"privacy:callback:{request.req_id}:{request.changes}",
        details=said,
    )
