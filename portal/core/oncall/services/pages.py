"""Opening, acknowledging, resolving and reopening a page, each in the caller's transaction.

One page is open for a key; whoever sends again changes its words and wakes nobody twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from portal.core.catalog.models import TeamAddress
from portal.core.catalog.selectors import channels_of
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.models import Team, User
from portal.core.notify.registry import channels
from portal.core.notify.services import enqueue

from .. import evidence_kinds
from ..models import Page, Severity
from ..selectors.duty import receivers
from .escalating import step
from .telling import absolute, inform

ACTOR = system_actor("oncall.pages")


@transaction.atomic
def page(
    *,
    team: Team,
    key: str,
    summary: str,
    body: str,
    severity: str,
    url: str,
    details: Mapping[str, Any],
    at: datetime,
    elsewhere: bool = False,
) -> Page:
    """Open the page of that key and tell the first level and the team's channels; the open one is brought up to date.

    `severity` is "page", which climbs the ladder until somebody acknowledges, or "ticket", which tells once.
    `elsewhere` says that it is acknowledged and resolved where `url` leads.
    """
    words = {"summary": summary[:1024], "body": body, "url": url, "details": dict(details)}
    opened = Page(
        team=team, key=key, severity=Severity(severity).value, elsewhere=elsewhere, opened_at=at, **words
    )  # fmt: skip
    try:
        with transaction.atomic():
            opened.save()
    except IntegrityError:
        found = _again(key, words, severity, at)
        if found is not None:
            return found
        return page(
            team=team, key=key, summary=summary, body=body, severity=severity, url=url, details=details, at=at,
            elsewhere=elsewhere,
        )  # fmt: skip  # it was resolved between the two looks
    opened.note(at, "opened", f"Opened: {summary}")
    _record_opened(opened)
    _start(opened, at)
    return opened


@transaction.atomic
def acknowledge(*, key: str, at: datetime, person: User) -> Page | None:
    """Stop the climb, and tell the team's channels who took it on; None where no page of that key is open."""
    found = _open(key)
    if found is None or found.acknowledged_at is not None:
        return found
    found.acknowledged_at, found.acknowledged_by, found.next_step_at = at, person, None
    found.save(update_fields=["acknowledged_at", "acknowledged_by", "next_step_at"])
    found.note(at, "acknowledged", f"{person.name} took it on.", person)
    if not found.elsewhere:
        payload = _subject(found, at)
        record(evidence_kinds.ACKNOWLEDGED, actor=actor_of(person), payload=payload, team_id=found.team_id)
    inform(found, "acknowledge", f"{person.name} took it on.", at)
    return found


@transaction.atomic
def resolve(*, key: str, at: datetime, text: str, person: User | None = None) -> Page | None:
    """End it, and tell everybody who was told; None where no page of that key is open."""
    found = _open(key)
    if found is None:
        return None
    found.resolved_at, found.next_step_at = at, None
    found.save(update_fields=["resolved_at", "next_step_at"])
    found.note(at, "resolved", text, person)
    if not found.elsewhere:
        payload = _subject(found, at)
        actor = actor_of(person) if person else ACTOR
        record(evidence_kinds.RESOLVED, actor=actor, payload=payload, team_id=found.team_id)
    inform(found, "resolve", text, at, people=True)
    return found


@transaction.atomic
def hold(*, key: str, at: datetime, text: str) -> Page | None:
    """Climb no further until it is opened again; None where no page of that key is open."""
    found = _open(key)
    if found is None or found.next_step_at is None:
        return found
    found.next_step_at = None
    found.save(update_fields=["next_step_at"])
    found.note(at, "held", text)
    return found


@transaction.atomic
def reopen(*, key: str, at: datetime, text: str) -> Page | None:
    """Open the newest page of that key again and climb from the first level; None where there never was one.

    So does one that is acknowledged or held back; one that climbs already, or tells once only, is left alone.
    """
    found = Page.objects.select_for_update(of=("self",)).select_related("team").filter(key=key).first()
    if found is None:
        return None
    stopped = found.acknowledged_at is not None or (found.severity == Severity.PAGE and found.next_step_at is None)
    if found.resolved_at is None and not stopped:
        return found
    found.resolved_at = found.acknowledged_at = found.acknowledged_by = found.unreached_at = None
    found.opened, found.round, found.level = found.opened + 1, 1, 0
    found.save()
    found.note(at, "reopened", text)
    _start(found, at)
    return found


@transaction.atomic
def tell(
    *,
    team: Team,
    key: str,
    summary: str,
    body: str,
    url: str,
    details: Mapping[str, Any],
    at: datetime,
    severity: str = Severity.TICKET,
    purpose: str = TeamAddress.Purpose.ALERTS,
) -> int:
    """Inform once, without a page: who is on call and the team's channels, or the channels of another purpose.

    Returns how many places; the same `key` is told once.
    """
    places = receivers(team, at) if purpose == TeamAddress.Purpose.ALERTS else channels_of(team, purpose)
    facts = {"action": "info", "key": key, "summary": summary, "severity": severity} | dict(details)
    facts["url"] = absolute(url)
    text = f"{body}\n\n{absolute(url)}" if url else body
    places = [(channel, address) for channel, address in places if "info" in channels()[channel].actions]
    for channel, address in places:
        mark = f"oncall.tell:{digest(key.encode())[7:39]}:{digest(address.encode())[7:19]}"
        enqueue(channel=channel, address=address, subject=summary[:150], body=text, dedup_key=mark, details=facts)
    return len(places)


def _again(key: str, words: dict[str, Any], severity: str, at: datetime) -> Page | None:
    """New words for the page that is open; a ticket that became a page starts to climb."""
    found = _open(key)
    if found is None:
        return None
    worse = (found.severity, severity) == (Severity.TICKET, Severity.PAGE)
    changed = any(getattr(found, name) != value for name, value in words.items())
    for name, value in words.items():
        setattr(found, name, value)
    found.severity = Severity.PAGE if worse else found.severity
    found.save(update_fields=[*words, "severity"])
    if worse and found.acknowledged_at is None:
        found.note(at, "worse", f"Worse: now it pages. {found.summary}")
        step(found, at)
    elif changed:
        found.note(at, "changed", found.summary)
    return found


def _start(found: Page, at: datetime) -> None:
    """Tell the channels and the first level; only a page of severity "page" climbs on."""
    inform(found, "trigger", "", at)
    step(found, at)


def _open(key: str) -> Page | None:
    rows = Page.objects.select_for_update(of=("self",)).select_related("team")
    return rows.filter(key=key, resolved_at=None).first()


def _record_opened(found: Page) -> None:
    if found.elsewhere:
        return  # its own room keeps the evidence
    payload: dict[str, str | int] = {
        "page": found.number,
        "team": found.team.slug,
        "key_digest": digest(found.key.encode()),
        "severity": found.severity,
    }
    record(evidence_kinds.OPENED, actor=ACTOR, payload=payload, team_id=found.team_id)


def _subject(found: Page, at: datetime) -> dict[str, str | int]:
    seconds = int((at - found.opened_at).total_seconds())
    return {"page": found.number, "team": found.team.slug, "seconds": seconds}
