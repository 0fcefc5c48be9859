"""Steps that a person does: planned, handed over, and ended by an attestation.

No probe looks there, so nothing here is ever `erased`: what a person states is kept as a statement, with its document
sealed beside the request's identifiers and its digest in the ledger.
"""

from typing import Any

from django.db import transaction

from portal.core.catalog import selectors as catalog
from portal.core.clock.services import now
from portal.core.connectors import base as connectors
from portal.core.connectors import registry
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app import sealing
from privacy_app.domain.attestation import Outcome, check, judgement, media_type_of
from privacy_app.domain.steps import StepState
from privacy_app.domain.verdict import PROBES, Verdict
from privacy_app.models import ByHandTask, SealedFile, Step
from privacy_app.selectors.identifiers import plain_value
from privacy_app.services import by_hand_letters as letters
from privacy_app.services import holds, machinery, sealed_files
from privacy_app.services.lifecycle import RequestRefused, reason_digest
from privacy_app.services.telling import tell_step
from privacy_app.services.waking import wake_proofs

BLIND = "a person attests it; the portal cannot look there"
NO_FILE = "none"
HELD = "A hold keeps this data since the task was handed over: do not delete it. The task ends by itself."


def is_by_hand(kind: str) -> bool:
    """Whether steps of this kind of system are done by people."""
    return isinstance(registry.kinds().get(kind), connectors.ByHand)


