"""Who may see a plan being made, change its findings, and decide apart."""

from privacy_app.domain.request import State
from privacy_app.models import Plan
from tests.access.privacy import OFFICER, of, plan_of, received, with_finding
from tests.access_entry import Entry


def with_plan(state):
    def kwargs(world):
        made = received(world, state=State.PLANNING)
        plan_of(made, world, state)
        return {"req_id": made.req_id}

    return kwargs


def with_drafted_step(world):
    made = received(world, state=State.PLANNING)
    plan = plan_of(made, world, Plan.State.DRAFT)
    step = plan.steps.create(
        request=made, position=1, place=1, origin="registered", system_name="s", kind="postgresql", dataset="d"
    )
    return {"req_id": made.req_id, "pk": step.pk}


ACCESS = [
    Entry("privacy:plan-progress", OFFICER, kwargs=with_plan(Plan.State.LOOKING)),
    Entry("privacy:plan-drawing", OFFICER, kwargs=with_plan(Plan.State.DRAFT)),
    Entry("privacy:look-again", OFFICER, kwargs=with_drafted_step, method="post"),
    Entry("privacy:include", OFFICER, kwargs=with_finding, method="post"),
    Entry("privacy:decide-apart", OFFICER, kwargs=of(state=State.AWAITING_APPROVAL), method="post"),
]
