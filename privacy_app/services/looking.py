"""Making a plan, in a worker: where the data can be, and what each of these systems holds now.

Every system is looked at by itself and within a time; what it said is saved before the next ones are asked, so a worker
that dies loses a few looks. A system that does not answer is a line of the plan with its error, asked again alone.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from lineage_app import services as lineage
from portal.core.clock.services import now
from portal.core.connectors import base as connectors
from privacy_app import keystore
from privacy_app.domain.plan import Decision, Finding, Origin, Place, Target, in_order
from privacy_app.domain.request import State
from privacy_app.models import Plan, Request, Step
from privacy_app.services import holds, own_lineage, radius, seeing
from privacy_app.services.targets import Candidate, Name, Scope, scope_of

PORTAL = "portal"
UNSEEN = "to be looked at"
AT_ONCE = 4
_MAKING = 0x504C414E  # "PLAN": the first half of the advisory lock under which one plan is made
_log = logging.getLogger(__name__)


@dataclass
class Looked:
    """One step before it is saved."""

    step: Step
    order: Target


def look_at_waiting() -> int:
    """Go on with every plan that is being made; returns how many. One worker a plan."""
    waiting = list(Plan.objects.filter(state=Plan.State.LOOKING).values_list("pk", flat=True))
    return sum(look(pk) for pk in waiting)


def look(plan_id: int) -> bool:
    """Make this plan as far as it goes now; False where another worker is at it.

    Whatever goes wrong is a sentence on the plan, which the next tick tries again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_MAKING, plan_id])
        (mine,) = cursor.fetchone() or (False,)
    if not mine:
        return False
    try:
        _make(plan_id)
    except (connectors.ConnectorError, keystore.KeyShredded, lineage.ArchiveBusy) as error:
        Plan.objects.filter(pk=plan_id).update(trouble=str(error))
    except Exception as error:  # noqa: BLE001 - a plan that cannot be made says so on its page and is tried again
        _log.error("plan %s could not be made: %s", plan_id, type(error).__name__)  # its text may hold values
        words = f"The portal met an error of kind {type(error).__name__} while it made this plan."
        Plan.objects.filter(pk=plan_id).update(trouble=words)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_MAKING, plan_id])
    return True


def _make(plan_id: int) -> None:
    plan = Plan.objects.select_related("request").get(pk=plan_id)
    if plan.state != Plan.State.LOOKING:
        return
    if not plan.steps.exists():
        _find(plan)
    while steps := list(plan.steps.filter(phase=UNSEEN).select_related("system", "request")[:AT_ONCE]):
        _see(steps)
    _finish(plan_id)


def _find(plan: Plan) -> None:
    """Read lineage's raw events, join all sources, and write the steps down unseen."""
    sought = own_lineage.sought(plan.request)
    mentioned = lineage.datasets_beside(sought) if sought else {}
    scope = scope_for(plan.request, mentioned)
    looked = [unseen(plan.request, each) for each in scope.candidates.values()]
    _write(plan, scope, mentioned, [*looked, _lineage(plan.request), _portal(plan.request)])


def scope_for(request: Request, mentioned: Mapping[Name, int]) -> Scope:
    """Where this subject's data can be, by names that may be shown."""
    return scope_of(kinds_of(request), mentioned=mentioned).masked(lineage.masker(own_lineage.sought(request)))


def kinds_of(request: Request) -> frozenset[str]:
    """The kinds of identifier in the frozen set."""
    return frozenset(request.resolved.values_list("kind", flat=True))


def mentioned_in(plan: Plan) -> dict[Name, int]:
    """Datasets beside which raw events named the subject when the plan was made."""
    return {(each["namespace"], each["name"]): each["events"] for each in plan.body.get("mentioned", [])}


def unseen(request: Request, candidate: Candidate) -> Looked:
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
        preview={"why": candidate.why},
        phase=UNSEEN,
    )
    return Looked(step, Target(step.system_name, step.object_name, candidate.place, candidate.depth))


def _lineage(request: Request) -> Looked:
    """The portal's own lineage may name the subject: it is a system of every plan."""
    step = own_lineage.planned(request)
    step.phase = UNSEEN
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
def _write(plan: Plan, scope: Scope, mentioned: Mapping[Name, int], looked: list[Looked]) -> None:
    by_order = {each.order: each.step for each in looked}
    for position, target in enumerate(in_order(by_order), start=1):
        step = by_order[target]
        step.plan, step.position = plan, position
        step.save()
    for dataset, found in sorted(scope.findings.items()):
        plan.findings.create(dataset=dataset, why=found.why[:1000], asset=found.asset)
    plan.body = {
        "kinds": sorted(kinds_of(plan.request)),
        "models": [{"name": name, "why": each.why} for name, each in sorted(scope.models.items())],
        "mentioned": [
            {"namespace": namespace, "name": name, "events": events}
            for (namespace, name), events in sorted(mentioned.items())
        ],
        "no_personal_field": [{"dataset": name, "why": why} for name, why in sorted(scope.quiet.items())],
        "lineage": radius.arrows(scope),
        "blast": radius.blast(scope),
        "scope": scope.fingerprint(),
    }
    plan.save(update_fields=["body"])


def _see(steps: list[Step]) -> None:
    """Look at a few systems at the same time, each within its time, and keep what each said."""
    own = [step for step in steps if step.kind == own_lineage.KIND]
    for step in own:
        step.preview = {**step.preview, **own_lineage.seen(step)}
    for step, seen in seeing.see([step for step in steps if step not in own]):
        step.preview = {"why": step.preview["why"], **seen}
        step.allow_exclusive = bool(step.preview.get("exclusive_lock") or step.preview.get("destroys_history"))
    expected = radius.expected_seconds(steps)
    for step in steps:
        if step.pk in expected:
            step.preview["expected_seconds"], step.preview["expected_of"] = expected[step.pk]
        step.phase = ""
        holds.note(step)
        # only while the plan is still being made: whoever superseded it meanwhile does not want this any more
        Step.objects.filter(pk=step.pk, plan__state=Plan.State.LOOKING).update(
            preview=step.preview, allow_exclusive=step.allow_exclusive, sealed_found=step.sealed_found, phase=""
        )


@transaction.atomic
def _finish(plan_id: int) -> None:
    plan = Plan.objects.select_for_update().select_related("request").get(pk=plan_id)
    if plan.state != Plan.State.LOOKING or plan.steps.filter(phase=UNSEEN).exists():
        return
    going = State(plan.request.state) is State.PLANNING
    plan.state = Plan.State.DRAFT if going else Plan.State.SUPERSEDED
    plan.made_at, plan.trouble = now(), ""
    plan.save(update_fields=["state", "made_at", "trouble"])


def as_findings(plan: Plan) -> list[Finding]:
    """The plan's findings as the domain knows them."""
    return [Finding(each.dataset, each.why, Decision(each.decision), each.reason) for each in plan.findings.all()]
