"""Outputs and answers for machines: products register what they hand out, auditors' tools ask where it came from."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.evidence.domain.leaves import timestamp
from portal.core.identity.access import token_scope
from portal.core.web.problems import problem
from portal.pages.provenance import services
from portal.pages.provenance.asking import asked
from portal.pages.provenance.domain.document import document_of
from portal.pages.provenance.domain.output_ids import BATCH
from portal.pages.provenance.domain.questions import moment
from portal.pages.provenance.models import Output

LARGEST = 2 * 1024 * 1024
"""Bytes of one batch."""
SHOWN = 200


@token_scope("outputs:write")
@require_http_methods(["GET", "HEAD", "POST"])
def outputs(request: HttpRequest) -> HttpResponse:
    """Register outputs (POST), or list those of the token's namespaces (GET)."""
    return _register(request) if request.method == "POST" else _listed(request)


def _register(request: HttpRequest) -> HttpResponse:
    """Answered after the commit: 201 where something new was stored, 200 where all was known, 422 where nothing
    could be taken. Outputs that are refused are named by their place, the others of the batch are kept.
    """
    sent = _sent(request)
    if isinstance(sent, str):
        return problem(400, "Not understood", sent)
    made = services.register(sent, token=request.service_token)  # type: ignore[attr-defined]  # set by @token_scope
    failures = [{"index": each.index, "reason": each.reason} for each in made.refused]
    summary = {"received": made.received, "stored": made.stored, "known": made.known, "refused": len(failures)}
    if failures and len(failures) == made.received:
        return problem(422, "Nothing registered", failures[0]["reason"], summary=summary, failures=failures)
    return JsonResponse({"summary": summary, "failures": failures}, status=201 if made.stored else 200)


def _sent(request: HttpRequest) -> list[Any] | str:
    """The outputs in the body, or the sentence why it holds none."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdigit() and int(announced) > LARGEST:
        return f"The body is larger than {LARGEST // 1024} KiB. Send fewer at once."
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return "The body is not JSON."
    rows = body.get("outputs") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= BATCH:
        return f"Send an object with `outputs`, a list of one to {BATCH} outputs."
    return rows


def _listed(request: HttpRequest) -> HttpResponse:
    """The newest first, SHOWN a page: `next` is the `before` of the next page. `namespace`, `output_id` and `run_id`
    narrow it.
    """
    token = request.service_token  # type: ignore[attr-defined]  # set by @token_scope
    before = request.GET.get("before", "")
    if before and not (before.isascii() and before.isdecimal() and len(before) < 19):
        return problem(400, "Not a number", "`before` is the number that an earlier page gave as `next`.")
    wanted = {name: request.GET[name] for name in ("namespace", "output_id", "run_id") if request.GET.get(name)}
    if any("\0" in value for value in wanted.values()):
        return problem(400, "Not understood", "No id has a NUL in it.")
    rows, following = _page(token, wanted, int(before) if before else None)
    return JsonResponse({"outputs": [_output(each) for each in rows], "next": following})


def _page(token: Any, wanted: dict[str, str], before: int | None) -> tuple[list[Output], int | None]:
    """The rows of one page that the token covers, and where the next begins."""
    found = Output.objects.filter(**wanted, **({"pk__lt": before} if before else {})).order_by("-pk")
    rows = list(found[: SHOWN + 1])
    following = rows[SHOWN - 1].pk if len(rows) > SHOWN else None
    return [each for each in rows[:SHOWN] if token.covers(each.namespace)], following


def _output(each: Output) -> dict[str, Any]:
    names = ("namespace", "output_id", "product", "run_id", "model", "model_version", "digest")
    return {name: getattr(each, name) for name in names} | {
        "made_at": timestamp(each.made_at),
        "registered_at": timestamp(each.registered_at),
    }


@token_scope("provenance:read")
@require_safe
def provenance(request: HttpRequest) -> HttpResponse:
    """The answer to `q` as a custody-provenance@v1 document; `known_at` asks as the portal knew it then.

    404 with `choices` where the question has no answer, or more than one.
    """
    sent = request.GET.get("known_at", "")
    known_at = moment(sent) if sent else None
    if sent and known_at is None:
        return problem(400, "Not a time", "`known_at` must be a time of ISO 8601, such as 2026-03-01T10:00:00Z.")
    found = asked(None, request.GET.get("q", ""), known_at=known_at)
    if found.answer is None:
        offer = found.offer
        choices = [text for text, _ in offer.choices] if offer else []
        return problem(404, "No answer", offer.sentence if offer else "Ask a question.", choices=choices)
    response = JsonResponse(document_of(found.answer))
    response["Server-Timing"] = f"answer;dur={found.took_ms}"
    return response
