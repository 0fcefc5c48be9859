"""A plan from its beginning to the request for approval; what is looked at and how is in `looking`."""

from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.plan import Decision, blockers
from privacy_app.domain.request import Action, State
from privacy_app.models import Plan, Request, Step
from privacy_app.services import high_risk, looking
from privacy_app.services.lifecycle import RequestRefused, advance, locked, reason_digest, wanted
from privacy_app.services.waking import wake_planning

BEING_MADE = (Plan.State.LOOKING, Plan.State.DRAFT)


@transaction.atomic
def begin(*, user: Any, request_id: int) -> Plan:
    """Ask the workers for a plan; an earlier draft is replaced. Its page shows how far they are."""
    require(user, Act.PLAN_DELETION)
    request = locked(request_id)
    if State(request.state) is not State.PLANNING:
        raise RequestRefused(f"A plan is made when the scope is frozen; this request is {request.state_words}.")
    if request.plans.filter(state=Plan.State.LOOKING).exists():
        raise RequestRefused("A plan of this request is being made. Wait until every system has answered.")
    request.plans.filter(state=Plan.State.DRAFT).update(state=Plan.State.SUPERSEDED)
    last = request.plans.order_by("-number").first()
    plan = request.plans.create(
        number=last.number + 1 if last else 1, planner=user, made_at=now(), state=Plan.State.LOOKING
    )
    wake_planning()
    return plan


def make_plan(*, user: Any, request_id: int) -> Plan:
    """Begin a plan and look at every system at once, for callers that can wait for it."""
    plan = begin(user=user, request_id=request_id)
    looking.look(plan.pk)
    plan.refresh_from_db()
    return plan


@transaction.atomic
def look_again(*, user: Any, step_id: int) -> Step:
    """Look at one system anew; the rest of the draft stays as it is."""
    require(user, Act.PLAN_DELETION)
    step = Step.objects.select_related("plan").get(pk=step_id)
    plan = draft(step.plan_id)
    if step.system_id is None and step.kind == looking.PORTAL:
        raise RequestRefused("The portal's own record of the request needs no look.")
    Step.objects.filter(pk=step_id).update(phase=looking.UNSEEN)
    plan.state = Plan.State.LOOKING
    plan.save(update_fields=["state"])
    wake_planning()
    return step


def draft(plan_id: int) -> Plan:
    """A draft, locked until the transaction ends; raises RequestRefused where it is one no longer."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("request").get(pk=plan_id)
    if plan.state != Plan.State.DRAFT:
        raise RequestRefused("This plan is no longer a draft. Make a new plan to decide anew.")
    return plan


def what_blocks(plan: Plan) -> list[str]:
    """Why this plan cannot be submitted, one sentence each."""
    unseen = [
        f"{step.system_name} could not be looked at ({step.preview['error']}): mend it, then look again."
        for step in plan.steps.all()
        if step.preview.get("error")
    ]
    return [*blockers(looking.as_findings(plan)), *unseen]


@transaction.atomic
def submit(*, user: Any, plan_id: int) -> Plan:
    """Freeze the plan and ask for approval; raises RequestRefused with what still blocks it."""
    require(user, Act.PLAN_DELETION)
    request = locked(Plan.objects.values_list("request", flat=True).get(pk=plan_id))
    plan = draft(plan_id)
    if blocked := what_blocks(plan):
        raise RequestRefused(blocked[0])
    advance(request, Action.SUBMIT_PLAN)
    request.save()
    plan.deciders = _had_a_hand(plan, request)
    plan.body = content(plan, request)
    plan.digest, plan.state, plan.submitter = digest(canonical_bytes(plan.body)), Plan.State.SUBMITTED, user
    plan.save()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "plan": plan.number,
        "digest": plan.digest,
        "systems": plan.steps.count(),
    }
    record(kinds.PLANNED, actor=actor_of(user), payload=payload)
    return plan


def _had_a_hand(plan: Plan, request: Request) -> list[int]:
    """Whoever began the plan or decided about its scope: none of them may approve it."""
    people: set[int | None] = {plan.planner_id}
    for rows in (plan.findings, request.waiting_edges, request.sources):
        people.update(rows.values_list("decided_by", flat=True))
    return sorted(each for each in people if each is not None)


def content(plan: Plan, request: Request) -> dict[str, Any]:
    """What an approver signs: the scope's digest, each step with its counts, purges and probes, and the exclusions."""
    return {
        "req_id": request.req_id,
        "plan": plan.number,
        "resolved_set_digest": request.resolved_digest,
        "steps": [_step_content(step) for step in plan.steps.all()],
        "excluded": [
            {"dataset": each.dataset, "why": each.why, "reason": each.reason}
            for each in plan.findings.filter(decision=Decision.EXCLUDED)
        ],
        **{name: plan.body.get(name, []) for name in ("kinds", "models", "mentioned", "no_personal_field", "lineage")},
        "blast": plan.body.get("blast", {}),
        "scope": plan.body.get("scope", ""),
        "high_risk": high_risk.reasons(plan),
    }


def _step_content(step: Step) -> dict[str, Any]:
    return {
        "position": step.position,
        "system": step.system_name,
        "kind": step.kind,
        "dataset": step.dataset,
        "object": step.object_name,
        "origin": step.origin,
        "allow_exclusive": step.allow_exclusive,
        "preview": step.preview,
    }


@transaction.atomic
def send_back(*, user: Any, request_id: int, reason: str, act: Act = Act.APPROVE_DELETION) -> Request:
    """Refuse to approve, as the officer or (another `act`) the head of data: the request is planned anew."""
    require(user, act)
    request = locked(request_id)
    advance(request, Action.SEND_BACK)
    request.save()
    plan = request.plans.get(state=Plan.State.SUBMITTED)
    if act is Act.APPROVE_HIGH_RISK and not plan.body.get("high_risk"):
        raise RequestRefused("This plan is not one of high risk. A privacy officer approves it or sends it back.")
    plan.state = Plan.State.SUPERSEDED
    plan.save()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "plan": plan.number,
        "digest": plan.digest,
        "reason_digest": reason_digest(wanted(reason, "Sending a plan back")),
    }
    record(kinds.SENT_BACK, actor=actor_of(user), payload=payload)
    return request
