"""The decorators that every view wears: who may come in, and what the others are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django_htmx.http import HttpResponseClientRedirect

from portal.core.identity.factors import has_second_factor
from portal.core.identity.models import ServiceToken
from portal.core.identity.policies import BINDING, Act, may, refusal
from portal.core.identity.tokens import TokenRefused, authenticate
from portal.core.web.problems import problem

View = TypeVar("View", bound=Callable[..., Any])
known_scopes: set[str] = set()
"""The scopes that some view asks for; filled as the views are imported."""


@dataclass(frozen=True)
class Access:
    """What a view asks of its caller; the architecture test reads it from the view's attribute `access`."""

    acts: tuple[Act, ...] = ()
    scope: str = ""
    public: str = ""


def requires(*acts: Act) -> Callable[[View], View]:
    """Let in who may do one of `acts` to something; rights on the object itself are asked with `require`.

    Somebody who is not signed in goes to the sign-in page; the API answers 401 and 403 as problem documents.
    """

    def check(request: HttpRequest) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        if not any(may(request.user, act) for act in acts):
            return _refuse(request, refusal(*acts))
        if BINDING.issuperset(acts) and not has_second_factor(request.user):
            return _refuse(
                request, "This binds the organisation, so it needs a passkey or one-time codes. Set one up first."
            )
        return None

    return _wearing(Access(acts=acts), check)


def public(why: str) -> Callable[[View], View]:
    """Let everybody in, and say why that is right."""
    if not why:
        raise ImproperlyConfigured("A public view says why it is public.")
    return _wearing(Access(public=why), lambda _: None)


def token_scope(scope: str) -> Callable[[View], View]:
    """Let in service tokens of this scope; sets `request.service_token`. Free of CSRF: no cookie is looked at."""
    known_scopes.add(scope)

    def check(request: HttpRequest) -> HttpResponse | None:
        try:
            token = authenticate(request)
        except TokenRefused as refused:
            return unauthorised(str(refused))
        if not token.has_scope(scope):
            return problem(403, "Scope missing", lacking(token, scope))
        request.service_token = token  # type: ignore[attr-defined]
        return None

    return _wearing(Access(scope=scope), check, exempt=True)


def lacking(token: ServiceToken, scope: str) -> str:
    """The sentence for a token that was issued for something else."""
    return f"This token lacks the scope {scope}; it has {', '.join(token.scopes)}."


def unauthorised(detail: str) -> HttpResponse:
    """The 401 of the API, with the header that RFC 9110 asks for."""
    response = problem(401, "Not signed in", detail)
    response["WWW-Authenticate"] = 'Bearer realm="custody"'
    return response


def _wearing(
    access: Access, check: Callable[[HttpRequest], HttpResponse | None], *, exempt: bool = False
) -> Callable[[View], View]:
    def decorator(view: View) -> View:
        if getattr(view, "access", None):
            raise ImproperlyConfigured(f"{view.__qualname__} wears two of requires, public and token_scope.")

        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            refused = check(request)
            if refused is None:
                request.access = access  # type: ignore[attr-defined]  # read by the REST framework's classes
                return view(request, *args, **kwargs)
            return refused

        wrapped.access = access  # type: ignore[attr-defined]
        return csrf_exempt(wrapped) if exempt else wrapped  # type: ignore[return-value]

    def either(view: Any) -> Any:
        return method_decorator(decorator, name="dispatch")(view) if isinstance(view, type) else decorator(view)

    return either


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return unauthorised("Sign in first, or send a service token where the operation takes one.")
    # A form that was sent cannot be sent again by a link, so whoever was signed out meanwhile starts at the front.
    to_sign_in = redirect_to_login(request.get_full_path() if request.method in ("GET", "HEAD") else "/")
    # A fragment must not be filled with the sign-in page: the whole page goes there.
    return HttpResponseClientRedirect(to_sign_in.url) if request.headers.get("HX-Request") else to_sign_in


def _refuse(request: HttpRequest, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem(403, "Not allowed", sentence)
    raise PermissionDenied(sentence)
