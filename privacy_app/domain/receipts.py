"""What a program is told about a request: a statement that the portal signs, so that it stands without us.

A statement is a flat JSON object of strings and whole numbers; its RFC 8785 bytes are what Ed25519 signs (RFC 8032). It
names no identifier: OpenDSR 2.0 would give the whole request back in base64, and so put personal data into every log on
the way. In its place stands a keyed digest of the body, under the Idempotency-Key that only the sender has. Pure.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from privacy_app.domain.status_words import Words

RECEIPT = "custody:request-receipt:1"
STATUS = "custody:request-status:1"


class Facts(NamedTuple):
    """What a statement says of a request; times are aware, in UTC."""

    req_id: str
    state: str
    words: Words
    law: str
    received_at: datetime
    slo_due: datetime
    statutory_due: datetime
    changes: int
    changed_at: datetime
    verify_until: datetime | None = None
    paused_until: datetime | None = None
    ended_at: datetime | None = None
    duplicate_of: str = ""


def time(at: datetime) -> str:
    """RFC 3339 in UTC to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def statement(kind: str, facts: Facts, issued_at: datetime, **more: str) -> dict[str, str | int]:
    """The object that is signed: what is known of the request now; what is not there is left out."""
    made: dict[str, str | int] = {
        "type": kind,
        "req_id": facts.req_id,
        "state": facts.state,
        "opendsr_status": facts.words.opendsr,
        "drp_status": facts.words.drp,
        "law": facts.law,
        "received_at": time(facts.received_at),
        "slo_due": time(facts.slo_due),
        "statutory_due": time(facts.statutory_due),
        "changes": facts.changes,
        "changed_at": time(facts.changed_at),
        "issued_at": time(issued_at),
    }
    if facts.words.reason:
        made["drp_reason"] = facts.words.reason
    ends = {"verify_until": facts.verify_until, "paused_until": facts.paused_until, "ended_at": facts.ended_at}
    made.update({name: time(at) for name, at in ends.items() if at})
    if facts.duplicate_of:
        made["duplicate_of"] = facts.duplicate_of
    return made | more


def body_hmac(idempotency_key: str, body: bytes) -> str:
    """A digest of the request's body that only whoever has the Idempotency-Key can repeat (RFC 2104).

    >>> body_hmac("k", b"{}")[:19]
    'hmac-sha256:add853b'
    """
    return "hmac-sha256:" + hmac.new(idempotency_key.encode(), body, hashlib.sha256).hexdigest()


def opendsr_view(signed: Mapping[str, str | int]) -> dict[str, str | int]:
    """A statement as OpenDSR 2.0's status response names its parts.

    >>> opendsr_view({"req_id": "DEL-1", "opendsr_status": "pending", "statutory_due": "T", "received_at": "R"})[
    ...     "request_status"
    ... ]
    'pending'
    """
    return {
        "subject_request_id": signed["req_id"],
        "request_status": signed["opendsr_status"],
        "expected_completion_time": signed["statutory_due"],
        "received_time": signed["received_at"],
        "api_version": "2.0",
    }


def drp_view(signed: Mapping[str, str | int], details: str) -> dict[str, str | int]:
    """A statement as the Data Rights Protocol's Exercise Status object (3.03); `details` is a sentence."""
    view = {
        "request_id": signed["req_id"],
        "status": signed["drp_status"],
        "received_at": signed["received_at"],
        "expected_by": signed["statutory_due"],
        "processing_details": details,
    }
    if "drp_reason" in signed:
        view["reason"] = signed["drp_reason"]
    return view
