"""What people of the portal see of what they are told, and how they chose to be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from portal.core.clock.services import now
from portal.core.identity.selectors import person_at
from portal.core.notify.domain.digest import Hour
from portal.core.notify.models import DigestTime, Notice, Preference
from portal.core.notify.subjects import Subject, Way, subjects

if TYPE_CHECKING:
    from portal.core.identity.models import User
    from portal.core.notify.base import Letter


def note(about: Subject, letter: Letter, path: str) -> Way:
    """Put a letter on the page of whom it is for, once; gives the way that they chose.

    An address of nobody who signs in here is written to at once, since it has no page.
    """
    person = person_at(letter.address)
    if person is None:
        return Way.NOW
    way = _way(person, about)
    row = Notice(person=person, subject=about.key, key=letter.key, text=letter.subject[:200], path=path, way=way)
    row.at = now()
    Notice.objects.bulk_create([row], ignore_conflicts=True)
    return way


def _way(person: User, about: Subject) -> Way:
    chosen = Preference.objects.filter(person=person, subject=about.key).values_list("way", flat=True).first()
    return Way(chosen) if chosen else about.default


@transaction.atomic
def choose(*, person: User, ways: Mapping[str, Way], digest: Hour) -> None:
    """Keep how a person wants to be told; a digest whose hour is already over begins with the next one."""
    for key, way in ways.items():
        if key not in subjects():
            raise ValueError(f"There is no subject “{key}”. Known: {', '.join(subjects())}.")
        Preference.objects.update_or_create(person=person, subject=key, defaults={"way": way})
    wish = {"days": digest.days, "hour": digest.hour, "zone": digest.zone, "last_at": now()}
    DigestTime.objects.update_or_create(person=person, defaults=wish)


def read(notice: Notice) -> None:
    """The person has opened what the notice leads to."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=now())


def read_all(person: User, *, until: int) -> int:
    """Mark as read what was on the page, up to the notice numbered `until`; what came since stays unread."""
    return Notice.objects.filter(person=person, read_at=None, pk__lte=until).update(read_at=now())
