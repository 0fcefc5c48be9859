"""`/metrics`: what Prometheus scrapes, as OpenMetrics 1.0.0 or as Prometheus text 0.0.4."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry

from portal.core.identity.access import token_scope
from portal.core.web import exposition
from portal.core.web.metrics import registry

PLAIN = "text/plain"
OPEN = "application/openmetrics-text"
Writer = Callable[[CollectorRegistry], bytes]
WRITERS: dict[str, tuple[Writer, str]] = {
    OPEN: (exposition.openmetrics, f"{OPEN}; version=1.0.0; charset=utf-8"),
    PLAIN: (exposition.plain, f"{PLAIN}; version=0.0.4; charset=utf-8"),
}


@token_scope("metrics:read")
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Every series, of the assets in the token's namespaces; compressed where the scraper takes gzip."""
    write, content_type = WRITERS[preferred(request.headers.get("Accept", ""))]
    body = write(registry(request.service_token.covers))  # type: ignore[attr-defined]
    answer = HttpResponse(content_type=content_type)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, compresslevel=1)
        answer["Content-Encoding"] = "gzip"
    answer.content = body
    answer["Vary"] = "Accept, Accept-Encoding"
    answer["Cache-Control"] = "no-store"
    return answer


def preferred(accept: str) -> str:
    """OpenMetrics where it is asked for at least as much as plain text; plain text for everybody else.

    >>> preferred("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1")
    'application/openmetrics-text'
    >>> preferred("text/html, */*"), preferred("application/openmetrics-text;q=zero"), preferred("")
    ('text/plain', 'text/plain', 'text/plain')
    """
    wanted = dict.fromkeys(WRITERS, 0.0)
    for each in accept.split(","):
        media, *parameters = (part.strip() for part in each.split(";"))
        if media in wanted:
            wanted[media] = max(wanted[media], _quality(parameters))
    return OPEN if wanted[OPEN] > 0 and wanted[OPEN] >= wanted[PLAIN] else PLAIN


def _quality(parameters: list[str]) -> float:
    """The q of RFC 9110, 12.4.2: 1 where it is not said, 0 where it cannot be read."""
    said = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return min(max(float(said), 0.0), 1.0)
    except ValueError:
        return 0.0
