"""The nightly job: each rule in small transactions of its own, and one entry with the numbers."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Model, ProtectedError

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from portal.pages.evidence.evidence_kinds import RETENTION_RUN
from portal.pages.evidence.retention.rules import RULES, How, Rule
from portal.pages.models import RetentionRun

LOT = 5000
_log = logging.getLogger(__name__)


def run_all() -> RetentionRun:
    """Apply every rule that this job applies; one that cannot work is named and stops no other."""
    started, counts, problems = now(), {}, {}
    for rule in RULES:
        if rule.how not in {How.DELETED, How.CLEARED}:
            continue
        try:
            counts[rule.name] = apply(rule, started)
        except (DatabaseError, ProtectedError) as error:
            _log.exception("retention could not apply the rule %s", rule.name)
            problems[rule.name] = f"{type(error).__name__}: its rows stay; ask an administrator to look at the log."
    return _keep(started, counts, problems)


def apply(rule: Rule, at: datetime) -> int:
    """Apply one rule in lots; returns how many rows were deleted or cleared."""
    before, total = at - timedelta(days=rule.days), 0
    for model in rule.models():
        while done := _lot(rule, model, before):
            total += done
    return total


@transaction.atomic
def _lot(rule: Rule, model: type[Model], before: datetime) -> int:
    rows: Any = model._base_manager
    lot = list(rows.filter(rule.over(before)).order_by(rule.since).values_list("pk", flat=True)[:LOT])
    if rule.clears:
        return int(rows.filter(pk__in=lot).update(**{rule.clears: None}))
    if lot:
        rows.filter(pk__in=lot).delete()
    return len(lot)


@transaction.atomic
def _keep(started: datetime, counts: dict[str, int], problems: dict[str, str]) -> RetentionRun:
    told = ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "nothing was due"
    payload: dict[str, str | int] = {
        "rules": len(counts) + len(problems),
        "removed": sum(counts.values()),
        "problems": len(problems),
        "counts": told,
    }
    entry = record(RETENTION_RUN, actor=system_actor("evidence.retention"), payload=payload)
    return RetentionRun.objects.create(
        started_at=started, finished_at=now(), counts=counts, problems=problems, entry=entry
    )
