"""Operations around SLOs: exports, the throttle, alerts."""

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

WEBHOOK: Json = {
    "type": "object",
    "description": "What Prometheus' Alertmanager sends to a webhook, version 4; keys beside these are ignored.",
    "properties": {
        "version": {"const": "4"},
        "truncatedAlerts": COUNT,
        "commonLabels": {"type": "object", "additionalProperties": TEXT},
        "alerts": listing(
            record(
                {
                    "status": {"enum": ["firing", "resolved"]},
                    "labels": {"type": "object", "additionalProperties": TEXT},
                    "annotations": {"type": "object", "additionalProperties": TEXT},
                    **dict.fromkeys(("startsAt", "endsAt", "generatorURL", "fingerprint"), TEXT),
                },
                needs=["status", "labels"],
            ),
            maxItems=1000,
        ),
    },
    "required": ["version", "alerts"],
}
NULLABLE: Json = {"type": ["string", "null"]}
REASON = record(
    {"slo": NULLABLE, "state": TEXT, "value": NULLABLE, "threshold": NULLABLE, "since": NULLABLE, "text": TEXT}
)
ALLOW_DENY = {"enum": ["allow", "deny"]}
THROTTLE = record(
    {
        "asset": TEXT,
        "consumer": TEXT,
        "decision": {"enum": ["allow", "degrade", "deny"]},
        "rate_factor": {"enum": [1.0, 0.5, 0.1, 0.0]},
        "reasons": listing(REASON),
        "on_unknown": ALLOW_DENY,
        "policy_version": TEXT,
        "as_of": TIME,
        "expires_at": TIME,
    }
)

OPERATIONS: Operations = {
    ("api:throttle", "get"): {
        "parameters": [
            option("consumer", "The job that asks, as namespace/name."),
            header("If-None-Match", "The ETag of the last answer; 304 where it still holds."),
        ],
        "responses": {
            "200": answer(
                "The decision, a denial too; with the header Retry-After (seconds) on a denial.",
                "application/json",
                THROTTLE,
                ETag="Of the decision without its time.",
                Cache_Control="private, max-age=30, stale-if-error=300",
            ),
            "304": answer("The answer that the caller has still holds."),
            "404": problem("There is no such asset."),
            "503": problem("Nobody can tell now.", Retry_After="Seconds."),
        },
    },
    ("api:alerts-alertmanager", "post"): {
        "requestBody": body({"application/json": WEBHOOK}),
        "responses": {
            "200": answer(
                "Every alert is a page of its team, brought up to date or resolved.",
                "application/json",
                record({"received": COUNT, "truncated": COUNT}),
            ),
            "413": problem("The body is larger than 1 MiB."),
            "422": problem("It is no webhook of version 4, or an alert reached no team; `refused` says why."),
        },
    },
    ("api:slos-export", "get"): {
        "parameters": [
            header("If-None-Match", "The ETag of the file that is known already."),
            option("slo", "The number of one SLO; without it, all."),
            option("team", "The slug of a team; without it, all."),
        ],
        "responses": {
            "200": {
                "description": "The SLOs of the token's namespaces in that form: `openslo`, `sloth` or `catalog`.",
                "content": {"application/yaml": {"schema": TEXT}, "text/markdown": {"schema": TEXT}},
                "headers": {"ETag": {"description": "SHA-256 of the file.", "schema": TEXT}},
            },
            "304": answer("It is the file that is known already."),
            "400": problem("`slo` is no number."),
            "404": problem("There is no such form."),
        },
    },
}
