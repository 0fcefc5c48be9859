"""The description of /api/v1 (OpenAPI 3.1): what the code knows of an operation, with what openapi_operations says.

The operations are plain Django views, so drf-spectacular finds none by itself; `describe` is its post-processing hook
(settings, SPECTACULAR_SETTINGS). Path, summary, scope and path parameters are read from the URLs and views.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

from django.urls import URLPattern

from portal.openapi_operations import COMPONENTS, OPERATIONS

PREFIX = "/api/v1/"
EXCEPTIONS = {
    "api:lineage-ingest-slash": "the same operation as api:lineage-ingest, for clients that add a slash",
    "api:lineage-batch-slash": "the same operation as api:lineage-batch, for clients that add a slash",
    "api:schema": "this description itself",
}
"""Names under /api/v1 that are not described, each with its reason."""
_CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")
_TYPES = {"int": "integer"}


def describe(result: dict[str, Any], generator: Any, **_: Any) -> dict[str, Any]:
    """Fill in paths and components; called by drf-spectacular with its own, empty result."""
    del generator
    result["paths"] = paths()
    result["components"] = COMPONENTS
    result["info"]["description"] = "Service tokens are issued by an administrator; every error is a problem document."
    result["servers"] = [{"url": "/"}]
    return result


def paths() -> dict[str, Any]:
    """Each path with its operations, in the order of the URLs."""
    from portal.api import urlpatterns  # the URLs import every app; this module is read with the settings

    found: dict[str, Any] = {}
    for pattern in urlpatterns:
        for (name, method), said in OPERATIONS.items():
            if name == f"api:{pattern.name}":
                found.setdefault(_path(pattern), {})[method] = _operation(pattern, method, said)
    return found


def _path(pattern: URLPattern) -> str:
    return PREFIX + _CONVERTER.sub(r"{\2}", str(pattern.pattern))


def _operation(pattern: URLPattern, method: str, said: dict[str, Any]) -> dict[str, Any]:
    scope = pattern.callback.access.scope
    summary, _, more = inspect.cleandoc(pattern.callback.__doc__ or "").partition("\n\n")
    parameters = [*_in_path(pattern), *said.get("parameters", [])]
    operation = {
        "operationId": f"{pattern.name}-{method}",
        "tags": [str(pattern.pattern).split("/", maxsplit=1)[0]],
        "summary": " ".join(summary.split()),
        "description": " ".join(f"{more} Needs a token of the scope {scope}.".split()),
        "security": [{"serviceToken": []}],
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": said["requestBody"]} if "requestBody" in said else {}),
    }
    refusals = {code: {"$ref": f"#/components/responses/{code}"} for code in ("401", "403")}
    return operation | {"responses": dict(sorted((said["responses"] | refusals).items()))}


def _in_path(pattern: URLPattern) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": _TYPES.get(converter, "string")}}
        for converter, name in _CONVERTER.findall(str(pattern.pattern))
    ]
