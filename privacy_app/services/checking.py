"""After the last step: ask every system once more, at one time, and say whether the request is complete."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from portal.core.clock.services import now
from portal.core.connectors import base as connectors
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from privacy_app import evidence_kinds as kinds
from privacy_app.domain import artifact
from privacy_app.domain.request import Action, State
from privacy_app.domain.steps import SETTLED, StepState
from privacy_app.domain.verdict import Judgement, Verdict, completes, headline
from privacy_app.models import Plan, Request, Step
from privacy_app.services import attestations, machinery, own_lineage, recipients
from privacy_app.services.lifecycle import advance, locked

ACTOR = "privacy.verification"
ASK_AGAIN = timedelta(minutes=2)


def current_steps(request: Request) -> list[Step]:
    """The steps of the approved plan in their order."""
    steps = request.steps.filter(plan__state=Plan.State.APPROVED).select_related("request", "system")
    return list(steps.order_by("position"))


def to_settle() -> list[int]:
    """Propagating requests without a step that still has to end; one query, however many are open."""
    open_steps = Step.objects.filter(request=OuterRef("pk"), plan__state=Plan.State.APPROVED)
    unsettled = open_steps.exclude(state__in=SETTLED)
    going = Request.objects.filter(~Exists(unsettled), state=State.PROPAGATING)
    return list(going.order_by("received_at").values_list("pk", flat=True))


def to_check() -> list[int]:
    """Verifying requests whose systems may be asked now; what could not be asked a moment ago waits its turn."""
    due = Q(check_again_at=None) | Q(check_again_at__lte=now())
    waiting = Request.objects.filter(due, state=State.VERIFYING, checked_at=None)
    return list(waiting.order_by("received_at").values_list("pk", flat=True))


def to_conclude() -> list[int]:
    """Checked requests that wait for the ledger's numbers."""
    checked = Request.objects.filter(state=State.VERIFYING).exclude(checked_at=None)
    return list(checked.order_by("received_at").values_list("pk", flat=True))


@transaction.atomic
def settle(request_id: int) -> bool:
    """Go on to verifying when every step is done or given up; whether it did."""
    request = locked(request_id)
    steps = current_steps(request)
    if State(request.state) is not State.PROPAGATING or any(step.state not in SETTLED for step in steps):
        return False
    advance(request, Action.ALL_STEPS_SETTLED)
    request.save()
    recipients.tell_all(request)
    return True


def check(request_id: int) -> bool:
    """Query every system again; what cannot be asked keeps the request in verifying, with its sentence on the page."""
    request = Request.objects.get(pk=request_id)
    if State(request.state) is not State.VERIFYING or request.checked_at is not None:
        return False
    try:
        for step in current_steps(request):
            _query_again(step)
    except connectors.ConnectorError as error:
        words = f"A system could not be queried again: {error}"
        Request.objects.filter(pk=request_id).update(trouble=words, check_again_at=now() + ASK_AGAIN)
        return False
    _note_check(request_id)
    return True


def _query_again(step: Step) -> None:
    if step.state == StepState.GAVE_UP or not _can_be_asked(step):
        return
    hits = _hits(step)
    step.requeried_at, step.requeried_count = now(), hits
    changed = ["requeried_at", "requeried_count"]
    if hits and step.verdict != Verdict.EXEMPT:  # what is kept by law is found, and may be
        step.verdict = Verdict.FAILED
        step.verdict_text = step.error = f"The subject came back after the deletion: {hits} found again."
        changed += ["verdict", "verdict_text", "error"]
    step.save(update_fields=changed)


def _can_be_asked(step: Step) -> bool:
    """Whether there is something to query: neither the request's own record nor what a person did."""
    return not attestations.is_by_hand(step.kind) and (not step.is_portal or step.kind == own_lineage.KIND)


def _hits(step: Step) -> int | None:
    if step.kind == own_lineage.KIND:
        return own_lineage.query_again(step)
    connector, config = machinery.reach(step.system, step.kind)
    return connector.verify_logical(config, machinery.target_of(step), machinery.subject_of(step.request)).hits


def queries_of(steps: list[Step]) -> list[artifact.Verification]:
    """The verification queries whose hash is in the proof."""
    return [
        artifact.Verification(f"{step.system_name}/{step.dataset}", step.requeried_count, step.requeried_at)
        for step in steps
        if step.requeried_at is not None and step.requeried_count is not None
    ]


@transaction.atomic
def _note_check(request_id: int) -> None:
    request = locked(request_id)
    if request.checked_at is not None:
        return  # another worker was first
    steps = current_steps(request)
    request.checked_at, request.trouble, request.check_again_at = now(), "", None
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "verification_hash": artifact.verification_hash(queries_of(steps)),
        "systems": len(steps),
        "headline": headline(judgement_of(step) for step in steps if not step.is_own_record),
    }
    request.checked_entry = record(kinds.CHECKED, actor=system_actor(ACTOR), payload=payload)
    request.save()


def judgement_of(step: Step) -> Judgement:
    """What was judged when the step ended; a step that gave up has failed."""
    if step.state != StepState.DONE or not step.verdict:
        return Judgement(Verdict.FAILED, step.error or "This step did not end.")
    return Judgement(Verdict(step.verdict), step.verdict_text, step.until)


def is_complete(step: Step) -> bool:
    """Whether this step lets the request complete: a probe that cannot run was seen by the approver in the plan."""
    foreseen = {each["name"] for each in step.preview.get("probes", []) if not each["runs"]}
    silent = {name for name, probe in machinery.probes_of(step).items() if not probe.ran}
    return completes(judgement_of(step), accepted_unprobed=bool(foreseen) and silent <= foreseen)


@transaction.atomic
def give_up_in_part(request_id: int) -> Request:
    """Say that not every system is shown clean; the request stays open, with a retry."""
    request = locked(request_id)
    steps = current_steps(request)
    advance(request, Action.COMPLETE_IN_PART)
    request.save()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "systems": len(steps),
        "missing": sum(not is_complete(step) for step in steps),
    }
    record(kinds.INCOMPLETE, actor=system_actor(ACTOR), payload=payload)
    return request
