"""What the API's operations take and answer, by URL name and method, as OpenAPI 3.1 says it (JSON Schema 2020-12).

`tests/architecture/test_openapi.py` holds this against the URLs and against real answers.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
TIME: Json = {"type": "string", "format": "date-time"}
COUNT: Json = {"type": "integer", "minimum": 0}
DIGEST: Json = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}


def _object(properties: Json, *, needs: list[str] | None = None) -> Json:
    """An object; without `needs` every property is there."""
    return {"type": "object", "properties": properties, "required": list(properties) if needs is None else needs}


def _list(items: Json, **more: Any) -> Json:
    return {"type": "array", "items": items, **more}


def _answer(description: str, media: str = "", schema: Json | None = None, **headers: str) -> Json:
    answer: Json = {"description": description}
    if media:
        answer["content"] = {media: {"schema": schema}}
    if headers:
        answer["headers"] = {
            name.replace("_", "-"): {"description": text, "schema": TEXT} for name, text in headers.items()
        }
    return answer


def _problem(description: str, **headers: str) -> Json:
    return _answer(description, "application/problem+json", {"$ref": "#/components/schemas/Problem"}, **headers)


def _body(content: Json) -> Json:
    return {"required": True, "content": {media: {"schema": schema} for media, schema in content.items()}}


def _query(name: str, description: str) -> Json:
    return {"name": name, "in": "query", "required": True, "description": description, "schema": COUNT}


def _option(name: str, description: str) -> Json:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": TEXT}


def _header(name: str, description: str) -> Json:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": TEXT}


EVENT: Json = {
    "type": "object",
    "description": "A RunEvent, JobEvent or DatasetEvent (openlineage.io/spec); gzip is read.",
    "properties": {"eventTime": TIME},
    "required": ["eventTime"],
}
WEBHOOK: Json = {
    "type": "object",
    "description": "What Prometheus' Alertmanager sends to a webhook, version 4; keys beside these are ignored.",
    "properties": {
        "version": {"const": "4"},
        "truncatedAlerts": COUNT,
        "commonLabels": {"type": "object", "additionalProperties": TEXT},
        "alerts": _list(
            _object(
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
FINDING = _object({"code": TEXT, "message": TEXT, "line": COUNT, "column": COUNT}, needs=["code", "message"])
NOTES = ["add", "kept", "read", "left"]
SUMMARY = _object(dict.fromkeys(("received", "successful", "failed", "retriable", "non_retriable"), COUNT))
FAILED = _object({"index": COUNT, "reason": TEXT, "retriable": {"type": "boolean"}})
SIGNATURE = _object({"role": TEXT, "method": TEXT, "signed_at": TIME})
VERSION = _object(
    {
        "name": TEXT,
        "version": TEXT,
        "state": TEXT,
        "canonical_hash": DIGEST,
        "asset": {"type": ["string", "null"]},
        "activated_at": {"type": ["string", "null"], "format": "date-time"},
        "signatures": _list(SIGNATURE),
        "yaml": TEXT,
    }
)
RECORD = _object({"kind": TEXT, "value": TEXT, "event_time": TIME})
ACTIVE = _object({"name": TEXT, "version": TEXT, "canonical_hash": DIGEST, "asset": {"type": ["string", "null"]}})
PUSHED = _object(dict.fromkeys(("contract", "version", "state", "canonical_hash", "url"), TEXT))
SUBJECT = _object(
    dict.fromkeys(("asset", "contract", "version", "file", "digest", "content"), TEXT) | {"line": COUNT}, needs=[]
)
QUESTION = _object(
    {
        "job": _object({"namespace": TEXT, "name": TEXT}),
        **dict.fromkeys(("commit", "image", "ci_url", "command", "file"), TEXT),
        "writes": _list(SUBJECT, maxItems=500),
        "reads": _list(SUBJECT, maxItems=500),
        "events": _list(EVENT, maxItems=2000),
    },
    needs=["job"],
)
RECORDED = _object({"id": {"type": "string", "format": "uuid"}, "at": TIME, "why": TEXT, "request": QUESTION})
STATE = {"enum": ["pass", "fail", "unknown", "waived"]}
WAIVER = _object({"reason": TEXT, "expires_at": TIME, "signer": TEXT, "url": TEXT})
GATE_FINDING = _object(
    {
        "rule": TEXT,
        "state": STATE,
        **dict.fromkeys(("message", "path", "file", "who", "todo", "contract", "version"), TEXT),
        "line": COUNT,
        "waiver": {"anyOf": [WAIVER, {"type": "null"}]},
    }
)
VERDICT = _object(
    {
        "id": {"type": "integer"},
        "url": TEXT,
        "verdict": {"enum": ["pass", "fail", "undecided"]},
        "decided_at": TIME,
        "job": _object({"namespace": TEXT, "name": TEXT}),
        "commit": TEXT,
        "image": TEXT,
        "gates": _list(_object({"key": TEXT, "title": TEXT, "state": STATE, "findings": _list(GATE_FINDING)})),
        "reports": _list({"type": "object"}),
    }
)
REQUEST = _object(
    {
        "email": {"type": "string", "format": "email"},
        "claims": {"type": "object", "maxProperties": 10, "additionalProperties": {"type": "string", "maxLength": 200}},
        "law": {"type": "string", "default": "gdpr"},
    },
    needs=["email"],
)
RUN: Json = {
    **_object(
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
            "results": _list(
                _object(
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
NO_RUN = _problem("The contract has no such test run.")
BUSY = _problem("The event could not be kept just now: send it again.", Retry_After="Seconds to wait.")
INGEST: Json = {
    "400": _problem("The event was refused; the detail says why."),
    "413": _problem("The body is too large."),
    "415": _problem("The body's encoding is not known."),
    "503": BUSY,
}

NULLABLE: Json = {"type": ["string", "null"]}
REASON = _object(
    {"slo": NULLABLE, "state": TEXT, "value": NULLABLE, "threshold": NULLABLE, "since": NULLABLE, "text": TEXT}
)
ALLOW_DENY = {"enum": ["allow", "deny"]}
THROTTLE = _object(
    {
        "asset": TEXT,
        "consumer": TEXT,
        "decision": {"enum": ["allow", "degrade", "deny"]},
        "rate_factor": {"enum": [1.0, 0.5, 0.1, 0.0]},
        "reasons": _list(REASON),
        "on_unknown": ALLOW_DENY,
        "policy_version": TEXT,
        "as_of": TIME,
        "expires_at": TIME,
    }
)

OPERATIONS: dict[tuple[str, str], Json] = {
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
            "200": _answer(
                "A page of at most 200 contracts.",
                "application/json",
                _object({"contracts": _list(ACTIVE), "next": {"type": ["string", "null"]}}),
            ),
        },
    },
    ("api:contracts-push", "post"): {
        "parameters": [_header("Idempotency-Key", "A UUID; the same key proposes once.")],
        "requestBody": _body({"application/yaml": TEXT}),
        "responses": {
            "200": _answer("A version of this hash stands already.", "application/json", PUSHED),
            "201": _answer("The proposal.", "application/json", PUSHED),
            "400": _problem("The header Idempotency-Key is no UUID."),
            "413": _problem("The contract is larger than 1 MiB."),
            "422": _problem("It cannot be proposed; `reasons` has each sentence."),
        },
    },
    ("api:throttle", "get"): {
        "parameters": [
            _option("consumer", "The job that asks, as namespace/name."),
            _header("If-None-Match", "The ETag of the last answer; 304 where it still holds."),
        ],
        "responses": {
            "200": _answer(
                "The decision, a denial too; with the header Retry-After (seconds) on a denial.",
                "application/json",
                THROTTLE,
                ETag="Of the decision without its time.",
                Cache_Control="private, max-age=30, stale-if-error=300",
            ),
            "304": _answer("The answer that the caller has still holds."),
            "404": _problem("There is no such asset."),
            "503": _problem("Nobody can tell now.", Retry_After="Seconds."),
        },
    },
    ("api:gate-verdict", "post"): {
        "parameters": [_header("Idempotency-Key", "A UUID; the same key gives the same verdict.")],
        "requestBody": _body({"application/json": QUESTION}),
        "responses": {
            "200": _answer("The verdict, whatever it is.", "application/json", VERDICT),
            "413": _problem("The question is larger than 5 MiB."),
            "422": _problem("The question or one of its events cannot be read; the detail says why."),
        },
    },
    ("api:gate-records", "post"): {
        "requestBody": _body({"application/json": RECORDED}),
        "responses": {
            "201": _answer(
                "The record is kept, also when it was kept before.",
                "application/json",
                _object({"id": {"type": "integer"}, "url": TEXT}),
            ),
            "413": _problem("The record is larger than 5 MiB."),
            "422": _problem("The record cannot be read; the detail says why."),
        },
    },
    ("api:alerts-alertmanager", "post"): {
        "requestBody": _body({"application/json": WEBHOOK}),
        "responses": {
            "200": _answer(
                "Every alert is a page of its team, brought up to date or resolved.",
                "application/json",
                _object({"received": COUNT, "truncated": COUNT}),
            ),
            "413": _problem("The body is larger than 1 MiB."),
            "422": _problem("It is no webhook of version 4, or an alert reached no team; `refused` says why."),
        },
    },
    ("api:contracts-lint", "post"): {
        "requestBody": _body({"application/yaml": TEXT}),
        "responses": {
            "200": _answer(
                "The findings, whether it passes or not.",
                "application/json",
                _object(
                    {"ok": {"type": "boolean"}, "digest": {"type": ["string", "null"]}, "findings": _list(FINDING)}
                ),
            ),
            "413": _problem("The contract is larger than 1 MiB."),
        },
    },
    ("api:contracts-active", "get"): {
        "parameters": [_header("If-None-Match", "The ETag of the version that is known already.")],
        "responses": {
            "200": {
                "description": "The version in force; `Accept: application/yaml` gives the signed bytes.",
                "content": {"application/json": {"schema": VERSION}, "application/yaml": {"schema": TEXT}},
                "headers": {"ETag": {"description": "The version's hash.", "schema": TEXT}},
            },
            "304": _answer("It is the version that is known already."),
            "404": _problem("No version of this contract is in force."),
        },
    },
    ("api:contracts-conditions", "get"): {
        "parameters": [
            _query("version", "The number of the version; without it, the furthest on its way.")
            | {"required": False, "schema": TEXT}
        ],
        "responses": {
            "200": _answer(
                "Every condition between the version and force; `ready` where none is unmet.",
                "application/json",
                _object(
                    {
                        "name": TEXT,
                        "version": TEXT,
                        "state": TEXT,
                        "canonical_hash": TEXT,
                        "ready": {"type": "boolean"},
                        "conditions": _list(
                            _object(
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
            "404": _problem("No version of this contract is on its way."),
        },
    },
    ("api:contracts-export", "get"): {
        "parameters": [
            _header("If-None-Match", "The ETag of the file that is known already."),
            _option("api", "Version of the standard, for `odcs`."),
            _option("dialect", "`postgres` or `duckdb`, for `sql_ddl`."),
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
            "202": _answer(
                "A worker makes the file; ask again.",
                "application/json",
                _object({"state": {"const": "queued"}}),
                Retry_After="Seconds to wait.",
            ),
            "304": _answer("It is the file that is known already."),
            "404": _problem("No version of this contract is in force, or there is no such format."),
            "422": _problem("The contract cannot be written in that format; the detail says why."),
        },
    },
    ("api:slos-export", "get"): {
        "parameters": [
            _header("If-None-Match", "The ETag of the file that is known already."),
            _option("slo", "The number of one SLO; without it, all."),
            _option("team", "The slug of a team; without it, all."),
        ],
        "responses": {
            "200": {
                "description": "The SLOs of the token's namespaces in that form: `openslo`, `sloth` or `catalog`.",
                "content": {"application/yaml": {"schema": TEXT}, "text/markdown": {"schema": TEXT}},
                "headers": {"ETag": {"description": "SHA-256 of the file.", "schema": TEXT}},
            },
            "304": _answer("It is the file that is known already."),
            "400": _problem("`slo` is no number."),
            "404": _problem("There is no such form."),
        },
    },
    ("api:contracts-import", "post"): {
        "requestBody": _body({"application/yaml": TEXT, "application/json": {}, "application/octet-stream": {}}),
        "responses": {
            "200": _answer(
                "A draft: its YAML, what is to be said about it, and what the check finds. Nothing is saved.",
                "application/json",
                _object(
                    {
                        "yaml": TEXT,
                        "digest": {"type": ["string", "null"]},
                        "ok": {"type": "boolean"},
                        "notes": _list(_object({"kind": {"enum": NOTES}, "path": TEXT, "text": TEXT})),
                        "findings": _list(FINDING),
                    }
                ),
            ),
            "404": _problem("There is no such format, or it needs the rights of a person."),
            "413": _problem("The body is too large."),
            "422": _problem("The body cannot be read as that format; the detail says why."),
        },
    },
    ("api:contracts-test", "post"): {
        "responses": {
            "202": _answer(
                "The test is queued, or one was open; `url` gives its result.",
                "application/json",
                _object({"run": COUNT, "state": TEXT, "url": TEXT}),
                Location="Where the result stands.",
            ),
            "404": _problem("No version of this contract is in force."),
        },
    },
    ("api:contracts-test-latest", "get"): {
        "responses": {"200": _answer("The newest run, finished or not.", "application/json", RUN), "404": NO_RUN},
    },
    ("api:contracts-test-run", "get"): {
        "responses": {"200": _answer("The run, with its results.", "application/json", RUN), "404": NO_RUN},
    },
    ("api:lineage-ingest", "post"): {
        "requestBody": _body({"application/json": EVENT}),
        "responses": {"201": _answer("The event is kept; also when it was kept before.")} | INGEST,
    },
    ("api:lineage-batch", "post"): {
        "requestBody": _body({"application/json": _list(EVENT), "application/x-ndjson": TEXT}),
        "responses": {
            "200": _answer(
                "What was kept, and each failure.",
                "application/json",
                _object(
                    {
                        "status": {"enum": ["success", "partial_success"]},
                        "summary": SUMMARY,
                        "failed_events": _list(FAILED),
                    }
                ),
            ),
        }
        | INGEST,
    },
    ("api:privacy-intake", "post"): {
        "parameters": [_header("Idempotency-Key", "The same key gives the same reference.")],
        "requestBody": _body({"application/json": REQUEST}),
        "responses": {
            "201": _answer(
                "The request is received.",
                "application/json",
                _object({"req_id": TEXT, "received_at": TIME, "next": TEXT}),
            ),
            "422": _problem("The body cannot be used; the detail says what to send instead."),
        },
    },
    ("api:suppression-check", "post"): {
        "requestBody": _body({"application/json": _object({"records": _list(RECORD, minItems=1, maxItems=1000)})}),
        "responses": {
            "200": _answer(
                "One answer a record, in order.",
                "application/json",
                _object({"suppressed": _list({"type": "boolean"})}),
            ),
            "422": _problem("A record cannot be used; the detail says which one."),
        },
    },
    ("api:evidence-checkpoint", "get"): {
        "responses": {
            "200": _answer("A signed note (c2sp.org/tlog-checkpoint).", "text/plain", TEXT),
            "404": _problem("There is no checkpoint yet."),
        },
    },
    ("api:evidence-consistency", "get"): {
        "parameters": [
            _query("from", "The size that the caller knows."),
            _query("to", "The size of a newer checkpoint."),
        ],
        "responses": {
            "200": _answer("The hashes of the proof, one a line.", "text/plain", TEXT),
            "400": _problem("The sizes are not whole numbers."),
            "404": _problem("There is no such proof."),
        },
    },
}

COMPONENTS: Json = {
    "securitySchemes": {"serviceToken": {"type": "http", "scheme": "bearer"}},
    "schemas": {
        "Problem": {
            "description": "RFC 9457.",
            **_object(
                {
                    "type": TEXT,
                    "title": TEXT,
                    "status": {"type": "integer"},
                    "detail": TEXT,
                    "request_id": TEXT,
                },
                needs=["type", "title", "status", "detail"],
            ),
        }
    },
    "responses": {
        "401": _problem("No good service token was sent.", WWW_Authenticate="The scheme that is asked for."),
        "403": _problem("The token lacks the scope."),
    },
}
