"""Operations on outputs and their provenance."""

from __future__ import annotations

from portal.openapi_operations.parts import (
    COUNT,
    TEXT,
    TIME,
    Json,
    Operations,
    answer,
    body,
    listing,
    option,
    problem,
    record,
)

REGISTERED: Json = record(
    {
        **dict.fromkeys(("namespace", "output_id", "product", "run_id", "model", "model_version", "digest"), TEXT),
        "made_at": TIME,
    },
    needs=["namespace", "output_id"],
)

OPERATIONS: Operations = {
    ("api:outputs", "get"): {
        "parameters": [
            option("namespace", "Only outputs of this namespace."),
            option("output_id", "Only outputs with this id."),
            option("run_id", "Only outputs that this run made."),
            option("before", "The `next` of an earlier page."),
        ],
        "responses": {
            "200": answer(
                "Outputs of the token's namespaces, the newest first.",
                "application/json",
                record({"outputs": listing(REGISTERED), "next": {"type": ["integer", "null"]}}),
            ),
            "400": problem("`before` is no number, or an id cannot be read."),
        },
    },
    ("api:outputs", "post"): {
        "requestBody": body({"application/json": record({"outputs": listing(REGISTERED, minItems=1, maxItems=1000)})}),
        "responses": {
            code: answer(
                text,
                "application/json",
                record(
                    {
                        "summary": record(dict.fromkeys(("received", "stored", "known", "refused"), COUNT)),
                        "failures": listing(record({"index": COUNT, "reason": TEXT})),
                    }
                ),
            )
            for code, text in (
                ("200", "Nothing new: all that was taken is known. Outputs that were refused are in `failures`."),
                ("201", "Stored and committed. Outputs that were refused are in `failures`; the others are kept."),
            )
        }
        | {
            "400": problem("The body holds no list of one to 1,000 outputs."),
            "422": problem("No output of the batch could be taken; `failures` says why."),
        },
    },
    ("api:provenance", "get"): {
        "parameters": [
            {**option("q", "A run id, an output id, namespace/name@time or model@version."), "required": True},
            option("known_at", "As the portal knew it then: a time of ISO 8601."),
        ],
        "responses": {
            "200": answer(
                "A custody-provenance@v1 document (/provenance/schema.json).", "application/json", {"type": "object"}
            ),
            "400": problem("`known_at` is no time."),
            "404": problem("The question has no answer, or more than one; `choices` are clearer questions."),
        },
    },
}
