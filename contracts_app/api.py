"""What pipelines ask of contracts: the version in force, and a check of a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from contracts_app import selectors
from contracts_app.domain.document import load
from contracts_app.domain.source import MAX_BYTES
from portal.core.identity.access import token_scope
from portal.core.web.problems import problem


@token_scope("contracts:read")
@require_GET
def active(request: HttpRequest, name: str) -> HttpResponse:
    """The version in force of a contract: number, hash, state, and the authored YAML.

    `Accept: application/yaml` gives the exact signed bytes. 404 where nothing is in force.
    """
    version = selectors.active_by_name(name)
    if version is None:
        return problem(
            404, "No active version", f"No version of a contract named {name!r} is in force. Sign one first."
        )
    etag = f'"{version.digest}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    if "yaml" in request.headers.get("Accept", ""):
        return HttpResponse(bytes(version.authored), content_type="application/yaml", headers={"ETag": etag})
    return JsonResponse(selectors.as_json(version), headers={"ETag": etag})


@token_scope("contracts:read")
@require_POST
def lint(request: HttpRequest) -> HttpResponse:
    """Check the YAML in the body; 200 with the findings whether it passes or not, 413 over 1 MiB."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        return problem(413, "Too large", f"A contract has at most {MAX_BYTES} bytes (1 MiB).")
    loaded = load(request.body)
    findings = [found.as_dict() for found in loaded.findings]
    return JsonResponse({"ok": loaded.ok, "digest": loaded.digest, "findings": findings})
