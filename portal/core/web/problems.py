"""Errors of the API as problem documents (RFC 9457)."""

import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions

from portal.core.web.request_ids import request_id

MEDIA_TYPE = "application/problem+json"
KEPT = {"Allow", "Retry-After", "Www-Authenticate"}
GENERAL = {
    400: ("Not readable", "The request cannot be read: look for a NUL, a broken escape or a wrong host in it."),
    403: ("Not allowed", "This may not be done here."),
    404: ("Not found", "Nothing is at this address. The operations are listed at /api/v1/schema."),
    405: ("Method not allowed", "This address takes other methods; the header Allow names them."),
    413: ("Too large", "The body is larger than this operation takes. Send less at once."),
    500: ("Our fault", "The portal failed. Tell its administrators the request_id; trying again may help."),
}


def problem(status: int, title: str, detail: str, **extra: Any) -> HttpResponse:
    """An answer with `status` and a problem document; `extra` are further members of the document.

    `title` names the kind of problem and stays the same; `detail` says what is wrong here and what to do next.
    """
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **extra}
    if request_id.get():
        document.setdefault("request_id", request_id.get())
    return HttpResponse(json.dumps(document), status=status, content_type=MEDIA_TYPE)


class ProblemsMiddleware:
    """Answers programs in their own form where a page of errors would come: under /api/ every error is a problem."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith("/api/") or response.status_code < 400:
            return response
        if "json" in response.headers.get("Content-Type", ""):
            return response
        title, detail = GENERAL.get(response.status_code, (response.reason_phrase, "The request cannot be answered."))
        answer = problem(response.status_code, title, detail)
        for name in KEPT & {each.title() for each in response.headers}:
            answer[name] = response.headers[name]
        return answer


def as_problem(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """What the REST framework calls for an exception in a view; None lets a fault of ours become a 500."""
    del context
    if isinstance(error, Http404):
        return problem(404, "Not found", str(error) or "Nothing is at this address.")
    if isinstance(error, PermissionDenied):
        return problem(403, "Not allowed", str(error) or "You may not do this.")
    if not isinstance(error, exceptions.APIException):
        return None
    return _of_framework(error)


def _of_framework(error: exceptions.APIException) -> HttpResponse:
    title = str(error.default_detail).rstrip(".")
    if isinstance(error, exceptions.ValidationError):
        answer = problem(
            error.status_code, "Invalid input", "Correct what `errors` names.", errors=error.get_full_details()
        )
    else:
        answer = problem(error.status_code, title, str(error.detail))
    if getattr(error, "auth_header", None):
        answer["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        answer["Retry-After"] = str(int(error.wait) + 1)
    return answer
