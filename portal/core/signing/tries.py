"""Counting wrong tries in a way that a rolled-back transaction cannot undo.

Who calls `complete` does so inside the transaction of the act that is signed; a refusal rolls that back, and a count
kept in it would be forgotten. So each wrong try is committed at once, on a connection of its own.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connections

from portal.core.signing.models import WrongTry

if TYPE_CHECKING:
    from uuid import UUID

    from portal.core.signing.models import Challenge

TRIES = 5
"""Wrong tries that lock one challenge."""
TRIES_IN_AN_HOUR = 15
"""Wrong tries in an hour, over all challenges of a person, that stop them from signing."""
HOUR = timedelta(hours=1)


def note_wrong(challenge: Challenge, at: datetime) -> int:
    """Commit one wrong try; return how many are left on this challenge."""
    with closing(connections.create_connection(DEFAULT_DB_ALIAS)) as own, own.cursor() as cursor:
        cursor.execute(
            "INSERT INTO signing_wrongtry (nonce, person, at) VALUES (%s, %s, %s)",
            [challenge.nonce, challenge.user.public_id, at],
        )
    return max(0, TRIES - _wrong(challenge))


def locked(challenge: Challenge) -> bool:
    """Whether too many wrong tries were made at this challenge."""
    return _wrong(challenge) >= TRIES


def exhausted(person: UUID, at: datetime) -> bool:
    """Whether the person (their public id) made too many wrong tries within the last hour."""
    return WrongTry.objects.filter(person=person, at__gt=at - HOUR).count() >= TRIES_IN_AN_HOUR


def _wrong(challenge: Challenge) -> int:
    return WrongTry.objects.filter(nonce=challenge.nonce).count()
