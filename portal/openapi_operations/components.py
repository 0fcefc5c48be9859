"""What operations refer to by name."""

from __future__ import annotations

from portal.openapi_operations.parts import TEXT, Json, problem, record

COMPONENTS: Json = {
    "securitySchemes": {"serviceToken": {"type": "http", "scheme": "bearer"}},
    "schemas": {
        "Problem": {
            "description": "RFC 9457.",
            **record(
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
        "401": problem("No good service token was sent.", WWW_Authenticate="The scheme that is asked for."),
        "403": problem("The token lacks the scope."),
    },
}
