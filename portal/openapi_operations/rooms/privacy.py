"""Operations on deletion requests and the suppression list."""

from __future__ import annotations

from portal.openapi_operations.parts import (
    COUNT,
    TEXT,
    TIME,
    Json,
    Operations,
    answer,
    body,
    header,
    listing,
    option,
    problem,
    record,
)

RECORD = record({"kind": TEXT, "value": TEXT, "event_time": TIME})
REQUEST = record(
    {
        "email": {"type": "string", "format": "email"},
        "claims": {"type": "object", "maxProperties": 10, "additionalProperties": {"type": "string", "maxLength": 200}},
        "more_emails": listing({"type": "string", "format": "email"}, maxItems=3),
        "law": {"enum": ["gdpr", "ccpa"], "default": "gdpr"},
        "language": {"type": "string", "default": "en"},
        "callback": {"type": "string", "format": "uri", "maxLength": 500},
    },
    needs=["email"],
)
STATEMENT: Json = {
    "type": "object",
    "description": "What the portal signs: strings and whole numbers only (docs/requests_api.md).",
    "properties": {
        **dict.fromkeys(("type", "req_id", "state", "law", "drp_reason", "duplicate_of", "body_hmac"), TEXT),
        "opendsr_status": {"enum": ["pending", "in_progress", "completed", "cancelled"]},
        "drp_status": {"enum": ["open", "in_progress", "fulfilled", "revoked", "denied", "expired"]},
        **dict.fromkeys(("received_at", "slo_due", "statutory_due", "changed_at", "issued_at"), TIME),
        **dict.fromkeys(("verify_until", "paused_until", "ended_at"), TIME),
        "changes": COUNT,
    },
    "required": [
        "type",
        "req_id",
        "state",
        "opendsr_status",
        "drp_status",
        "received_at",
        "statutory_due",
        "issued_at",
    ],
}
SIGNED_PARTS: Json = {
    "receipt": STATEMENT,
    "signature": record({"algorithm": {"const": "Ed25519"}, "key_id": TEXT, "value": TEXT}),
}
SIGNED = record(SIGNED_PARTS)

OPERATIONS: Operations = {
    ("api:privacy-intake", "post"): {
        "parameters": [header("Idempotency-Key", "The same key gives the same reference.")],
        "requestBody": body({"application/json": REQUEST}),
        "responses": {
            "201": answer(
                "The request is received. The answer is signed and names no identifier.",
                "application/json",
                record(
                    {**dict.fromkeys(("req_id", "next", "status"), TEXT), "received_at": TIME, **SIGNED["properties"]}
                ),
                Location="Where its status is.",
            ),
            "413": problem("The body is larger than 64 KiB."),
            "422": problem("The body cannot be used, or the Idempotency-Key came with another one before."),
            "429": problem("Too many requests by this token within the hour.", Retry_After="Seconds to wait."),
        },
    },
    ("api:privacy-request", "get"): {
        "parameters": [option("view", "Which words to use: custody (the default), opendsr or drp.")],
        "responses": {
            "200": answer("Where the request stands, signed.", "application/json", {"type": "object"}),
            "404": problem("No such request came in by a token of this sender."),
            "422": problem("There is no such view."),
        },
    },
    ("api:privacy-cancel", "post"): {
        "requestBody": {
            "required": False,
            "content": {"application/json": {"schema": record({"reason": TEXT}, needs=[])}},
        },
        "responses": {
            "200": answer("The request is cancelled; nothing was deleted.", "application/json", SIGNED),
            "404": problem("No such request came in by a token of this sender."),
            "409": problem("Too late: the deletion has begun, or the request has ended."),
            "413": problem("The body is larger than 64 KiB."),
            "422": problem("The body cannot be used."),
        },
    },
    ("api:suppression-check", "post"): {
        "requestBody": body({"application/json": record({"records": listing(RECORD, minItems=1, maxItems=1000)})}),
        "responses": {
            "200": answer(
                "One answer a record, in order.",
                "application/json",
                record({"suppressed": listing({"type": "boolean"})}),
            ),
            "422": problem("A record cannot be used; the detail says which one."),
            "429": problem("The token asked too often in this minute; `Retry-After` says when it may ask again."),
        },
    },
}
