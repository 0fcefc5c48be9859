"""What consumers ask: how much of their reading they may do now."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.views.decorators.http import require_GET

from portal.core.identity.access import token_scope
from portal.core.web.problems import problem

from ..selectors.throttle import MAX_AGE, Told, decision

View = Callable[..., HttpResponse]
SECONDS = int(MAX_AGE.total_seconds())
CACHED = f"private, max-age={SECONDS}, stale-if-error=300"


def _or_cannot_tell(view: View) -> View:
    """503 where the database does not answer: then nobody can tell, and a consumer follows its last `on_unknown`."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (DatabaseError, InterfaceError):
            said = "The portal cannot reach its database, so it cannot tell. Follow on_unknown of your last answer."
            refused = problem(503, "Cannot tell", said)
            refused["Retry-After"] = str(SECONDS)
            refused["Cache-Control"] = "no-store"
            return refused

    return answered


@_or_cannot_tell
@token_scope("throttle:read")
@require_GET
def throttle(request: HttpRequest, asset: str) -> HttpResponse:
    """How much of reading `asset` may the job `consumer` (namespace/name) do now?

    200 for every decision: a denial is an answer and no error. 304 where If-None-Match names the answer that still
    holds.
    """
    told = decision(asset, request.GET.get("consumer", "").strip())
    if told is None:
        said = f"There is no asset {asset}. Write its namespace and name, joined by a slash."
        return problem(404, "Unknown asset", said)
    answer = HttpResponseNotModified() if _holds(request, told) else JsonResponse(told.as_json())
    answer["ETag"] = told.etag
    answer["Cache-Control"] = CACHED
    answer["Vary"] = "Authorization"
    if told.denied:
        answer["Retry-After"] = str(SECONDS)
    return answer


def _holds(request: HttpRequest, told: Told) -> bool:
    """Whether the caller has this answer already; a weak tag is as good (RFC 9110, 13.1.2)."""
    known = [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]
    return told.etag in known or known == ["*"]
