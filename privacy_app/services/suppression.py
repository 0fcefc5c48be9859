"""Keeping the erased from coming back: which records of a batch belong to somebody who was erased after them.

Tokens are made under the newest version of the list's key and compared under every version that still exists: the key
can be rotated while the list goes on. An expired token is removed, and a version without tokens is destroyed.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore, sealing, selectors
from privacy_app.domain.pseudonym import token
from privacy_app.models import SuppressionAsk, SuppressionToken
from privacy_app.services.lifecycle import RequestRefused

ACTOR = "privacy.suppression"
Read = tuple[list[str], datetime]


class BadRecord(ValueError):
    """A record of the batch lacks something; the sentence counts which one and never repeats it."""


def check(records: Sequence[dict[str, Any]]) -> list[bool]:
    """One answer a record: True where its event lies before the subject's erasure; what is newer is let through."""
    keys = sealing.suppression_keys()
    read = [_read(number, record, keys) for number, record in enumerate(records)]
    erased = selectors.suppressed([each for tokens, _ in read for each in tokens])
    return [any(each in erased and at < erased[each] for each in tokens) for tokens, at in read]


def _read(number: int, given: dict[str, Any], keys: list[bytes]) -> Read:
    kind, value, said = given.get("kind"), given.get("value"), given.get("event_time")
    if not (isinstance(kind, str) and isinstance(value, str) and isinstance(said, str)):
        raise BadRecord(f"Record {number} lacks kind, value or event_time as text.")
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise BadRecord(f"Record {number} has an event_time that is not RFC 3339.") from None
    if at.tzinfo is None:
        raise BadRecord(f"Record {number} has an event_time without its zone.")
    return [token(key, kind, value) for key in keys], at


@transaction.atomic
def note_asked(*, token_id: int, answers: Sequence[bool]) -> None:
    """Count what a token of the API asked today: numbers only, never what it asked about."""
    at = now()
    row, _ = SuppressionAsk.objects.get_or_create(token_id=token_id, day=at.date(), defaults={"last_at": at})
    SuppressionAsk.objects.filter(pk=row.pk).update(
        calls=F("calls") + 1, records=F("records") + len(answers), suppressed=F("suppressed") + sum(answers), last_at=at
    )


@transaction.atomic
def rotate(*, user: Any) -> int:
    """Make the next version of the list's key; new tokens use it, older ones are still compared until they expire."""
    require(user, Act.PLAN_DELETION)
    try:
        version = keystore.rotate_suppression()
    except FileExistsError:
        raise RequestRefused("Somebody made a new version of the key at this moment. Look at the page again.") from None
    payload: dict[str, str | int] = {"version": version, "fingerprint": fingerprint(version)}
    record(kinds.SUPPRESSION_ROTATED, actor=actor_of(user), payload=payload)
    return version


def fingerprint(version: int) -> str:
    """Sixteen hex digits that tell one version of the key from another and nothing about it."""
    return hashlib.sha256(b"custody.suppression\0" + keystore.suppression_key(version)).hexdigest()[:16]


@transaction.atomic
def expire() -> int:
    """Remove the tokens whose time is over, and key versions that no token needs; returns how many tokens."""
    over = SuppressionToken.objects.filter(until__lte=now())
    versions = sorted(set(over.values_list("key_version", flat=True)))
    count, _ = over.delete()
    if count:
        payload: dict[str, str | int] = {"tokens": count, "key_versions": ", ".join(map(str, versions))}
        record(kinds.SUPPRESSION_EXPIRED, actor=system_actor(ACTOR), payload=payload)
    for version in _unused_versions():
        record(kinds.SUPPRESSION_KEY_DESTROYED, actor=system_actor(ACTOR), payload={"version": version})
        keystore.destroy_suppression(version)
    return count


def _unused_versions() -> list[int]:
    used = set(SuppressionToken.objects.values_list("key_version", flat=True))
    return [each for each in keystore.suppression_versions()[:-1] if each not in used]
