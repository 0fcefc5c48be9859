"""What every answer carries: the request's id, the content security policy and the other security headers."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict

from portal.core.web import csp
from portal.core.web.request_ids import accepted, request_id

Answer = Callable[[HttpRequest], HttpResponse]

HEADERS = {
    "Content-Security-Policy": csp.header(),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class RequestIdMiddleware:
    """Gives each request an id, takes over a harmless one from `X-Request-ID`, and answers with it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(accepted(request.headers.get("X-Request-ID", "")))
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
        finally:
            request_id.reset(token)
        return response


class SecurityHeadersMiddleware:
    """Adds the headers that an answer does not set itself; a page is never kept by a cache."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # Pages show people and rights; OWASP ASVS 14.3.2 asks that no cache keeps them.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class RefuseNulMiddleware:
    """Answers 400 where an address or a form holds a NUL, which no database keeps; nobody types one by mistake.

    Bodies that machines send are left to their views, which name the place in their own words.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        texts = [request.path_info, *_texts(request.GET)]
        if request.method == "POST" and not request.path_info.startswith("/api/"):
            texts += _texts(request.POST)
        if any("\0" in text for text in texts):
            raise BadRequest("A NUL is in the address or in the form.")
        return self.get_response(request)


def _texts(sent: QueryDict) -> list[str]:
    return [text for name, values in sent.lists() for text in (name, *map(str, values))]
