"""Telling recipients (GDPR Art. 19) once every system has ended, and keeping what they answer.

Identifiers are in the sealed letter only. The link of a letter holds a random token, of which the table keeps a hash.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, require
from portal.core.notify.services import enqueue
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore, matching
from privacy_app.domain.recipients import MOST_REMINDERS, REMIND_EVERY, Outcome, is_told
from privacy_app.models import Plan, Recipient, RecipientNotice, Request
from privacy_app.selectors import plain_value
from privacy_app.services import sealed_files
from privacy_app.services.lifecycle import RequestRefused

ACTOR = "privacy.recipients"
LETTER = """To {recipient}

A person whose data we disclosed to you asked for its erasure (GDPR Art. 17), and we have to tell you (Art. 19).
Erase what you hold of the person with these identifiers, copies included:

{held}

Then answer here; the link is for you alone:
{link}
"""
LARGEST_RECEIPT = 5 * 1024 * 1024


@transaction.atomic
def keep(
    *,
    user: Any,
    name: str,
    channel: str,
    address: str,
    kinds_held: Sequence[str],
    systems: Sequence[str] = (),
    active: bool = True,
    recipient: Recipient | None = None,
) -> Recipient:
    """Register a recipient, or change one; requests that were told already stay as they are."""
    require(user, Act.PLAN_DELETION)
    row = recipient or Recipient()
    row.name, row.channel, row.address = name.strip(), Recipient.Channel(channel), address.strip()
    row.kinds, row.systems, row.active = sorted(set(kinds_held)), sorted(set(systems)), active
    row.changed_at, row.changed_by = now(), user
    row.save()
    payload: dict[str, str | int] = {"recipient": row.name, "channel": row.channel, "kinds": ", ".join(row.kinds)}
    record(kinds.RECIPIENT_KEPT, actor=actor_of(user), payload=payload)
    return row


@transaction.atomic
def tell_all(request: Request) -> int:
    """Tell every recipient that this request concerns, once; returns how many. In the transaction that settles it."""
    plan = request.plans.filter(state=Plan.State.APPROVED).last()
    if plan is None:
        return 0
    of_plan = set(plan.steps.values_list("system_name", flat=True))
    resolved = set(request.resolved.values_list("kind", flat=True))
    known = set(RecipientNotice.objects.filter(request=request).values_list("recipient", flat=True))
    new = [
        each
        for each in Recipient.objects.filter(active=True).exclude(pk__in=known)
        if is_told(kinds=each.kinds, systems=each.systems, of_plan=of_plan, resolved=resolved)
    ]
    for each in new:
        _tell(request, each)
    return len(new)


def _tell(request: Request, recipient: Recipient) -> None:
    notice = RecipientNotice(request=request, recipient=recipient, told_at=now())
    _write(notice, number=0)
    payload: dict[str, str | int] = {"request": request.req_id, "recipient": recipient.name}
    record(kinds.RECIPIENT_TOLD, actor=system_actor(ACTOR), payload=payload)


def _write(notice: RecipientNotice, *, number: int) -> None:
    """A letter with a fresh link: the one before works no longer."""
    token = secrets.token_urlsafe(32)
    notice.token_hash = hash_of(token)
    notice.save()
    request, recipient = notice.request, notice.recipient
    link = f"{settings.BASE_URL}{reverse('privacy:acknowledge', args=[request.req_id, token])}"
    rows = request.resolved.filter(kind__in=recipient.kinds).select_related("request")
    held = "\n".join(f"{matching.rule_of(row.kind).label} ({row.kind}): {plain_value(row)}" for row in rows)
    enqueue(
        channel=recipient.channel,
        address=recipient.address,
        subject=f"{'Reminder: erase' if number else 'Erase'} a person's data ({request.req_id})",
        body=LETTER.format(recipient=recipient.name, held=held, link=link),
        dedup_key=f"privacy:{request.req_id}:recipient:{recipient.pk}:{number}",
    )


def hash_of(token: str) -> str:
    """How the table holds a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def acknowledge(*, req_id: str, token: str, outcome: str) -> RecipientNotice:
    """Keep a recipient's answer by its link; the same answer again changes nothing. Raises RequestRefused."""
    with transaction.atomic():
        rows = RecipientNotice.objects.select_for_update(of=("self",)).select_related("request", "recipient")
        notice = rows.filter(request__req_id=req_id, token_hash=hash_of(token)).first()
        if notice is None:
            raise RequestRefused("This link is not valid any more. Use the one of the newest letter.")
        _keep_answer(notice, outcome, RecipientNotice.How.LINK, system_actor("privacy.recipient"))
        return notice


@transaction.atomic
def enter_receipt(*, user: Any, notice_id: int, outcome: str, media_type: str, data: bytes) -> RecipientNotice:
    """Keep an answer that came another way, with the recipient's signed receipt sealed under the request's key."""
    require(user, Act.PLAN_DELETION)
    rows = RecipientNotice.objects.select_for_update(of=("self",)).select_related("request", "recipient")
    notice = rows.get(pk=notice_id)
    if not 0 < len(data) <= LARGEST_RECEIPT:
        raise RequestRefused("A receipt has at least one byte and at most 5 MiB.")
    name = f"receipt-of-recipient-{notice.recipient_id}"
    notice.receipt_digest = sealed_files.keep(notice.request, name=name, media_type=media_type, data=data).digest
    _keep_answer(notice, outcome, RecipientNotice.How.STAFF, actor_of(user))
    return notice


def _keep_answer(notice: RecipientNotice, outcome: str, how: str, actor: Actor) -> None:
    if outcome not in set(Outcome):
        raise RequestRefused("Choose what was done with the data.")
    if notice.acknowledged_at and notice.outcome == outcome and how == RecipientNotice.How.LINK:
        return
    notice.outcome, notice.how, notice.acknowledged_at = outcome, how, now()
    notice.save()
    payload: dict[str, str | int] = {
        "request": notice.request.req_id,
        "recipient": notice.recipient.name,
        "outcome": outcome,
        "receipt": notice.receipt_digest or "none",
    }
    record(kinds.RECIPIENT_ANSWERED, actor=actor, payload=payload)


def remind_due(at: datetime) -> int:
    """Remind recipients that have not answered for a week, three times at most; returns how many."""
    late = Q(reminded_at=None, told_at__lte=at - REMIND_EVERY) | Q(reminded_at__lte=at - REMIND_EVERY)
    open_ones = RecipientNotice.objects.filter(late, acknowledged_at=None, reminders__lt=MOST_REMINDERS)
    return sum(_remind(pk) for pk in open_ones.values_list("pk", flat=True))


@transaction.atomic
def _remind(notice_id: int) -> bool:
    rows = RecipientNotice.objects.select_for_update(of=("self",), skip_locked=True).filter(acknowledged_at=None)
    notice = rows.select_related("request", "recipient").filter(pk=notice_id).first()
    if notice is None or not keystore.exists(notice.request.key_name):
        return False
    notice.reminders, notice.reminded_at = notice.reminders + 1, now()
    _write(notice, number=notice.reminders)
    return True
