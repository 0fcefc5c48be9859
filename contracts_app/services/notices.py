"""Telling those who depend on a contract what happens to it, through the outbox, each address once a piece of news."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from contracts_app import selectors
from contracts_app.domain.answers import Said
from contracts_app.domain.deadlines import DEPRECATION, NOTICE, REMOVAL, Deadline
from contracts_app.domain.lifecycle import State
from contracts_app.domain.notices import Facts, News, body, subject
from contracts_app.models import Answer, Version
from contracts_app.notice_subjects import CONTRACTS
from contracts_app.selectors.readers import Reader
from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.notify.services import enqueue

TOLD = {
    "contracts.version.proposed": News.PROPOSED,
    "contracts.version.scheduled": News.SCHEDULED,
    "contracts.version.activated": News.ACTIVATED,
    "contracts.version.deprecated": News.DEPRECATED,
    "contracts.version.ending": News.ENDING,
    "contracts.version.retired": News.RETIRED,
    "contracts.version.withdrawn": News.WITHDRAWN,
}
ANSWERS = {Said.OBJECTED: News.OBJECTED, Said.OVERRULED: News.OVERRULED}
REMINDERS = {NOTICE: News.NOTICE_ENDS, DEPRECATION: News.DEPRECATION_ENDS, REMOVAL: News.REMOVAL_COMES}
TOPICS = (*TOLD, "contracts.answer.given", "contracts.version.reminder")


def tell(topic: str, payload: dict[str, Any]) -> int:
    """Put the notices of one event into the outbox, in the caller's transaction; how many addresses it has."""
    version = selectors.version_by_id(int(payload["version_id"]))
    if version is None:
        return 0
    if topic == "contracts.answer.given":
        return _tell_answer(version, int(payload["answer_id"]))
    if topic == "contracts.version.reminder":
        return _tell_reminder(version, payload)
    news = TOLD[topic]
    if news is News.SCHEDULED and version.notice_ends_at == version.signed_at:
        return 0  # no notice: it comes into force at once, and that is told
    readers = [*_by_duty(version, news), *selectors.readers_of(version)]
    return _tell(version, news, _facts(version, news, payload), readers)


def _by_duty(version: Version, news: News) -> list[Reader]:
    """Whom the RACI has as consulted or informed: told of what comes into force, and of a breaking change before."""
    breaking = version.report.get("required_bump") == "major"
    if news is not News.ACTIVATED and not (breaking and news is News.PROPOSED):
        return []
    told = selectors.informed_of(version, breaking=breaking)
    return [Reader(one.channel, one.address, one.why) for one in told]


def remind() -> int:
    """Publish a reminder for each deadline that has come near, once each; the number of them."""
    at, done = now(), 0
    for version in selectors.dated_versions():
        for deadline in selectors.deadlines_of(version):
            if deadline.is_due(at) and deadline.key not in version.reminded:
                done += _remind(version.pk, deadline)
    return done


@transaction.atomic
def _remind(pk: int, deadline: Deadline) -> int:
    version = Version.objects.select_for_update().get(pk=pk)
    if deadline.key in version.reminded:
        return 0
    version.reminded = [*version.reminded, deadline.key]
    version.save(update_fields=["reminded"])
    what = {"kind": deadline.kind, "field": deadline.field, "when": deadline.when.isoformat(), "key": deadline.key}
    publish("contracts.version.reminder", {"version_id": version.pk, **what}, key=str(version.contract_id))
    return 1


def _tell_answer(version: Version, answer_id: int) -> int:
    answer = Answer.objects.select_related("user", "team").filter(pk=answer_id).first()
    if answer is None or answer.word not in ANSWERS:
        return 0
    who = str(answer.team or answer.consumer)
    facts = Facts(version.contract.name, version.number, _url(version), who=who, reason=answer.reason)
    readers = [*selectors.deciders_of(version), *selectors.readers_of(version)]
    return _tell(version, ANSWERS[answer.word], facts, readers, key=f"{answer.pk}")


def _tell_reminder(version: Version, payload: dict[str, Any]) -> int:
    news, when = REMINDERS[payload["kind"]], datetime.fromisoformat(payload["when"])
    facts = Facts(
        version.contract.name,
        version.number,
        _url(version),
        changes=_changes(version) if news is News.NOTICE_ENDS else (),
        at=when,
        successor=_successor(version),
        what=payload["field"],
    )
    return _tell(version, news, facts, selectors.readers_of(version), key=payload["key"])


def _facts(version: Version, news: News, payload: dict[str, Any]) -> Facts:
    at = {
        News.SCHEDULED: version.notice_ends_at,
        News.ACTIVATED: version.activated_at,
        News.DEPRECATED: version.deprecated_until,
        News.ENDING: version.ends_at,
    }.get(news)
    asking = news in (News.PROPOSED, News.SCHEDULED, News.ACTIVATED)
    return Facts(
        version.contract.name,
        version.number,
        _url(version),
        changes=_changes(version) if asking else (),
        at=at,
        who=str(version.proposed_by or ""),
        reason=version.ending_reason if news is News.ENDING else version.withdrawn_reason,
        successor=str(payload.get("successor", "")),
        days=selectors.days_of_notice(version) if news is News.PROPOSED else 0,
    )


def _tell(version: Version, news: News, facts: Facts, readers: Iterable[Reader], key: str = "") -> int:
    each_once = {(one.channel, one.address.lower()): one for one in readers}
    for one in each_once.values():
        enqueue(
            channel=one.channel,
            address=one.address,
            subject=subject(news, facts)[:150],
            body=body(news, facts, why=f"{one.why} Your subscriptions: {settings.BASE_URL}/contracts/subscriptions/"),
            dedup_key=_dedup_key(version, news, key, one),
            about=CONTRACTS,
            path=version.get_absolute_url(),
        )
    return len(each_once)


def _dedup_key(version: Version, news: News, key: str, one: Reader) -> str:
    """The same news of the same version goes to an address once; the address itself is in no key."""
    to = hashlib.sha256(f"{one.channel}:{one.address.lower()}".encode()).hexdigest()[:20]
    about = hashlib.sha256(key.encode()).hexdigest()[:12] if key else "-"
    return f"contracts:{version.pk}:{news.value.replace(' ', '-')}:{about}:{to}"


def _changes(version: Version) -> tuple[str, ...]:
    changes = version.report.get("changes", ())
    if not changes:
        return ("It is the first version.",)
    return tuple(f"{change['path'] or 'the contract'}: {change['message']}" for change in changes)


def _successor(version: Version) -> str:
    active = version.contract.versions.filter(state=State.ACTIVE).exclude(pk=version.pk).first()
    return str(active) if active else "another source: it has no successor"


def _url(version: Version) -> str:
    return f"{settings.BASE_URL}{version.get_absolute_url()}"
