"""The API for programs: taking requests in, and asking the suppression list."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from portal.core.identity.access import token_scope
from portal.core.identity.actors import token_actor
from portal.core.web.problems import problem
from privacy_app.domain.artifact import rfc3339
from privacy_app.domain.clocks import Law
from privacy_app.models import Request
from privacy_app.services import intake, suppression

LARGEST = 64 * 1024
BATCH = 1000


class BadInput(ValueError):
    """The body cannot be used; the sentence says what to send instead."""


def _body(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > LARGEST:
        raise BadInput("The body is larger than 64 KiB. Send fewer at once.")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadInput("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise BadInput("The body must be a JSON object.")
    return body


@token_scope("privacy:intake")
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Take a request in. The same Idempotency-Key gives the same reference; everybody gets the same answer."""
    try:
        body = _body(request)
        email, claims, law = _email(body), _claims(body), _law(body)
    except BadInput as error:
        return problem(422, "Invalid input", str(error))
    key = request.headers.get("Idempotency-Key", "")[:150]
    token = request.service_token  # type: ignore[attr-defined]  # set by token_scope
    made = intake.receive(
        actor=token_actor(token),
        channel=Request.Channel.API,
        email=email,
        claims=claims,
        law=law,
        idempotency_key=f"api:{token.pk}:{key}" if key else "",
    )
    answer = {
        "req_id": made.req_id,
        "received_at": rfc3339(made.received_at),
        "next": "The owner of the address gets a code by e-mail; nothing is deleted without it.",
    }
    return JsonResponse(answer, status=201)


def _email(body: dict[str, Any]) -> str:
    email = body.get("email")
    try:
        validate_email(email)
    except ValidationError:
        raise BadInput("`email` must be an e-mail address: the code goes there.") from None
    return str(email)


def _claims(body: dict[str, Any]) -> dict[str, str]:
    claims = body.get("claims", {})
    good = isinstance(claims, dict) and len(claims) <= 10
    if not good or not all(
        _short(kind, 40) and _short(value, 200) and kind != "email" for kind, value in claims.items()
    ):
        raise BadInput("`claims` must map up to ten kinds of identifier (not `email`) to short texts.")
    return {str(kind): str(value) for kind, value in claims.items()}


def _short(value: Any, length: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= length


def _law(body: dict[str, Any]) -> Law:
    try:
        return Law(body.get("law", Law.GDPR))
    except ValueError:
        raise BadInput(f"`law` must be one of {', '.join(Law)}.") from None


@token_scope("suppression:check")
@require_POST
def check_suppression(request: HttpRequest) -> HttpResponse:
    """Of a batch of records, say which must not be let in: their subject was erased after the record's event time."""
    try:
        records = _records(_body(request))
        answers = suppression.check(records)
    except (BadInput, suppression.BadRecord) as error:
        return problem(422, "Invalid input", str(error))
    return JsonResponse({"suppressed": answers})


def _records(body: dict[str, Any]) -> list[dict[str, Any]]:
    records = body.get("records")
    if not isinstance(records, list) or not 0 < len(records) <= BATCH:
        raise BadInput(f"`records` must be a list of one to {BATCH} objects with kind, value and event_time.")
    if not all(isinstance(each, dict) for each in records):
        raise BadInput("Every record must be an object with kind, value and event_time.")
    return records
