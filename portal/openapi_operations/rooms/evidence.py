"""Operations on the ledger."""

from __future__ import annotations

from portal.openapi_operations.parts import TEXT, Operations, answer, problem, query

OPERATIONS: Operations = {
    ("api:evidence-checkpoint", "get"): {
        "responses": {
            "200": answer("A signed note (c2sp.org/tlog-checkpoint).", "text/plain", TEXT),
            "404": problem("There is no checkpoint yet."),
        },
    },
    ("api:evidence-consistency", "get"): {
        "parameters": [
            query("from", "The size that the caller knows."),
            query("to", "The size of a newer checkpoint."),
        ],
        "responses": {
            "200": answer("The hashes of the proof, one a line.", "text/plain", TEXT),
            "400": problem("The sizes are not whole numbers."),
            "404": problem("There is no such proof."),
        },
    },
}
