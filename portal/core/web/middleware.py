"""What every answer carries: the request's id, the content security policy and the other security headers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
