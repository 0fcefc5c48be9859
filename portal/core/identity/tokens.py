"""Service tokens on the way in: how one is recognised on a request; `issue` is the service that makes one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from portal.core.clock.services import now
from portal.core.identity import remembered
from portal.core.identity.domain.token_text import hashed
from portal.core.identity.models import ServiceToken
from portal.core.identity.services import issue_token as issue

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

__all__ = ["TokenRefused", "authenticate", "issue"]

USE_NOTED_EVERY = timedelta(minutes=1)


class TokenRefused(Exception):
    """The request shows no service token that is good; the text says why and what to do."""


def authenticate(request: HttpRequest) -> ServiceToken:
    """The service token in `Authorization: Bearer …`; raises TokenRefused where there is none that is good."""
    kind, _, plain = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not plain.strip():
        raise TokenRefused("Send a service token in the header Authorization: Bearer … (an administrator issues one).")
    token = _known(hashed(plain.strip()))
    if token is None:
        raise TokenRefused("This service token is not known here. Check that it was copied whole.")
    at = now()
    if not token.usable(at):
        why = "was revoked" if token.revoked_at else "has expired"
        raise TokenRefused(f"The service token {token.prefix}… {why}. Ask an administrator for a new one.")
    _note_use(token, at)
    return token


def _known(digest: str) -> ServiceToken | None:
    """The token with this hash; as SQL, since building this query costs more than running it."""
    token = remembered.recall(digest)
    if token is None:
        found = ServiceToken.objects.raw("SELECT * FROM identity_servicetoken WHERE hash = %s", [digest])
        token = next(iter(found), None)
        if token is not None:
            remembered.remember(token)
    return token


def _note_use(token: ServiceToken, at: datetime) -> None:
    """Note the use at most once a minute: a busy pipeline must not turn every read into a write."""
    if token.last_used_at is None or at - token.last_used_at >= USE_NOTED_EVERY:
        ServiceToken.objects.filter(pk=token.pk).update(last_used_at=at)
        token.last_used_at = at
