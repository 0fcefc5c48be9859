"""Models trained on erased data: their owners are told; a training that lineage shows, or a basis, ends each duty."""

from typing import Any

from django.conf import settings
from django.db import transaction

from lineage_app import selectors as lineage
from portal.core.catalog import selectors as catalog
from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, may, require
from portal.core.notify.services import enqueue
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.duties import TIME, Input, TrainingRun, first_without, why_not
from privacy_app.domain.plan import Place
from privacy_app.domain.steps import SETTLED
from privacy_app.models import Duty, Plan, Request
from privacy_app.services.lifecycle import RequestRefused, reason_digest, wanted

ACTOR = "privacy.duties"


def open_all(request: Request, plan: Plan) -> None:
    """A duty for each model of the approved plan, in its transaction; the owner is told once."""
    for each in plan.body.get("models", ()):
        asset = catalog.asset_of_key(each["name"])
        duty, new = Duty.objects.get_or_create(
            req_id=request.req_id,
            model=each["name"],
            defaults={
                "request": request,
                "asset": asset,
                "owner_team": asset.owner_team if asset else None,
                "why": each["why"],
                "opened_at": now(),
                "due_on": (now() + TIME).date(),
            },
        )
        if new:
            _opened(duty)


def _opened(duty: Duty) -> None:
    payload: dict[str, str | int] = {"request": duty.req_id, "model": duty.model, "due": f"{duty.due_on}"}
    record(kinds.DUTY_OPENED, actor=system_actor(ACTOR), payload=payload)
    if duty.owner_team is None:
        return
    body = (
        f"Data that the model {duty.model} was trained on is being erased ({duty.req_id}: {duty.why}).\n\n"
        f"Train it anew without that data by {duty.due_on}, or document on what basis it may stay as it is:\n"
        f"{settings.BASE_URL}{duty.get_absolute_url()}\n\n"
        "A training run that lineage shows, with inputs from after the erasure, ends this by itself.\n"
    )
    for channel, address in catalog.channels_of(duty.owner_team):
        subject, key = f"Retrain {duty.model} by {duty.due_on}", f"duty:{duty.pk}:{channel}:{digest(address.encode())}"
        enqueue(channel=channel, address=address, subject=subject, body=body, dedup_key=key)


def judge_open() -> int:
    """Hold every open duty against lineage; returns how many ended."""
    open_ones = Duty.objects.filter(state=Duty.State.OPEN).exclude(asset=None).exclude(request=None)
    return sum(_judge(duty) for duty in open_ones.select_related("request"))


def _judge(duty: Duty) -> bool:
    plan = duty.request.plans.filter(state=Plan.State.APPROVED).last() if duty.request else None
    steps = list(plan.steps.exclude(place=Place.PORTAL)) if plan else []
    ends = [step.done_at for step in steps if step.done_at]
    if plan is None or not ends or any(step.state not in SETTLED for step in steps):
        return False
    erased_at, erased = max(ends), {step.dataset for step in steps}
    touched = {each[end] for each in plan.body.get("lineage", ()) for end in ("from", "to")} - erased
    touched |= set(plan.findings.values_list("dataset", flat=True))
    runs = [_run(each) for each in lineage.trainings_of(duty.asset_id or 0, since=erased_at)]
    good = first_without(runs, erased=erased, touched=touched, erased_at=erased_at)
    if good is None:
        seen = f"The latest training does not count: {_why(runs[-1], erased, touched, erased_at)}." if runs else ""
        Duty.objects.filter(pk=duty.pk, state=Duty.State.OPEN).update(seen=seen)
        return False
    return _retrained(duty.pk, good)


def _why(run: TrainingRun, erased: set[str], touched: set[str], erased_at: Any) -> str:
    return why_not(run, erased=erased, touched=touched, erased_at=erased_at)


def _run(training: lineage.Training) -> TrainingRun:
    inputs = tuple(Input(each.names, each.written_at) for each in training.inputs)
    return TrainingRun(training.url, training.started_at, inputs)


@transaction.atomic
def _retrained(duty_id: int, run: TrainingRun) -> bool:
    duty = Duty.objects.select_for_update().get(pk=duty_id)
    if duty.state != Duty.State.OPEN:
        return False
    duty.run_url = run.url
    duty.seen = f"A training that began at {run.started_at:%Y-%m-%d %H:%M} UTC read data from after the erasure."
    _close(duty, Duty.State.RETRAINED, system_actor(ACTOR), duty.seen)
    return True


@transaction.atomic
def document(*, user: Any, duty_id: int, basis: str) -> Duty:
    """End a duty without a training: the owner, or a privacy officer, says on what basis."""
    duty = Duty.objects.select_for_update().get(pk=duty_id)
    if not may(user, Act.PLAN_DELETION):
        require(user, Act.SIGN_PRODUCER, duty)
    if duty.state != Duty.State.OPEN:
        raise RequestRefused("This duty has ended already.")
    duty.basis, duty.closed_by = wanted(basis, "Keeping a model as it is"), user
    _close(duty, Duty.State.DOCUMENTED, actor_of(user), duty.basis)
    return duty


def _close(duty: Duty, state: str, actor: Any, because: str) -> None:
    duty.state, duty.closed_at = state, now()
    duty.save()
    payload: dict[str, str | int] = {
        "request": duty.req_id,
        "model": duty.model,
        "how": duty.get_state_display(),
        "reason_digest": reason_digest(because),
    }
    record(kinds.DUTY_ENDED, actor=actor, payload=payload)
