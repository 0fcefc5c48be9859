"""Writing the digest of one person: once for each time that it is due, and not at all where nothing waits."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portal.core.catalog.worklist import waiting_for
from portal.core.clock.services import now
from portal.core.identity.models import User
from portal.core.notify.domain.digest import Days, Hour, is_due
from portal.core.notify.models import DigestTime
from portal.core.notify.selectors import notices_of
from portal.core.notify.services import enqueue
from portal.core.notify.subjects import Way
from portal.pages.digest.letters import Digest, body, subject


@transaction.atomic
def write(pk: int) -> bool:
    """Put the digest of a person into the outbox where it is due; whether there was something to say.

    That it was looked at is kept in the same transaction as the message, so that a worker killed in between writes it
    again and nobody gets it twice.
    """
    at = now()
    person = User.objects.select_for_update().filter(pk=pk, is_active=True).first()
    if person is None:
        return False
    row = DigestTime.objects.filter(person=person).first()
    last = row.last_at if row else person.date_joined
    wish = Hour(Days(row.days), row.hour, row.zone) if row else Hour()
    if not is_due(wish, last=last, at=at):
        return False
    DigestTime.objects.update_or_create(person=person, defaults={"last_at": at})
    found = digest_of(person, since=last)
    if found:
        key = f"digest:{person.public_id}:{at:%Y-%m-%dT%H:%M}"
        enqueue(channel="email", address=person.email, subject=subject(found), body=body(found), dedup_key=key)
    return bool(found)


def digest_of(person: User, *, since: datetime) -> Digest:
    """What waits for the person, and the notices since then that they have not read."""
    fresh = notices_of(person, unread=True).filter(way=Way.DIGEST, at__gt=since)
    return Digest(waiting_for(person), list(fresh[:100]))
