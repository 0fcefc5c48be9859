"""Operations on contracts."""

from __future__ import annotations

from portal.openapi_operations.parts import (
    COUNT,
    DIGEST,
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
    query,
    record,
)

FINDING = record({"code": TEXT, "message": TEXT, "line": COUNT, "column": COUNT}, needs=["code", "message"])
NOTES = ["add", "kept", "read", "left"]
SIGNATURE = record({"role": TEXT, "method": TEXT, "signed_at": TIME})
VERSION = record(
    {
        "name": TEXT,
        "version": TEXT,
        "state": TEXT,
        "canonical_hash": DIGEST,
        "asset": {"type": ["string", "null"]},
        "activated_at": {"type": ["string", "null"], "format": "date-time"},
        "signatures": listing(SIGNATURE),
        "yaml": TEXT,
    }
)
ACTIVE = record({"name": TEXT, "version": TEXT, "canonical_hash": DIGEST, "asset": {"type": ["string", "null"]}})
PUSHED = record(dict.fromkeys(("contract", "version", "state", "canonical_hash", "url"), TEXT))
RUN: Json = {
    **record(
        {
            "run": COUNT,
            "contract": TEXT,
            "version": TEXT,
            "canonical_hash": TEXT,
            "trigger": TEXT,
            "state": {"enum": ["queued", "running", "passed", "failed", "incomplete", "not tested"]},
            "reason": TEXT,
            "asked_at": TIME,
            "finished_at": {"type": ["string", "null"], "format": "date-time"},
            "rows": {"type": ["integer", "null"]},
            "counts": {"type": "object", "additionalProperties": COUNT},
            "results": listing(
                record(
                    {
                        "place": TEXT,
                        "kind": {"enum": ["schema", "type", "rule", "unique"]},
                        "name": TEXT,
                        "text": TEXT,
                        "state": {"enum": ["ok", "failed", "warning", "note", "not run", "not supported"]},
                        "failing": {"type": ["integer", "null"]},
                        "total": {"type": ["integer", "null"]},
                        "sentence": TEXT,
                    }
                )
            ),
        }
    ),
    "description": "One test of a contract on its live data: counts and sentences, no value of the data.",
}
NO_RUN = problem("The contract has no such test run.")

OPERATIONS: Operations = {
    ("api:contracts-list", "get"): {
        "parameters": [
            {
                "name": "after",
                "in": "query",
                "required": False,
                "description": "The name after which the page begins.",
                "schema": TEXT,
            },
        ],
        "responses": {
            "200": answer(
                "A page of at most 200 contracts.",
                "application/json",
                record({"contracts": listing(ACTIVE), "next": {"type": ["string", "null"]}}),
            ),
        },
    },
    ("api:contracts-push", "post"): {
        "parameters": [header("Idempotency-Key", "A UUID; the same key proposes once.")],
        "requestBody": body({"application/yaml": TEXT}),
        "responses": {
            "200": answer("A version of this hash stands already.", "application/json", PUSHED),
            "201": answer("The proposal.", "application/json", PUSHED),
            "400": problem("The header Idempotency-Key is no UUID."),
            "413": problem("The contract is larger than 1 MiB."),
            "422": problem("It cannot be proposed; `reasons` has each sentence."),
        },
    },
    ("api:contracts-lint", "post"): {
        "requestBody": body({"application/yaml": TEXT}),
        "responses": {
            "200": answer(
                "The findings, whether it passes or not.",
                "application/json",
                record(
                    {"ok": {"type": "boolean"}, "digest": {"type": ["string", "null"]}, "findings": listing(FINDING)}
                ),
            ),
            "413": problem("The contract is larger than 1 MiB."),
        },
    },
    ("api:contracts-active", "get"): {
        "parameters": [header("If-None-Match", "The ETag of the version that is known already.")],
        "responses": {
            "200": {
                "description": "The version in force; `Accept: application/yaml` gives the signed bytes.",
                "content": {"application/json": {"schema": VERSION}, "application/yaml": {"schema": TEXT}},
                "headers": {"ETag": {"description": "The version's hash.", "schema": TEXT}},
            },
            "304": answer("It is the version that is known already."),
            "404": problem("No version of this contract is in force."),
        },
    },
    ("api:contracts-conditions", "get"): {
        "parameters": [
            query("version", "The number of the version; without it, the furthest on its way.")
            | {"required": False, "schema": TEXT}
        ],
        "responses": {
            "200": answer(
                "Every condition between the version and force; `ready` where none is unmet.",
                "application/json",
                record(
                    {
                        "name": TEXT,
                        "version": TEXT,
                        "state": TEXT,
                        "canonical_hash": TEXT,
                        "ready": {"type": "boolean"},
                        "conditions": listing(
                            record(
                                {
                                    **dict.fromkeys(("key", "title", "state", "text", "who", "url"), TEXT),
                                    "met": {"type": "boolean"},
                                    "until": {"type": ["string", "null"], "format": "date-time"},
                                }
                            )
                        ),
                    }
                ),
            ),
            "404": problem("No version of this contract is on its way."),
        },
    },
    ("api:contracts-export", "get"): {
        "parameters": [
            header("If-None-Match", "The ETag of the file that is known already."),
            option("api", "Version of the standard, for `odcs`."),
            option("dialect", "`postgres` or `duckdb`, for `sql_ddl`."),
        ],
        "responses": {
            "200": {
                "description": "The version in force in that format.",
                "content": {
                    "application/yaml": {"schema": TEXT},
                    "application/schema+json": {"schema": {"type": "object"}},
                    "application/sql": {"schema": TEXT},
                    "text/markdown": {"schema": TEXT},
                    "application/pdf": {"schema": {"type": "string", "contentMediaType": "application/pdf"}},
                },
                "headers": {"ETag": {"description": "SHA-256 of the file.", "schema": TEXT}},
            },
            "202": answer(
                "A worker makes the file; ask again.",
                "application/json",
                record({"state": {"const": "queued"}}),
                Retry_After="Seconds to wait.",
            ),
            "304": answer("It is the file that is known already."),
            "404": problem("No version of this contract is in force, or there is no such format."),
            "422": problem("The contract cannot be written in that format; the detail says why."),
        },
    },
    ("api:contracts-import", "post"): {
        "requestBody": body({"application/yaml": TEXT, "application/json": {}, "application/octet-stream": {}}),
        "responses": {
            "200": answer(
                "A draft: its YAML, what is to be said about it, and what the check finds. Nothing is saved.",
                "application/json",
                record(
                    {
                        "yaml": TEXT,
                        "digest": {"type": ["string", "null"]},
                        "ok": {"type": "boolean"},
                        "notes": listing(record({"kind": {"enum": NOTES}, "path": TEXT, "text": TEXT})),
                        "findings": listing(FINDING),
                    }
                ),
            ),
            "404": problem("There is no such format, or it needs the rights of a person."),
            "413": problem("The body is too large."),
            "422": problem("The body cannot be read as that format; the detail says why."),
        },
    },
    ("api:contracts-test", "post"): {
        "responses": {
            "202": answer(
                "The test is queued, or one was open; `url` gives its result.",
                "application/json",
                record({"run": COUNT, "state": TEXT, "url": TEXT}),
                Location="Where the result stands.",
            ),
            "404": problem("No version of this contract is in force."),
        },
    },
    ("api:contracts-test-latest", "get"): {
        "responses": {"200": answer("The newest run, finished or not.", "application/json", RUN), "404": NO_RUN},
    },
    ("api:contracts-test-run", "get"): {
        "responses": {"200": answer("The run, with its results.", "application/json", RUN), "404": NO_RUN},
    },
}
