"""Passkeys enter the ledger when they are added and removed, so that nobody can later invent one for a person."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.db import transaction
from django.dispatch import receiver
from fido2 import cbor

from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.models import Entry
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.evidence_kinds import PASSKEY_ADDED, PASSKEY_REMOVED


def credential_of(authenticator: Any) -> Any:
    """The stored credential: `.credential_id` and `.public_key` (COSE)."""
    return authenticator.wrap().authenticator_data.credential_data


def cose_of(authenticator: Any) -> bytes:
    """The passkey's public key in the canonical CBOR of CTAP2."""
    return bytes(cbor.encode(dict(credential_of(authenticator).public_key)))


def enrolment_of(person: str, credential: str) -> Entry | None:
    """The entry with which this person (public id) added this passkey (digest of its id); None if it was never kept."""
    added = Entry.objects.filter(kind=PASSKEY_ADDED.name, actor_id=person, payload__credential=credential)
    return added.order_by("pk").last()


@receiver(authenticator_added)
def note_added(user: Any, authenticator: Any, **_: Any) -> None:
    """A passkey belongs to this person from now on."""
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        payload: dict[str, str | int] = {"credential": _name(authenticator), "key": digest(cose_of(authenticator))}
        with transaction.atomic():
            record(PASSKEY_ADDED, actor=actor_of(user), payload=payload)


@receiver(authenticator_removed)
def note_removed(user: Any, authenticator: Any, **_: Any) -> None:
    """A passkey signs nothing more."""
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        with transaction.atomic():
            record(PASSKEY_REMOVED, actor=actor_of(user), payload={"credential": _name(authenticator)})


def _name(authenticator: Any) -> str:
    return digest(credential_of(authenticator).credential_id)
