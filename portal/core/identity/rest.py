"""Service tokens for Django REST framework views: authentication and the permission that asks for a scope."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from portal.core.identity.access import Access, lacking
from portal.core.identity.models import ServiceToken
from portal.core.identity.tokens import TokenRefused, authenticate


class ServiceTokenAuthentication(BaseAuthentication):
    """Recognises `Authorization: Bearer …`; the token is `request.auth` and `request.service_token`.

    Behind the decorator @requires the person of the session is kept, and their CSRF token is asked for.
    """

    def authenticate(self, request: Request) -> tuple[Any, ServiceToken | None] | None:
        """The caller, None where nothing is shown; AuthenticationFailed where the token is not good."""
        if _passed(request).acts:
            SessionAuthentication().enforce_csrf(request)
            return request._request.user, None
        known = getattr(request._request, "service_token", None)  # @token_scope has looked already
        if known is None and "Authorization" not in request.headers:
            return None
        try:
            token = known or authenticate(request._request)
        except TokenRefused as refused:
            raise AuthenticationFailed(str(refused)) from refused
        request._request.service_token = token  # type: ignore[attr-defined]
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002  # the framework's signature
        """What a 401 answers, as RFC 9110 asks."""
        return 'Bearer realm="custody"'


class HasScope(BasePermission):
    """Lets in tokens that have the view's `required_scope`, and whom a decorator of `access` has let in already.

    A view with neither lets nobody in.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """True for a token of the right scope; PermissionDenied with the scope's name for any other token."""
        if _passed(request) != Access():
            return True
        scope = getattr(view, "required_scope", "")
        if not scope or not isinstance(request.auth, ServiceToken):
            return False
        if not request.auth.has_scope(scope):
            raise PermissionDenied(lacking(request.auth, scope))
        return True


def _passed(request: Request) -> Access:
    """What a decorator of `access` has checked on this request already."""
    return getattr(request._request, "access", Access())
