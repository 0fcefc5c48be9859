"""The OpenLineage endpoint: unmodified clients post here, and 201 means that the event is on disk.

Plain Django, no REST framework: this is the hottest path of the portal. A 4xx tells a client to give up, so it is
only for what a retry cannot mend; 503 with Retry-After is for what it can.
"""

import logging
import time
from collections.abc import Callable
from functools import wraps

from celery import signature
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from lineage_app.batches import split
from lineage_app.bodies import BATCH_BYTES, EVENT_BYTES, BodyRefused, read_body
from lineage_app.domain.events import EventRefused, parse
from lineage_app.services import backpressure
from lineage_app.services.backpressure import RETRY_AFTER_S, Overloaded
from lineage_app.services.ingest import Sent, keep, keep_many
from lineage_app.services.refusals import Refused, refuse
from portal.core.clock.beat import wake
from portal.core.clock.services import now
from portal.core.identity.access import token_scope
from portal.core.web.problems import problem

View = Callable[[HttpRequest], HttpResponse]
_WAKE_EVERY_S = 0.5
_TITLES = {400: "Event refused", 413: "Too large", 415: "Unknown encoding"}
_log = logging.getLogger(__name__)


def _busy_is_503(view: View) -> View:
    """Answer 503 with Retry-After where the database is away or overloaded: clients send the event again."""

    @wraps(view)
    def answering(request: HttpRequest) -> HttpResponse:
        connection.health_check_done = True  # the answer below does for a lost connection what the check's query does
        try:
            return view(request)
        except (OperationalError, InterfaceError, InternalError) as error:
            _log.warning("an event could not be kept: %s", type(error).__name__)
            if not connection.in_atomic_block:
                connection.close()  # a lost connection must not meet the next request
            return _not_kept(f"The event could not be kept just now. Send it again in {RETRY_AFTER_S} seconds.")
        except Overloaded as overloaded:
            return _not_kept(str(overloaded))

    return answering


def _not_kept(sentence: str) -> HttpResponse:
    response = problem(503, "Not kept", sentence)
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response


@_busy_is_503
@token_scope("lineage:write")
@require_POST
def ingest(request: HttpRequest) -> HttpResponse:
    """Keep one event: 201 when it is durable, also when it was known already."""
    backpressure.check()
    body = b""
    try:
        body = read_body(request, EVENT_BYTES)
        event = parse(body)
    except BodyRefused as refused:
        return _refused(request, Refused(refused.status, refused.reason, str(refused), refused.start))
    except EventRefused as refused:
        return _refused(request, Refused(400, refused.reason, str(refused), body))
    began = time.monotonic()
    if keep(event, body, token=request.service_token, at=now()):
        _wake_projector()
    backpressure.note(time.monotonic() - began)
    return HttpResponse(status=201)


@_busy_is_503
@token_scope("lineage:write")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Keep several events in one transaction; the answer is the specification's summary with each failure."""
    backpressure.check()
    try:
        items = split(read_body(request, BATCH_BYTES), request.headers.get("Content-Type", ""))
    except BodyRefused as refused:
        return _refused(request, Refused(refused.status, refused.reason, str(refused), refused.start))
    good, failed = [], []
    for index, body in enumerate(items):
        try:
            good.append(Sent(parse(body), body))
        except EventRefused as refused:
            failed.append(Refused(400, refused.reason, str(refused), body, index))
    if keep_many(good, token=request.service_token, at=now()):
        _wake_projector()
    refuse(failed, token=request.service_token, at=now())
    return JsonResponse(_summary(len(items), failed))


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    refuse([refused], token=request.service_token, at=now())
    return problem(refused.status, _TITLES[refused.status], refused.sentence)


def _summary(received: int, failed: list[Refused]) -> dict[str, object]:
    """Return the answer that spec/OpenLineage.yml describes for POST /lineage/batch."""
    return {
        "status": "partial_success" if failed else "success",
        "summary": {
            "received": received,
            "successful": received - len(failed),
            "failed": len(failed),
            "retriable": 0,
            "non_retriable": len(failed),
        },
        "failed_events": [{"index": one.place, "reason": one.sentence, "retriable": False} for one in failed],
    }


class _Pace:
    """When this process last woke the projector: once in a while is enough, beat ticks anyway."""

    at = 0.0


def _wake_projector() -> None:
    tick = time.monotonic()
    if tick - _Pace.at >= _WAKE_EVERY_S:
        _Pace.at = tick
        wake(signature("lineage_app.tasks.project"))
