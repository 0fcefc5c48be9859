"""Operations of the gate."""

from __future__ import annotations

from portal.openapi_operations.parts import (
    COUNT,
    EVENT,
    TEXT,
    TIME,
    Operations,
    answer,
    body,
    header,
    listing,
    problem,
    record,
)

SUBJECT = record(
    dict.fromkeys(("asset", "contract", "version", "file", "digest", "content"), TEXT) | {"line": COUNT}, needs=[]
)
QUESTION = record(
    {
        "job": record({"namespace": TEXT, "name": TEXT}),
        **dict.fromkeys(("commit", "branch", "image", "ci_url", "command", "file"), TEXT),
        "writes": listing(SUBJECT, maxItems=500),
        "reads": listing(SUBJECT, maxItems=500),
        "events": listing(EVENT, maxItems=2000),
    },
    needs=["job"],
)
RECORDED = record({"id": {"type": "string", "format": "uuid"}, "at": TIME, "why": TEXT, "request": QUESTION})
STATE = {"enum": ["pass", "fail", "unknown", "waived"]}
WAIVER = record({"reason": TEXT, "expires_at": TIME, "signer": TEXT, "url": TEXT})
GATE_FINDING = record(
    {
        "rule": TEXT,
        "state": STATE,
        **dict.fromkeys(("message", "path", "file", "who", "todo", "contract", "version"), TEXT),
        "line": COUNT,
        "waiver": {"anyOf": [WAIVER, {"type": "null"}]},
    }
)
VERDICT = record(
    {
        "id": {"type": "integer"},
        "url": TEXT,
        "verdict": {"enum": ["pass", "fail", "undecided"]},
        "decided_at": TIME,
        "job": record({"namespace": TEXT, "name": TEXT}),
        "commit": TEXT,
        "image": TEXT,
        "gates": listing(record({"key": TEXT, "title": TEXT, "state": STATE, "findings": listing(GATE_FINDING)})),
        "reports": listing({"type": "object"}),
    }
)

OPERATIONS: Operations = {
    ("api:gate-verdict", "post"): {
        "parameters": [header("Idempotency-Key", "A UUID; the same key gives the same verdict.")],
        "requestBody": body({"application/json": QUESTION}),
        "responses": {
            "200": answer("The verdict, whatever it is.", "application/json", VERDICT),
            "413": problem("The question is larger than 5 MiB."),
            "422": problem("The question or one of its events cannot be read; the detail says why."),
        },
    },
    ("api:gate-records", "post"): {
        "requestBody": body({"application/json": RECORDED}),
        "responses": {
            "201": answer(
                "The record is kept, also when it was kept before.",
                "application/json",
                record({"id": {"type": "integer"}, "url": TEXT}),
            ),
            "413": problem("The record is larger than 5 MiB."),
            "422": problem("The record cannot be read; the detail says why."),
        },
    },
}
