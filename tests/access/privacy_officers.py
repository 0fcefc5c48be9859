"""Who may assign, approve many plans together, and sign for high risk."""

from portal.core.identity.actors import system_actor
from privacy_app.domain.request import State
from privacy_app.models import Plan
from privacy_app.services import intake
from tests.access_entry import Entry

OFFICER = {"privacy_officer"}
HEAD = {"head_of_data"}


def received(world):
    made = intake.receive(actor=system_actor("tests"), channel="staff", email="dana@example.com", code=False)
    return {"req_id": made.req_id}


def risky(world):
    made = intake.receive(actor=system_actor("tests"), channel="staff", email="dana@example.com", code=False)
    type(made).objects.filter(pk=made.pk).update(state=State.AWAITING_APPROVAL)
    body = {"high_risk": [{"rule": "many_rows", "sentence": "Many."}]}
    made.plans.create(
        number=1,
        planner=world.petra,
        made_at=made.received_at,
        state="submitted",
        digest="sha256:x",
        body=body,
    )
    return {"req_id": made.req_id}


def with_step(world):
    made = risky(world)
    plan = Plan.objects.get(request__req_id=made["req_id"])
    values = {"position": 1, "place": 1, "origin": "registered", "system_name": "s", "kind": "postgresql"}
    return made | {"pk": plan.steps.create(request=plan.request, dataset="d", **values).pk}


ACCESS = [
    Entry("privacy:step", OFFICER, kwargs=with_step),
    Entry("privacy:assign", OFFICER, kwargs=received, method="post", data={"to": ""}),
    Entry("privacy:to-approve", OFFICER),
    Entry("privacy:bulk-approve", OFFICER),
    Entry("privacy:bulk-approve", OFFICER, method="post", data={"code": "1"}),
    Entry("privacy:approve-high-risk", HEAD, kwargs=risky),
    Entry("privacy:approve-high-risk", HEAD, kwargs=risky, method="post", data={"code": "1"}),
    Entry("privacy:refuse-high-risk", HEAD, kwargs=risky, method="post", data={"reason": "the matrix tries it"}),
]
