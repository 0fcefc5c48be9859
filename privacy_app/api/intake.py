"""Requests from programs: taken in with a signed receipt, followed, and cancelled. No identifier ever comes back."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from portal.core.identity.access import token_scope
from portal.core.identity.actors import token_actor
from portal.core.web.problems import problem
from privacy_app import limits, selectors
from privacy_app.api.bodies import BadInput, TooLarge, body_of, bytes_of, is_text
from privacy_app.api.reading import asked
from privacy_app.domain.receipts import RECEIPT, body_hmac, drp_view, opendsr_view
from privacy_app.domain.request import State, TransitionRefused
from privacy_app.domain.status_words import Because, what_next
from privacy_app.models import Request
from privacy_app.services import intake, lifecycle, receipts

LONGEST_KEY = 150
NEXT = "The owner of the address gets a code by e-mail; nothing is deleted without it."
VIEWS = ("custody", "opendsr", "drp")


@token_scope("privacy:intake")
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Take a request in. The same Idempotency-Key gives the same reference; everybody gets the same answer."""
    token = _token(request)
    if limits.too_often_by(f"token.{token.pk}", "api-intake", limits.API_INTAKES_AN_HOUR):
        return _too_often()
    try:
        key, wanted, body = _key(request), asked(body_of(request)), bytes_of(request)
        made = intake.receive(
            actor=token_actor(token),
            channel=Request.Channel.API,
            email=wanted.email,
            claims=wanted.claims,
            law=wanted.law,
            idempotency_key=f"api:{token.pk}:{key}" if key else "",
            origin=intake.Origin(
                language=wanted.language,
                more_emails=wanted.more_emails,
                callback=wanted.callback,
                token=token,
                fingerprint=intake.fingerprint(body) if key else "",
            ),
        )
    except TooLarge as error:
        return problem(413, "Too large", str(error))
    except (BadInput, intake.KeyReused) as error:
        return problem(422, "Invalid input", str(error))
    more = {"body_hmac": body_hmac(key, body)} if key else {}
    signed = receipts.stated(made, RECEIPT, **more)
    url = reverse("api:privacy-request", args=[made.req_id])
    answer = {"req_id": made.req_id, "received_at": signed["receipt"]["received_at"], "next": NEXT, "status": url}
    return JsonResponse(answer | signed, status=201, headers={"Location": url})


@token_scope("privacy:intake")
@never_cache
@require_GET
def status(request: HttpRequest, req_id: str) -> HttpResponse:
    """Where a request stands that came from the same sender; `view` chooses the vocabulary."""
    found = selectors.request_of_token(_token(request), req_id)
    if found is None:
        return _unknown(req_id)
    view = request.GET.get("view", VIEWS[0])
    if view not in VIEWS:
        return problem(422, "Invalid input", f"`view` must be one of {', '.join(VIEWS)}.")
    signed = receipts.stated(found)
    if view == "opendsr":
        return JsonResponse(opendsr_view(signed["receipt"]) | {"receipt": signed})
    if view == "drp":
        return JsonResponse(drp_view(signed["receipt"], what_next(State(found.state))) | {"receipt": signed})
    return JsonResponse(signed)


@token_scope("privacy:intake")
@require_POST
def cancel(request: HttpRequest, req_id: str) -> HttpResponse:
    """Cancel a request of the same sender, until the first destructive step. Cancelled twice is cancelled."""
    token = _token(request)
    found = selectors.request_of_token(token, req_id)
    if found is None:
        return _unknown(req_id)
    try:
        reason = _reason(body_of(request, empty=True))
        if State(found.state) is not State.CANCELLED:
            found = lifecycle.cancel(
                actor=token_actor(token), request_id=found.pk, reason=reason, because=Because.WITHDRAWN
            )
    except BadInput as error:
        return problem(413 if isinstance(error, TooLarge) else 422, "Invalid input", str(error))
    except TransitionRefused as refused:
        return problem(409, "Too late", str(refused))
    return JsonResponse(receipts.stated(found))


def _token(request: HttpRequest) -> Any:
    return request.service_token  # type: ignore[attr-defined]  # set by token_scope


def _key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise BadInput(f"The Idempotency-Key may have up to {LONGEST_KEY} printable characters.")
    return key


def _reason(body: dict[str, Any]) -> str:
    reason = body.get("reason", "Cancelled by the program that brought the request.")
    if set(body) - {"reason"} or not is_text(reason, 500) or not reason.strip():
        raise BadInput("The body may hold `reason`, a text of up to 500 characters, and nothing else.")
    return str(reason)


def _unknown(req_id: str) -> HttpResponse:
    return problem(404, "Not found", f"No request {req_id} came in by a token of this sender.")


def _too_often() -> HttpResponse:
    answer = problem(429, "Too many requests", f"A token may bring {limits.API_INTAKES_AN_HOUR} requests an hour.")
    answer["Retry-After"] = str(limits.HOUR)
    return answer
