"""Service tokens that were asked for a moment ago: a busy pipeline sends hundreds of events a second with one token."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.core.identity.models import ServiceToken

FOR_S = 1.0
"""For how long: another process refuses a revoked token within this time; this one refuses it at once."""
AT_MOST = 1_000
_seen: dict[str, tuple[ServiceToken, float]] = {}


def recall(digest: str) -> ServiceToken | None:
    """The token with this hash, if it was asked for less than FOR_S seconds ago."""
    token, asked_at = _seen.get(digest, (None, 0.0))
    return token if monotonic() - asked_at < FOR_S else None


def remember(token: ServiceToken) -> None:
    """Keep a token that was found; the store is emptied rather than let grow."""
    if len(_seen) >= AT_MOST:
        _seen.clear()
    _seen[token.hash] = (token, monotonic())


def forget(digest: str) -> None:
    """Ask for this token anew."""
    _seen.pop(digest, None)
