"""Deploys that went through while nobody could be asked (`--fail-open`), told by the next call."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.services import record
from portal.core.identity.actors import token_actor
from portal.gates.domain.question import QuestionRefused, Record
from portal.gates.domain.verdict import Outcome
from portal.gates.evidence_kinds import UNGATED
from portal.gates.models import GateRun
from portal.gates.selectors.facts import Case
from portal.gates.services.keeping import keep_touched

if TYPE_CHECKING:
    from portal.core.identity.models import ServiceToken

OLDEST = timedelta(days=90)


@transaction.atomic
def take_record(*, token: ServiceToken, told: Record) -> GateRun:
    """Keep an ungated deploy, with its entry in the ledger; the same record is taken once.

    Raises QuestionRefused for a time that cannot be right: in the future, or more than 90 days ago.
    """
    key = _key(told)
    known = GateRun.objects.filter(key=key).first()
    if known is not None:
        return known
    at = now()
    if not at - OLDEST <= told.at <= at + timedelta(minutes=5):
        raise QuestionRefused(f"`at` must lie within the last {OLDEST.days} days; is the clock of the CI right?")
    question = told.question
    run = GateRun.objects.create(
        key=key,
        namespace=question.namespace,
        name=question.name,
        commit=question.commit,
        image=question.image,
        ci_url=question.ci_url,
        command=question.command,
        file=question.file,
        verdict=Outcome.UNGATED.value,
        why=told.why,
        at=min(told.at, at),
        told_at=at,
        token=token,
    )
    keep_touched(run, Case(question, at))
    _evidence(token, run)
    publish("gates.deploy.ungated", {"run_id": run.pk}, key=run.job)
    return run


def _key(told: Record) -> uuid.UUID:
    try:
        return uuid.UUID(told.id)
    except ValueError:
        raise QuestionRefused("`id` must be a UUID.") from None


def _evidence(token: ServiceToken, run: GateRun) -> None:
    payload = {
        "run": str(run.pk),
        "job": run.job,
        "commit": run.commit or "unknown",
        "deployed": run.at.isoformat(timespec="seconds"),
    }
    record(UNGATED, actor=token_actor(token), payload=payload, team_id=next(iter(run.team_ids()), None))
