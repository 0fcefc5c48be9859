"""Telling people when the nightly recomputation found that the ledger does not fit its entries."""

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
from portal.core.evidence.selectors import last_audit
from portal.core.identity.models import Team, User
from portal.core.identity.policies import Act, may
from portal.core.identity.roles import Role
from portal.core.notify.services import enqueue
from portal.core.oncall.services import page, resolve

PAGE_KEY = "evidence:ledger"


class WholeLedger:
    """Stands for the ledger in the table of acts: it belongs to no team, so only organisation-wide roles read it."""

    def team_ids(self) -> set[int]:
        return set()


@worklist(order=5)
def ledger_faults(user: Any) -> Iterator[WorkItem]:
    """The faults of the last recomputation, for everybody who reads the whole ledger."""
    run = last_audit() if may(user, Act.READ_EVIDENCE, WholeLedger()) else None
    if run and run.faults:
        text = f"The ledger does not fit its entries: {run.faults[0]}"
        yield WorkItem("To fix", text, reverse("evidence:list"), run.finished_at, "Faults found", "bad")


@every(300)
@shared_task
def tell_of_faults() -> int:
    """Write to auditors and administrators once for each recomputation with faults; returns how many were found."""
    run = last_audit()
    if run is None or not run.faults:
        resolve(key=PAGE_KEY, at=now(), text="The last recomputation found that the ledger fits its entries.")
        return 0
    body = "\n".join(
        [
            f"The recomputation of {run.finished_at:%Y-%m-%d %H:%M} UTC found that the evidence ledger was changed:",
            *(f"- {fault}" for fault in run.faults),
            "Keep the present state, compare it with a backup, and with checkpoints that others hold.",
            f"{settings.BASE_URL}{reverse('evidence:list')}",
        ]
    )
    roles = [Role.AUDITOR.value, Role.ADMINISTRATOR.value]
    with transaction.atomic():
        for person in User.objects.filter(is_active=True, memberships__role__in=roles).distinct():
            subject, key = "The evidence ledger does not fit its entries", f"evidence:audit:{run.pk}:{person.pk}"
            enqueue(channel="email", address=person.email, subject=subject, body=body, dedup_key=key)
        _page_operations(body)
    return len(run.faults)


def _page_operations(body: str) -> None:
    """Page the team that runs the portal, where the installation names one."""
    team = Team.objects.filter(slug=settings.OPERATIONS_TEAM).first() if settings.OPERATIONS_TEAM else None
    if team is not None:
        page(
            team=team,
            key=PAGE_KEY,
            summary="The evidence ledger does not fit its entries",
            body=body,
            severity="page",
            url=reverse("evidence:list"),
            details={"source": "custody/evidence", "class": "LedgerFaults"},
            at=now(),
        )
