"""The messages of a page: which words go to whom, each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from portal.core.catalog.selectors import channels_of
from portal.core.evidence.domain.canonical import digest
from portal.core.notify.registry import channels
from portal.core.notify.services import enqueue

from ..models import Page, PageStep
from ..selectors.duty import Recipient

WORDS = {"trigger": "", "acknowledge": "Acknowledged: ", "resolve": "Resolved: "}


def send(page: Page, recipients: Sequence[Recipient], action: str, text: str, at: datetime, mark: str) -> None:
    """Put one message for each recipient into the outbox, and a line for each on the timeline."""
    subject = f"{WORDS[action]}{page.summary}"[:150]
    body = "\n\n".join(part for part in (text, page.body, _link(page)) if part)
    for each in recipients:
        if action not in channels()[each.channel].actions:
            continue  # Alertmanager, for one, has no word for an acknowledgement
        key = key_of(page, mark, each.address)
        facts = details_of(page, action, at) | {"text": text}
        enqueue(channel=each.channel, address=each.address, subject=subject, body=body, dedup_key=key, details=facts)
        _note(page, each, action, at, key)


def inform(page: Page, action: str, text: str, at: datetime, *, people: bool = False) -> None:
    """Tell the team's channels what happened; with `people`, also everybody who was told of it."""
    places = [Recipient(channel, address) for channel, address in channels_of(page.team)]
    if people:
        places += _told_people(page)
    send(page, places, action, text, at, action)


def details_of(page: Page, action: str, at: datetime) -> dict[str, Any]:
    """The structured facts that channels make their payloads of."""
    facts: dict[str, Any] = {"source": "custody", "component": "", "class": "", "runbook_url": "", "labels": {}}
    facts |= {"annotations": {}} | page.details
    return facts | {
        "action": action,
        "key": page.key,
        "summary": page.summary,
        "severity": page.severity,
        "url": absolute(page.url or page.get_absolute_url()),
        "team": page.team.slug,
        "started_at": page.opened_at.isoformat(),
        "ended_at": at.isoformat() if action == "resolve" else "",
    }


def key_of(page: Page, mark: str, address: str) -> str:
    """The same message has the same key at every try: page, opening, what happened, and to whom it goes."""
    return f"oncall:{page.pk}:{page.opened}:{mark}:{digest(address.encode())[7:19]}"


def absolute(url: str) -> str:
    """The address with the portal's own in front, where it is a path."""
    return f"{settings.BASE_URL}{url}" if url.startswith("/") else url


def _link(page: Page) -> str:
    return absolute(page.url or page.get_absolute_url())


def _told_people(page: Page) -> list[Recipient]:
    steps = PageStep.objects.filter(page=page, what="told").exclude(person=None).select_related("person")
    people = dict.fromkeys(step.person for step in steps if step.person and step.person.is_active)
    return [Recipient("email", person.email, person) for person in people]


def _note(page: Page, to: Recipient, action: str, at: datetime, key: str) -> None:
    PageStep.objects.create(
        page=page,
        at=at,
        what="told" if action == "trigger" else "informed",
        text=f"{'Told' if action == 'trigger' else 'Informed'} {to.words} by {channels()[to.channel].label}.",
        level=page.level,
        person=to.person,
        channel=to.channel,
        message_key=key,
    )
