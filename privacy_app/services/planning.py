"""Making a plan: looking everywhere, counting, probing what is there before, and deciding about findings."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.connectors import base as connectors
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.plan import Decision, Finding, Origin, Place, Target, blockers, in_order
from privacy_app.domain.request import Action, State
from privacy_app.models import Plan, PlanFinding, Request, Step
from privacy_app.services import machinery, own_lineage
from privacy_app.services.lifecycle import RequestRefused, advance, locked, reason_digest, wanted
from privacy_app.services.targets import Candidate, Scope, scope_of

PORTAL = "portal"


@dataclass
class Looked:
    """One step before it is saved."""

    step: Step
    order: Target


def make_plan(*, user: Any, request_id: int) -> Plan:
    """Look at every system that may hold the subject, and write the plan down as a draft.

    Reads the systems before its transaction begins: a system that cannot be reached is in the plan with its error, and
    keeps the plan from being submitted.
    """
    require(user, Act.PLAN_DELETION)
    request = Request.objects.get(pk=request_id)
    if State(request.state) is not State.PLANNING:
        raise RequestRefused(f"A plan is made when the scope is frozen; this request is {request.state_words}.")
    scope = scope_of(frozenset(request.resolved.values_list("kind", flat=True)))
    looked = [_look(request, each) for each in scope.candidates.values()]
    return _write(user, request_id, scope, [*looked, _lineage(request), _portal(request)])


def _look(request: Request, candidate: Candidate) -> Looked:
    placement = candidate.placement
    step = Step(
        request=request,
        place=candidate.place,
        origin=candidate.origin,
        system=placement.system,
        system_name=placement.system.name,
        kind=placement.system.kind,
        dataset=placement.asset.name,
        object_name=placement.object_name,
        target_settings=placement.settings,
    )
    step.preview = {"why": candidate.why, **_preview(step)}
    step.allow_exclusive = bool(step.preview.get("exclusive_lock"))
    return Looked(step, Target(step.system_name, step.object_name, candidate.place, candidate.depth))


def _preview(step: Step) -> dict[str, Any]:
    """Counts, what delete and purge will do, and the three probes as they stand now; or why that is not known."""
    try:
        connector, config = machinery.reach(step.system, step.kind)
        target, subject = machinery.target_of(step), machinery.subject_of(step.request)
        found = connector.discover(config, target, subject)
        plan = connector.plan(config, target, found)
        probes = machinery.all_probes(step, connector, config, found)
    except connectors.ConnectorError as error:
        return {"error": str(error)}
    machinery.keep_found(step, found)
    baseline = {name: {"hits": probe.hits, "reason": probe.reason} for name, probe in probes.items()}
    return {**machinery.preview_of(plan), "baseline": baseline}


def _lineage(request: Request) -> Looked:
    """The portal's own lineage may name the subject: it is a system of every plan."""
    step = own_lineage.planned(request)
    return Looked(step, Target(step.system_name, step.dataset, Place.PORTAL))


def _portal(request: Request) -> Looked:
    """The portal holds the request itself: it is a system of every plan."""
    preview = {
        "why": "this request's own record",
        "count": request.resolved.count(),
        "delete_by": "destroying the request's key at the end of the appeal window",
    }
    step = Step(
        request=request,
        place=Place.PORTAL,
        origin=Origin.PORTAL,
        system_name=PORTAL,
        kind=PORTAL,
        dataset="deletion requests",
        preview=preview,
    )
    return Looked(step, Target(PORTAL, step.dataset, Place.PORTAL))


@transaction.atomic
def _write(user: Any, request_id: int, scope: Scope, looked: list[Looked]) -> Plan:
    request = locked(request_id)
    if State(request.state) is not State.PLANNING:
        raise RequestRefused("Somebody moved this request while it was being planned. Open it again.")
    request.plans.filter(state=Plan.State.DRAFT).update(state=Plan.State.SUPERSEDED)
    plan = request.plans.create(number=request.plans.count() + 1, planner=user, made_at=now())
    by_order = {each.order: each.step for each in looked}
    for position, target in enumerate(in_order(by_order), start=1):
        step = by_order[target]
        step.plan, step.position = plan, position
        step.save()
    for dataset, why in sorted(scope.findings.items()):
        plan.findings.create(dataset=dataset, why=why)
    plan.body = {"models": [{"name": name, "why": why} for name, why in sorted(scope.models.items())]}
    plan.save()
    return plan


@transaction.atomic
def exclude(*, user: Any, finding_id: int, reason: str) -> PlanFinding:
    """Leave a finding out of the plan, for a reason that the proof will show."""
    require(user, Act.PLAN_DELETION)
    finding = PlanFinding.objects.select_for_update().select_related("plan__request").get(pk=finding_id)
    if finding.plan.state != Plan.State.DRAFT:
        raise RequestRefused("This plan is no longer a draft. Make a new plan to decide anew.")
    finding.reason, finding.decided_by = wanted(reason, "Leaving a dataset out"), user
    finding.decision = Decision.EXCLUDED
    finding.save()
    payload: dict[str, str | int] = {
        "request": finding.plan.request.req_id,
        "dataset": finding.dataset,
        "decision": finding.decision,
        "reason_digest": reason_digest(finding.reason),
    }
    record(kinds.FINDING_DECIDED, actor=actor_of(user), payload=payload)
    return finding


def what_blocks(plan: Plan) -> list[str]:
    """Why this plan cannot be submitted, one sentence each."""
    open_findings = blockers(
        Finding(each.dataset, each.why, Decision(each.decision), each.reason) for each in plan.findings.all()
    )
    unseen = [
        f"{step.system_name} could not be looked at ({step.preview['error']}): mend it, then plan again."
        for step in plan.steps.all()
        if step.preview.get("error")
    ]
    return [*open_findings, *unseen]


@transaction.atomic
def submit(*, user: Any, plan_id: int) -> Plan:
    """Freeze the plan and ask for approval; raises RequestRefused with what still blocks it."""
    require(user, Act.PLAN_DELETION)
    plan = Plan.objects.select_related("request").get(pk=plan_id)
    request = locked(plan.request_id)
    if plan.state != Plan.State.DRAFT:
        raise RequestRefused("This plan is no longer a draft.")
    if blocked := what_blocks(plan):
        raise RequestRefused(blocked[0])
    advance(request, Action.SUBMIT_PLAN)
    request.save()
    plan.body = content(plan, request)
    plan.digest, plan.state, plan.planner = digest(canonical_bytes(plan.body)), Plan.State.SUBMITTED, user
    plan.save()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "plan": plan.number,
        "digest": plan.digest,
        "systems": plan.steps.count(),
    }
    record(kinds.PLANNED, actor=actor_of(user), payload=payload)
    return plan


def content(plan: Plan, request: Request) -> dict[str, Any]:
    """What an approver signs: the scope's digest, each step with its counts, purges and probes, and the exclusions."""
    return {
        "req_id": request.req_id,
        "plan": plan.number,
        "resolved_set_digest": request.resolved_digest,
        "steps": [_step_content(step) for step in plan.steps.all()],
        "excluded": [{"dataset": each.dataset, "why": each.why, "reason": each.reason} for each in plan.findings.all()],
        "models": plan.body.get("models", []),
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
def send_back(*, user: Any, request_id: int, reason: str) -> Request:
    """Refuse to approve: the request is planned anew."""
    require(user, Act.APPROVE_DELETION)
    request = locked(request_id)
    advance(request, Action.SEND_BACK)
    request.save()
    plan = request.plans.get(state=Plan.State.SUBMITTED)
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
