"""What is answered while a server that the portal stands on is away: 503, so that people and programs send it again.

A write is one transaction in PostgreSQL, so what met a lost server is not half kept. Programs try again after
`Retry-After` (RFC 9110, section 10.2.3) by themselves.
"""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from redis.exceptions import ConnectionError as CacheAway
from redis.exceptions import TimeoutError as CacheSilent

from portal.core.web.problems import problem

RETRY_AFTER_S = 5
LOST = ("08", "53", "57P")  # SQLSTATE: connection exceptions, no resources, operator intervention
_log = logging.getLogger(__name__)


class AwayMiddleware:
    """Turns a lost connection to PostgreSQL or Valkey into an answer; every other exception goes on as it was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Called by Django for what a view raised."""
        return answer_to(request, error)


def answer_to(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """503 where `error` says that a server is away; None for any other error."""
    if not _is_away(error):
        return None
    _log.warning("a server of ours is away: %s", type(error).__name__)  # its text may hold values
    if request.path_info.startswith("/api/"):
        answer = problem(503, "Away", f"A part of the portal is away. Send the same again in {RETRY_AFTER_S} seconds.")
    else:
        answer = HttpResponse(loader.get_template("503.html").render(), status=503)  # asks no server for anything
    answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _is_away(error: Exception) -> bool:
    if isinstance(error, CacheAway | CacheSilent | InterfaceError):
        return True
    state = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, OperationalError) and (state is None or state.startswith(LOST))
