"""Asking the suppression list."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from portal.core.identity.access import token_scope
from portal.core.web.problems import problem
from privacy_app import limits
from privacy_app.api.bodies import BadInput, body_of
from privacy_app.services import suppression

BATCH = 1000
LARGEST = 512 * 1024
A_MINUTE = 600
"""Calls that one token may make in a minute: six hundred thousand records."""


@token_scope("suppression:check")
@require_POST
def check_suppression(request: HttpRequest) -> HttpResponse:
    """Of a batch of records, say which must not be let in: their subject was erased after the record's event time."""
    token = request.service_token  # type: ignore[attr-defined]  # set by token_scope
    allowed = limits.allowance("suppression", str(token.pk), A_MINUTE)
    answer = _too_often(allowed) if allowed.left < 0 else _answer(request, token.pk)
    for name, value in allowed.headers.items():
        answer[name] = value
    return answer


def _too_often(allowed: limits.Allowance) -> HttpResponse:
    words = f"This token asked {allowed.limit} times in this minute. Ask with more records at once, or later."
    return problem(429, "Too many requests", words)


def _answer(request: HttpRequest, token_id: int) -> HttpResponse:
    try:
        records = _records(body_of(request, largest=LARGEST))
        answers = suppression.check(records)
    except (BadInput, suppression.BadRecord) as error:
        return problem(422, "Invalid input", str(error))
    suppression.note_asked(token_id=token_id, answers=answers)
    return JsonResponse({"suppressed": answers})


def _records(body: dict[str, Any]) -> list[dict[str, Any]]:
    records = body.get("records")
    if not isinstance(records, list) or not 0 < len(records) <= BATCH:
        raise BadInput(f"`records` must be a list of one to {BATCH} objects with kind, value and event_time.")
    if not all(isinstance(each, dict) for each in records):
        raise BadInput("Every record must be an object with kind, value and event_time.")
    return records
