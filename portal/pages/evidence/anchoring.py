"""The checkpoint by mail, and telling people when an anchor is late: what needs the outbox and the on-call rooms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portal.core.catalog.worklist import WorkItem, worklist
from portal.core.clock.beat import every
from portal.core.clock.services import now
from portal.core.evidence.models import Checkpoint
from portal.core.evidence.services import AnchorFailed, standing
from portal.core.evidence.services.anchoring import Standing, anchor, anchors
from portal.core.identity.models import Team, User
from portal.core.identity.policies import Act, may
from portal.core.identity.roles import Role
from portal.core.notify.services import enqueue
from portal.core.oncall.services import page, resolve
from portal.pages.evidence.watch import WholeLedger

PAGE_KEY = "evidence:anchors"
LETTER = """The evidence ledger {origin} had {size} entries on {day}. Keep this message: whoever holds it can see that
nothing before it was changed. The lines between the rules are the signed checkpoint, without the rules themselves.

--------
{note}--------

Next time give them as --seen to verify.py, or paste them on {url}
"""


@anchor("mail", label="Mail", setting="CHECKPOINT_MAIL")
def publish_by_mail(checkpoint: Checkpoint) -> str:
    """One message a reader, by way of the outbox, which sends until it arrives and says where it does not."""
    readers = addresses()
    if not readers:
        raise AnchorFailed(
            "CUSTODY_CHECKPOINT_MAIL names nobody that can be reached: is CUSTODY_DPO_CONTACT an address, "
            "and has anybody the role auditor?"
        )
    body = LETTER.format(
        origin=checkpoint.note.splitlines()[0],
        size=checkpoint.size,
        day=f"{checkpoint.created_at:%Y-%m-%d}",
        note=checkpoint.note,
        url=f"{settings.BASE_URL}{reverse('evidence:verify')}",
    )
    subject = f"Checkpoint of {checkpoint.size} entries"
    with transaction.atomic():
        for number, each in enumerate(readers):
            key = f"evidence:checkpoint:{checkpoint.size}:{number}"
            enqueue(channel="email", address=each, subject=subject, body=body, dedup_key=key)
    return f"Handed to the outbox for {len(readers)} reader{'' if len(readers) == 1 else 's'}."


def addresses() -> list[str]:
    """The addresses that the setting names, each once; `dpo` and `auditors` stand for those who are that."""
    found: set[str] = set()
    for word in settings.CHECKPOINT_MAIL:
        if word == "auditors":
            people = User.objects.filter(is_active=True, memberships__role=Role.AUDITOR.value)
            found.update(people.values_list("email", flat=True))
        else:
            found.add(settings.DPO_CONTACT if word == "dpo" else word)
    return sorted(each for each in found if "@" in each)


@worklist(order=6)
def late_anchors(user: Any) -> Iterator[WorkItem]:
    """Anchors that are late, for whoever can mend a setting and whoever relies on them."""
    if not any(each.is_set for each in anchors().values()) or not may(user, Act.READ_EVIDENCE, WholeLedger()):
        return
    for each in _late():
        text = f"The anchor “{each.anchor.label}” has not left the house: {_why(each)}"
        yield WorkItem("To fix", text, reverse("evidence:anchors"), each.late_since, "Late", "bad")


@every(300)
@shared_task
def tell_of_late_anchors() -> int:
    """Page the team that runs the portal while an anchor is late; returns how many are."""
    late = _late()
    team = Team.objects.filter(slug=settings.OPERATIONS_TEAM).first() if settings.OPERATIONS_TEAM else None
    if not late:
        resolve(key=PAGE_KEY, at=now(), text="Every anchor that is set has taken the ledger's newest day out.")
    elif team is not None:
        page(
            team=team,
            key=PAGE_KEY,
            summary="A checkpoint of the evidence ledger has not been anchored outside",
            body="\n".join(f"{each.anchor.label}: {_why(each)}" for each in late),
            severity="page",
            url=reverse("evidence:anchors"),
            details={"source": "custody/evidence", "class": "AnchorLate"},
            at=now(),
        )
    return len(late)


def _late() -> list[Standing]:
    return [each for each in standing(now()) if each.late_since is not None]


def _why(each: Standing) -> str:
    return each.last_failure.sentence if each.failing and each.last_failure else "no worker has run it."
