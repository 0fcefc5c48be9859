"""What people do with a page that no other room keeps: take it on, and say that it is over."""

from __future__ import annotations

from django.db import transaction

from portal.core.clock.services import now
from portal.core.identity.models import User
from portal.core.identity.policies import Act, require

from ..models import Page
from .pages import acknowledge, resolve


class PageRefused(ValueError):
    """What was asked does not fit the page; the sentence says why."""


@transaction.atomic
def acknowledge_by_hand(*, user: User, page: Page) -> Page:
    """Take it on. Raises PermissionDenied, or PageRefused where it is over or kept elsewhere."""
    _check(user, page)
    found = acknowledge(key=page.key, at=now(), person=user)
    if found is None:
        raise PageRefused("It is resolved already.")
    return found


@transaction.atomic
def resolve_by_hand(*, user: User, page: Page, text: str) -> Page:
    """End it with what was done; raises PermissionDenied, or PageRefused without a text or where it is over."""
    _check(user, page)
    if not text.strip():
        raise PageRefused("Say what was wrong and what was done about it.")
    found = resolve(key=page.key, at=now(), text=f"{user.name} resolved it: {text.strip()}", person=user)
    if found is None:
        raise PageRefused("It is resolved already.")
    return found


def _check(user: User, page: Page) -> None:
    require(user, Act.HANDLE_INCIDENT, page)
    if page.elsewhere:
        raise PageRefused("This page is handled where it came from; follow its link.")
