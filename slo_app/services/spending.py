"""What follows from the state of an error budget: what is left is noted, and being spent is evidence."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor

from .. import evidence_kinds
from ..domain.budget import Budget
from ..models import Slo
from ..selectors.budgets import budgets_at

ACTOR = system_actor("slo.budgets")
FLOOR = Decimal(-1_000_000)  # a column's width; a budget overspent a million times is spent


def settle(slo: Slo, at: datetime) -> None:
    """Set what is left and since when it is spent; the caller holds the row and saves it.

    A budget that is spent, or has something left again, is an entry of the ledger: deploys and consumers follow it.
    """
    budget = budgets_at([slo], at).get(slo.pk, Budget(slo.objective, bad=0, total=0))
    slo.budget_left = None if budget.left is None else round(max(budget.left, FLOOR), 6)
    if budget.spent != (slo.spent_at is not None):
        kind = evidence_kinds.SPENT if budget.spent else evidence_kinds.RESTORED
        record(kind, actor=ACTOR, payload=_facts(slo, budget), team_id=slo.owner_team_id)
    slo.spent_at = (slo.spent_at or at) if budget.spent else None


def settle_idle() -> int:
    """Settle the budgets that no look moves: what was bad leaves the window even where nothing is measured."""
    present, changed = now(), 0
    for pk in list(Slo.objects.exclude(spent_at=None).values_list("pk", flat=True)):
        with transaction.atomic():
            slo = Slo.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            if slo is not None:
                was = slo.spent_at
                settle(slo, present)
                slo.save(update_fields=["budget_left", "spent_at"])
                changed += slo.spent_at != was
    return changed


def _facts(slo: Slo, budget: Budget) -> dict[str, str | int]:
    return {
        "slo": slo.pk,
        "asset": slo.asset.key,
        "kind": slo.kind,
        "bad": budget.bad,
        "total": max(budget.total, budget.expected),
        "days": slo.budget_days,
    }
