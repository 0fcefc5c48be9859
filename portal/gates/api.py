"""What CI asks: the verdict over a deploy, and the records of those that nobody could be asked about."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from lineage_app.selectors import EventRefused
from portal.core.identity.access import token_scope
from portal.core.web.problems import problem
from portal.gates import selectors, services
from portal.gates.domain.question import Question, QuestionRefused, read_question, read_record

MOST_BYTES = 5 * 1024 * 1024


@token_scope("gate:read")
@require_POST
def verdict(request: HttpRequest) -> HttpResponse:
    """May this job be deployed? The verdict of all gates, kept under its number.

    200 whatever the verdict is; the same Idempotency-Key gives the same verdict again. The token's namespaces must
    cover the job's.
    """
    try:
        body = _body(request)
        question = read_question(body)
        refused = _foreign(request, question)
        if refused is not None:
            return refused
        token = request.service_token  # type: ignore[attr-defined]  # set by @token_scope
        run = services.decide(token=token, question=question, key=_key(request))
    except TooLarge:
        return problem(413, "Too large", TOO_LARGE)
    except QuestionRefused as error:
        return problem(422, "Question refused", str(error))
    except EventRefused as error:
        return problem(422, "Event refused", f"`events` holds one that cannot be read: {error}")
    return JsonResponse(selectors.as_json(run))


@token_scope("gate:read")
@require_POST
def records(request: HttpRequest) -> HttpResponse:
    """A deploy went through without a verdict: keep it, and show its assets as ungated.

    201 also where the record was known already.
    """
    try:
        told = read_record(_body(request))
        refused = _foreign(request, told.question)
        if refused is not None:
            return refused
        token = request.service_token  # type: ignore[attr-defined]  # set by @token_scope
        run = services.take_record(token=token, told=told)
    except TooLarge:
        return problem(413, "Too large", TOO_LARGE)
    except QuestionRefused as error:
        return problem(422, "Record refused", str(error))
    return JsonResponse({"id": run.pk, "url": f"{settings.BASE_URL}{run.get_absolute_url()}"}, status=201)


def _body(request: HttpRequest) -> bytes:
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        raise TooLarge
    return request.body


class TooLarge(Exception):
    """The body is larger than any question has to be."""


TOO_LARGE = f"The body has more than {MOST_BYTES} bytes (5 MiB); keep this run's events only, or ask by fewer files."


def _foreign(request: HttpRequest, question: Question) -> HttpResponse | None:
    token = request.service_token  # type: ignore[attr-defined]  # set by @token_scope
    if token.covers(question.namespace):
        return None
    said = f"This token was not issued for the namespace {question.namespace}. Ask an administrator for one that is."
    return problem(403, "Namespace missing", said)


def _key(request: HttpRequest) -> uuid.UUID:
    sent = request.headers.get("Idempotency-Key", "")
    try:
        return uuid.UUID(sent) if sent else uuid.uuid4()
    except ValueError:
        raise QuestionRefused("The header Idempotency-Key must be a UUID.") from None
