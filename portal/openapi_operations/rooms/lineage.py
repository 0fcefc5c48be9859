"""Operations that take lineage."""

from __future__ import annotations

from portal.openapi_operations.parts import COUNT, EVENT, TEXT, Json, Operations, answer, body, listing, problem, record

SUMMARY = record(dict.fromkeys(("received", "successful", "failed", "retriable", "non_retriable"), COUNT))
FAILED = record({"index": COUNT, "reason": TEXT, "retriable": {"type": "boolean"}})
BUSY = problem("The event could not be kept just now: send it again.", Retry_After="Seconds to wait.")
INGEST: Json = {
    "400": problem("The event was refused; the detail says why."),
    "413": problem("The body is too large."),
    "415": problem("The body's encoding is not known."),
    "503": BUSY,
}

OPERATIONS: Operations = {
    ("api:lineage-ingest", "post"): {
        "requestBody": body({"application/json": EVENT}),
        "responses": {"201": answer("The event is kept; also when it was kept before.")} | INGEST,
    },
    ("api:lineage-batch", "post"): {
        "requestBody": body({"application/json": listing(EVENT), "application/x-ndjson": TEXT}),
        "responses": {
            "200": answer(
                "What was kept, and each failure.",
                "application/json",
                record(
                    {
                        "status": {"enum": ["success", "partial_success"]},
                        "summary": SUMMARY,
                        "failed_events": listing(FAILED),
                    }
                ),
            ),
        }
        | INGEST,
    },
}
