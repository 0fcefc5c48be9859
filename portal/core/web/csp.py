"""The content security policy of every page, and how one page asks for a rule of its own."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

View = TypeVar("View", bound=Callable[..., HttpResponse])

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}


def header(**rules: str) -> str:
    """The header's value, with some rules replaced; `style_src` stands for `style-src`.

    >>> header(style_src="'self' 'unsafe-inline'").split("; ")[2]
    "style-src 'self' 'unsafe-inline'"
    """
    own = {name.replace("_", "-"): value for name, value in rules.items()}
    unknown = own.keys() - POLICY.keys()
    if unknown:
        raise ValueError(f"The policy has no rule {', '.join(sorted(unknown))}; add it to POLICY first.")
    return "; ".join(f"{name} {value}" for name, value in (POLICY | own).items())


def csp(**rules: str) -> Callable[[View], View]:
    """Decorator: this view's answer carries the policy with these rules replaced (the diagram frame does)."""
    value = header(**rules)

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response["Content-Security-Policy"] = value
            return response

        return wrapped  # type: ignore[return-value]

    return decorate
