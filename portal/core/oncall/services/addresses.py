"""Where a team is told: addresses are added, removed, and tried by a letter whose fate is shown."""

from __future__ import annotations

import secrets

from django.core.exceptions import ValidationError
from django.db import transaction

from portal.core.catalog import evidence_kinds
from portal.core.catalog.models import TeamAddress
from portal.core.catalog.services import add_team_address
from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.models import Team, User
from portal.core.identity.policies import Act, require
from portal.core.notify.outgoing import own_key
from portal.core.notify.services import enqueue

from .telling import absolute


class AddressRefused(ValueError):
    """An address that cannot be; the sentence says why."""


@transaction.atomic
def add_address(*, user: User, team: Team, kind: str, text: str, secret: str, purpose: str) -> TeamAddress:
    """Add an address, or change the secret and purpose of the team's own; AddressRefused where another team has it."""
    require(user, Act.KEEP_ROTA, team)
    try:
        address = add_team_address(text=text, team=team, kind=kind)
    except ValidationError as error:
        raise AddressRefused(" ".join(error.messages)) from error
    address.kind, address.secret, address.purpose = kind, secret, purpose
    address.save(update_fields=["kind", "secret", "purpose"])
    payload = _subject(address) | {"purpose": address.get_purpose_display().lower()}
    record(evidence_kinds.ADDRESS_SET, actor=actor_of(user), payload=payload, team_id=team.pk)
    return address


@transaction.atomic
def remove_address(*, user: User, address: TeamAddress) -> None:
    """Tell nobody there any more."""
    require(user, Act.KEEP_ROTA, address)
    payload = _subject(address)
    record(evidence_kinds.ADDRESS_REMOVED, actor=actor_of(user), payload=payload, team_id=address.team_id)
    address.delete()


@transaction.atomic
def send_test(*, user: User, address: TeamAddress) -> str:
    """Send a letter there that opens, and then ends, a test; returns the key of the message whose fate is shown.

    Channels that only know alerts get one that is resolved at once, so that nothing stays open over there.
    """
    require(user, Act.KEEP_ROTA, address)
    mark = f"oncall.test:{address.pk}:{secrets.token_hex(8)}"
    at = now().isoformat()
    facts = {
        "key": mark, "summary": f"Test of {address.team}", "severity": "ticket", "source": "custody",
        "class": "CustodyTest", "team": address.team.slug, "url": absolute(f"/on-call/teams/{address.team.slug}/"),
        "started_at": at, "ended_at": at, "labels": {}, "annotations": {},
    }  # fmt: skip
    body = f"{user.name} tries whether {address.team} can be told here. Nothing is wrong, and nothing is to be done."
    for action in ("trigger", "resolve"):
        enqueue(
            channel=address.kind,
            address=address.told_at,
            subject=f"Test of {address.team}" + (" is over" if action == "resolve" else ""),
            body=body,
            dedup_key=f"{mark}:{action}",
            details=facts | {"action": action},
        )
    return f"{mark}:trigger"


def signing_key(*, user: User, address: TeamAddress) -> str:
    """The key that signs to a webhook without a secret of its own, for who keeps the team's addresses."""
    require(user, Act.KEEP_ROTA, address)
    if address.kind != TeamAddress.Kind.WEBHOOK or address.secret:
        raise AddressRefused("Only a webhook without a secret of its own has a key that the portal makes.")
    return own_key(address.text)


def _subject(address: TeamAddress) -> dict[str, str | int]:
    return {"team": address.team.slug, "kind": address.kind, "address_digest": digest(address.text.encode())}