def preview(step: Step) -> dict[str, Any]:
    """What an approver signs: who will do it, what they will see, until when, and that no probe can run."""
    try:
        instructions, (_, due) = _instructions(step), _connector(step).time_limits(_config(step))
    except connectors.ConnectorError as error:
        return {"error": str(error)}
    kinds_there = ", ".join(sorted(machinery.target_of(step).columns))
    hours = int(due.total_seconds() // 3600)
    return {
        "count": None,
        "delete_by": f"a person of {_team_words(step)}, within {hours} hours; they see identifiers ({kinds_there}), "
        "and each look is recorded",
        "instructions": instructions,
        "exclusive_lock": False,
        "leaks_predicate": False,
        "purge": [],
        "copies": [],
        "probes": [{"name": name, "runs": False, "reason": BLIND} for name in PROBES],
        "baseline": {name: {"hits": None, "reason": BLIND} for name in PROBES},
        "verb": "attest",
    }


@transaction.atomic
def hand_over(step: Step) -> None:
    """End the worker's part: the step waits for a person, whose team is told. Nothing where the lease was lost."""
    remind, due = _connector(step).time_limits(_config(step))
    at = now()
    mine = Step.objects.filter(pk=step.pk, fence=step.fence, state=StepState.RUNNING)
    if not mine.update(state=StepState.BY_HAND, phase="", error="", lease_until=None, next_attempt_at=None):
        return
    step.tries.filter(fence=step.fence).update(ended_at=at, outcome="handed over", sentence="A person has the task.")
    team = step.system.owner_team if step.system else None
    task = ByHandTask.objects.create(step=step, team=team, handed_at=at, remind_at=at + remind, due_at=at + due)
    payload: dict[str, str | int] = {
        "request": step.request.req_id,
        "system": step.system_name,
        "dataset": step.dataset,
        "due": task.due_at.date().isoformat(),
    }
    record(kinds.HANDED_OVER, actor=system_actor("privacy.propagation"), payload=payload)
    letters.tell_handed(task)
    tell_step(step.request, step, "by_hand")


def instructions_of(task: ByHandTask) -> str:
    """What the person is to do; a sentence where the system's settings no longer say it."""
    try:
        return _instructions(task.step)
    except connectors.ConnectorError as error:
        return str(error)


@transaction.atomic
def look(*, user: Any, task_id: int) -> list[tuple[str, str]]:
    """The subject's identifiers that this system knows, in clear, for whoever may attest; each becomes evidence.

    Only while the task is open: the approver signed that its team will see them. Raises RequestRefused afterwards.
    """
    task = _task(user, task_id)
    if not task.is_open:
        raise RequestRefused("This task has ended, so its identifiers are not shown any more.")
    if holds.of_step(task.step) is not None:
        raise RequestRefused(HELD)
    wanted = set(machinery.target_of(task.step).columns)
    shown = []
    for row in task.step.request.resolved.filter(kind__in=wanted).select_related("request"):
        payload: dict[str, str | int] = {
            "request": task.step.request.req_id,
            "token": row.token,
            "kind": row.kind,
            "reason_digest": reason_digest(f"to delete by hand, task {task.pk}"),
        }
        record(kinds.UNMASKED, actor=actor_of(user), payload=payload)
        shown.append((row.kind, plain_value(row)))
    return shown


@transaction.atomic
def attest(
    *, user: Any, task_id: int, outcome: Outcome, rows: int | None, statement: str, document: bytes | None
) -> ByHandTask:
    """End a task with what was done and a document that shows it; sent again by the same person it changes nothing.

    Raises AttestationRefused where something is missing, RequestRefused where the task has ended otherwise already.
    """
    task = _task(user, task_id, lock=True)
    if not task.is_open:
        return _the_same(task, user, outcome, rows, document)
    if outcome is not Outcome.DELETED and holds.of_step(task.step) is not None:
        raise RequestRefused(HELD)
    check(outcome, rows, statement, has_document=bool(document))
    task.file = _sealed(task, document) if document else None
    task.outcome, task.rows = outcome, rows or 0 if outcome is Outcome.DELETED else 0
    task.sealed_statement = sealing.seal(task.step.request.key_name, statement.strip())
    task.attested_by, task.attested_at = user, now()
    task.save()
    _end(task)
    payload: dict[str, str | int] = {
        "request": task.step.request.req_id,
        "system": task.step.system_name,
        "dataset": task.step.dataset,
        "outcome": outcome.value,
        "rows": task.rows,
        "document": task.file.digest if task.file else NO_FILE,
        "statement_digest": digest(statement.strip().encode()),
    }
    record(kinds.ATTESTED, actor=actor_of(user), payload=payload)
    wake_proofs()
    return task


def _the_same(task: ByHandTask, user: Any, outcome: Outcome, rows: int | None, document: bytes | None) -> ByHandTask:
    """An ended task, for whoever sends its attestation again since the answer was lost; refused to anybody else."""
    if task.attested_by_id is None:
        raise RequestRefused("This task has ended already: a hold keeps the data.")
    if task.attested_by_id != user.pk:
        raise RequestRefused("This task has ended already: somebody else attested it.")
    kept = task.file.digest if task.file else None
    said = (outcome.value, (rows or 0) if outcome is Outcome.DELETED else 0, digest(document) if document else None)
    if said != (task.outcome, task.rows, kept):
        raise RequestRefused("You have attested this task already, otherwise than now. What you said first stands.")
    return task


@transaction.atomic
def read_document(*, user: Any, task_id: int, reason: str) -> tuple[SealedFile, bytes]:
    """An attestation's document in clear, for a privacy officer; it may name the subject, so the look is evidence."""
    require(user, Act.UNMASK)
    task = ByHandTask.objects.select_related("file__request", "step__request").get(pk=task_id)
    if task.file is None:
        raise RequestRefused("This task has no document.")
    if not reason.strip():
        raise RequestRefused("Looking at a document needs a reason: it becomes part of the evidence.")
    data = sealed_files.content_of(task.file)
    payload: dict[str, str | int] = {
        "request": task.step.request.req_id,
        "document": task.file.digest,
        "reason_digest": reason_digest(reason.strip()),
    }
    record(kinds.DOCUMENT_READ, actor=actor_of(user), payload=payload)
    return task.file, data


def withdraw_held() -> int:
    """End the open tasks of what a hold keeps by now: nobody is to delete it. Returns how many."""
    open_tasks = ByHandTask.objects.filter(attested_at=None).values_list("pk", flat=True)
    return sum(_withdraw(pk) for pk in list(open_tasks))


@transaction.atomic
def _withdraw(task_id: int) -> int:
    task = ByHandTask.objects.select_for_update(of=("self",)).select_related("step__request").get(pk=task_id)
    kept = holds.of_step(task.step)
    if kept is None or not task.is_open:
        return 0
    judged = holds.keep(task.step, kept)
    task.outcome, task.attested_at = ByHandTask.Said.HELD, now()
    task.save(update_fields=["outcome", "attested_at"])
    Step.objects.filter(pk=task.step_id, state=StepState.BY_HAND).update(
        state=StepState.DONE, verdict=judged.verdict, verdict_text=judged.sentence, done_at=task.attested_at
    )
    task.step.refresh_from_db()
    tell_step(task.step.request, task.step, "done")
    wake_proofs()
    return 1


def _task(user: Any, task_id: int, *, lock: bool = False) -> ByHandTask:
    rows = ByHandTask.objects.select_related("step__request", "step__system")
    task = (rows.select_for_update(of=("self",)) if lock else rows).get(pk=task_id)
    require(user, Act.ATTEST_DELETION, task)
    return task


def _sealed(task: ByHandTask, document: bytes) -> SealedFile:
    media_type = media_type_of(document)
    request = task.step.request
    return sealed_files.keep(request, name=f"attestation-{task.pk}", media_type=media_type, data=document)


def _end(task: ByHandTask) -> None:
    """The step's verdict, with the probes that did not run and why."""
    at = task.attested_at or now()
    judged = judgement(Outcome(task.outcome), task.rows, f"a person of {_team_words(task.step)}", at.date())
    failed = judged.verdict is Verdict.FAILED
    Step.objects.filter(pk=task.step_id, state=StepState.BY_HAND).update(
        state=StepState.GAVE_UP if failed else StepState.DONE,
        error=judged.sentence if failed else "",
        verdict=judged.verdict,
        verdict_text=judged.sentence,
        amounts={"rows": task.rows},
        probes={name: {"before": None, "after": None, "reason": judged.sentence} for name in PROBES},
        done_at=at,
    )
    task.step.refresh_from_db()
    tell_step(task.step.request, task.step, "gave_up" if failed else "done")


def _team_words(step: Step) -> str:
    team = step.system.owner_team if step.system else None
    return f"the team {team.name}" if team else "the privacy team"


def _connector(step: Step) -> connectors.ByHand:
    return registry.capable(step.kind, connectors.ByHand)  # type: ignore[type-abstract]


def _config(step: Step) -> connectors.SystemConfig:
    if step.system is None:
        raise connectors.ConnectorError(f"{step.system_name} is not in the catalog any more; register it again.")
    return catalog.system_config(step.system, "erase")


def _instructions(step: Step) -> str:
    known = sorted(set(step.request.resolved.values_list("kind", flat=True)))
    return _connector(step).instructions(_config(step), machinery.target_of(step), known)
