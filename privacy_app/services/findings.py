"""What is decided about a dataset that lineage shows and no contract names: plan it, or leave it out with a reason."""

from typing import Any

from django.db import transaction
from django.db.models import F

from portal.core.catalog import selectors as catalog
from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.plan import Decision, Origin, Target, in_order
from privacy_app.models import Plan, PlanFinding, RememberedReason, Step
from privacy_app.services import looking, planning
from privacy_app.services.lifecycle import RequestRefused, reason_digest, wanted
from privacy_app.services.targets import Candidate, holds
from privacy_app.services.waking import wake_planning

ASIDE = 10_000


@transaction.atomic
def exclude(*, user: Any, finding_id: int, reason: str, remember: bool = False) -> PlanFinding:
    """Leave a finding out of the plan, for a reason that the proof will show.

    `remember` offers the reason to whoever plans later; it decides nothing there.
    """
    require(user, Act.PLAN_DELETION)
    finding = _in_a_draft(finding_id)
    finding.reason = wanted(reason, "Leaving a dataset out")
    _decide(user, finding, Decision.EXCLUDED)
    if remember:
        RememberedReason.objects.update_or_create(
            dataset=finding.dataset, defaults={"reason": finding.reason, "by": user, "at": now()}
        )
    return finding


@transaction.atomic
def include(*, user: Any, finding_id: int) -> PlanFinding:
    """Plan a finding whose asset has a placement by now; its systems are looked at, the rest of the draft stays.

    Raises RequestRefused where no registered system says how a person is found in it.
    """
    require(user, Act.PLAN_DELETION)
    finding = _in_a_draft(finding_id)
    placements = placements_for(finding)
    if not placements:
        raise RequestRefused(
            f"No registered system says how a person is found in {finding.dataset}. Register where it lies under "
            "Systems, with the columns that hold identifiers, then plan it."
        )
    _add_steps(finding.plan, [Candidate(each, Origin.LINEAGE, finding.why) for each in placements])
    _decide(user, finding, Decision.PLANNED)
    Plan.objects.filter(pk=finding.plan_id).update(state=Plan.State.LOOKING)
    wake_planning()
    return finding


def placements_for(finding: PlanFinding) -> list[Any]:
    """Where the finding's data lies and can be searched, as the catalog knows it now."""
    asset = finding.asset or catalog.asset_of_key(finding.dataset)
    if asset is None:
        return []
    kinds_held = looking.kinds_of(finding.plan.request)
    return [each for each in catalog.placements_of(asset) if holds(each, kinds_held)]


def remembered(plan: Plan) -> dict[str, RememberedReason]:
    """Why datasets of this plan's findings were left out before, by dataset: a suggestion, no decision."""
    names = [each.dataset for each in plan.findings.all()]
    return {each.dataset: each for each in RememberedReason.objects.filter(dataset__in=names).select_related("by")}


def _in_a_draft(finding_id: int) -> PlanFinding:
    planning.draft(PlanFinding.objects.values_list("plan", flat=True).get(pk=finding_id))
    return (
        PlanFinding.objects.select_for_update(of=("self",)).select_related("plan__request", "asset").get(pk=finding_id)
    )


def _decide(user: Any, finding: PlanFinding, decision: Decision) -> None:
    finding.decision, finding.decided_by = decision, user
    finding.save()
    payload: dict[str, str | int] = {
        "request": finding.plan.request.req_id,
        "dataset": finding.dataset,
        "decision": finding.decision,
        "reason_digest": reason_digest(finding.reason),
    }
    record(kinds.FINDING_DECIDED, actor=actor_of(user), payload=payload)


def _add_steps(plan: Plan, candidates: list[Candidate]) -> None:
    """New steps at their place in the order; those that are there keep theirs among themselves."""
    made = [looking.unseen(plan.request, each) for each in candidates]
    order = {each.order: each.step for each in made}
    for step in plan.steps.all():
        name = step.object_name or step.dataset
        order[Target(step.system_name, name, step.place, 0 - step.position)] = step  # type: ignore[arg-type]
    plan.steps.update(position=F("position") + ASIDE)  # positions are unique: first out of the way
    for position, target in enumerate(in_order(order), start=1):
        step = order[target]
        step.plan, step.position = plan, position
        step.save() if step.pk is None else Step.objects.filter(pk=step.pk).update(position=position)
