"""Models trained on erased data: the owner is told; the duty ends by what lineage shows or by a documented basis."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from portal.core.catalog import services as catalog
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from privacy_app import panels, tasks
from privacy_app.models import Duty, Plan, Step
from privacy_app.selectors import duties as selectors
from privacy_app.services import approval, duties
from privacy_app.services.lifecycle import RequestRefused
from tests.lineage_app.conftest import send, token  # noqa: F401 fixtures
from tests.lineage_app.sending import event
from tests.privacy_app.planned import proof, submitted

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

MODELS = [{"name": "demo/churn", "why": "downstream of people, steps away: 2"}]
LINEAGE = [{"from": "people", "to": "demo/train_set"}, {"from": "demo/train_set", "to": "demo/churn"}]


@pytest.fixture
def duty(world, settings, tmp_path):
    """An approved plan whose data fed a model of Ana's team; what is erased was erased on the last of February."""
    settings.VAR_DIR = tmp_path / "var"
    team = world.ana.memberships.get(role="owner").team
    catalog.adopt_asset(actor=system_actor("tests"), namespace="demo", name="churn", kind="model", owner_team=team)
    request = submitted(world)
    plan = request.plans.get()
    Plan.objects.filter(pk=plan.pk).update(body=plan.body | {"models": MODELS, "lineage": LINEAGE})
    challenge = approval.begin_approval(user=world.petra, request=request)
    approval.approve(
        user=world.petra,
        request_id=request.pk,
        challenge_id=str(challenge.pk),
        proof=proof(world, "petra"),
        exclusive_approved=True,
    )
    Step.objects.filter(plan=plan).update(state="done", done_at=datetime(2026, 2, 28, tzinfo=UTC))
    return Duty.objects.get()


def ran(number, begin, end, inputs, outputs, job="train"):
    return [
        event("START", run=number, minute=begin, inputs=inputs, outputs=outputs, job=job),
        event("COMPLETE", run=number, minute=end, inputs=inputs, outputs=outputs, job=job),
    ]


@pytest.mark.django_db
def test_a_duty_is_open_with_the_approval_and_on_its_owners_work_list(duty, world):
    assert (duty.state, duty.model) == ("open", "demo/churn")
    assert Entry.objects.filter(kind="privacy:duty:opened").count() == 1
    assert [item.text for item in panels.models_to_retrain(world.ana)] == [
        f"Retrain demo/churn after {duty.req_id}, or document a basis"
    ]
    assert not list(panels.models_to_retrain(world.otto))
    assert selectors.for_artifact(duty.request)[0]["state"] == "open"
    assert "demo/churn" in world.client("ana").get("/privacy/duties/").content.decode()


@pytest.mark.django_db
def test_a_training_on_an_old_training_set_does_not_end_it_and_one_on_a_new_set_does(duty, send):
    send(*ran(1, 0, 5, ["train_set"], ["churn"]))
    tasks.judge_duties()
    duty.refresh_from_db()
    assert duty.state == "open"
    assert "demo/train_set, which was not written again since the erasure" in duty.seen
    send(*ran(2, 10, 15, ["people"], ["train_set"], job="build"), *ran(3, 20, 25, ["train_set"], ["churn"]))
    assert tasks.judge_duties() == 1
    duty.refresh_from_db()
    assert duty.state == "retrained"
    assert duty.run_url.startswith("/lineage/")
    assert tasks.judge_duties() == 0


@pytest.mark.django_db
def test_nothing_is_judged_while_something_is_still_to_be_erased(duty, send):
    Step.objects.update(state="retry")
    send(*ran(1, 0, 5, ["people"], ["churn"]))
    assert tasks.judge_duties() == 0


@pytest.mark.django_db
def test_the_owner_documents_a_basis_and_nobody_elses_owner_can(duty, world):
    with pytest.raises(PermissionDenied):
        duties.document(user=world.otto, duty_id=duty.pk, basis="not mine")
    with pytest.raises(RequestRefused, match="needs a reason"):
        duties.document(user=world.ana, duty_id=duty.pk, basis=" ")
    duties.document(user=world.ana, duty_id=duty.pk, basis="only counts of visits were used")
    duty.refresh_from_db()
    assert duty.state == "documented"
    with pytest.raises(RequestRefused, match="ended already"):
        duties.document(user=world.ana, duty_id=duty.pk, basis="again")
    assert world.client("otto").get(duty.get_absolute_url()).status_code == 404
