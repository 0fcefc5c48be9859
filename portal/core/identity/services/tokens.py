"""Issuing and revoking service tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.services import record
from portal.core.identity import remembered
from portal.core.identity.domain.token_text import fresh, hashed
from portal.core.identity.evidence_kinds import TOKEN_ASSIGNED, TOKEN_ISSUED, TOKEN_REVOKED
from portal.core.identity.models import ServiceToken

if TYPE_CHECKING:
    from datetime import datetime

    from portal.core.evidence.actors import Actor
    from portal.core.identity.models import Team

SCOPE = re.compile(r"[a-z_]+:[a-z_]+")


@transaction.atomic
def issue_token(
    *,
    actor: Actor,
    name: str,
    scopes: list[str],
    namespaces: list[str],
    expires_at: datetime,
    owner_team: Team | None = None,
) -> tuple[ServiceToken, str]:
    """Save a service token; return it with its text, which is never to be had again.

    `namespaces` are glob patterns; people of `owner_team` see what is refused of what the token sends. Raises
    ValidationError without scopes, or with an end that has passed.
    """
    _check(scopes, expires_at)
    plain, prefix = fresh()
    token = ServiceToken.objects.create(
        name=name, prefix=prefix, hash=hashed(plain), scopes=scopes, namespaces=namespaces, expires_at=expires_at
    )
    payload: dict[str, str | int] = {
        "token": prefix,
        "scopes": " ".join(scopes),
        "namespaces": " ".join(namespaces) or "none",
        "expires": expires_at.isoformat(timespec="seconds"),
    }
    record(TOKEN_ISSUED, actor=actor, payload=payload)
    publish("identity.token.issued", dict(payload), key=prefix)
    return (assign_token(actor=actor, token=token, team=owner_team) if owner_team else token), plain


@transaction.atomic
def assign_token(*, actor: Actor, token: ServiceToken, team: Team | None) -> ServiceToken:
    """Make the token belong to a team, or (None) to nobody but administrators."""
    locked = ServiceToken.objects.select_for_update().get(pk=token.pk)
    if locked.owner_team_id != (team.pk if team else None):
        locked.owner_team = team
        locked.save(update_fields=["owner_team"])
        slug = team.slug if team else "no team"
        record(TOKEN_ASSIGNED, actor=actor, payload={"token": locked.prefix, "team": slug})
        publish("identity.token.assigned", {"token": locked.prefix, "team": slug}, key=locked.prefix)
    return locked


@transaction.atomic
def revoke_token(*, actor: Actor, token: ServiceToken) -> ServiceToken:
    """Revoke a token, here at once and in every process within a second. Revoking twice changes nothing."""
    locked = ServiceToken.objects.select_for_update().get(pk=token.pk)
    if locked.revoked_at is None:
        locked.revoked_at = now()
        locked.save(update_fields=["revoked_at"])
        remembered.forget(locked.hash)
        record(TOKEN_REVOKED, actor=actor, payload={"token": locked.prefix})
        publish("identity.token.revoked", {"token": locked.prefix}, key=locked.prefix)
    return locked


def _check(scopes: list[str], expires_at: datetime) -> None:
    bad = [scope for scope in scopes if not SCOPE.fullmatch(scope)]
    if bad or not scopes:
        raise ValidationError(f"Name at least one scope, each such as lineage:write (given: {bad or 'none'}).")
    if expires_at <= now():
        raise ValidationError("The token would have expired already. Choose a later end.")
