"""Making a plan in a worker: progress, systems that do not answer, findings, what is decided apart, plans that aged."""

import shutil
import socket
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from lineage_app.services import project_all
from portal.core.catalog import services as catalog
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from portal.core.signing.proofs import PasswordAndCode
from privacy_app import tasks
from privacy_app.models import Acceptance, Plan, RememberedReason, Step
from privacy_app.services import acceptance, approval, findings, looking, planning, seeing
from privacy_app.services.lifecycle import RequestRefused
from tests.lineage_app.conftest import send, token  # noqa: F401 fixtures
from tests.lineage_app.sending import event, post
from tests.privacy_app.driving import fresh

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under


PEOPLE = {"namespace": "shop", "name": "oltp.people"}


@pytest.fixture
def shop(world):
    """Send events of a pipeline that reads the shop's tables, and project them."""
    told = world.token("lineage:write", namespaces=("demo*", "shop*"))

    def sending(*events):
        for each in events:
            assert post(told, each).status_code == 201
        project_all()

    return sending


def planned(drive, world, **more):
    request = drive.planning(**more)
    return request, planning.make_plan(user=world.pia, request_id=request.pk)


def names(plan):
    return [step.system_name.split("-")[0] for step in plan.steps.order_by("position")]


def test_a_plan_is_made_by_a_worker_and_its_page_shows_how_far_it_is(drive, four, world):
    request = drive.planning()
    client = Client()
    client.force_login(world.pia)
    made = client.post(f"/privacy/requests/{request.req_id}/plan/make/", follow=True)
    assert "Finding out where the data can be" in made.content.decode()
    plan = request.plans.get()
    assert (plan.state, plan.steps.count()) == (Plan.State.LOOKING, 0)
    with pytest.raises(RequestRefused, match="is being made"):
        planning.begin(user=world.pia, request_id=request.pk)
    assert tasks.look_at_systems() == 1
    plan.refresh_from_db()
    assert plan.state == Plan.State.DRAFT
    page = client.get(f"/privacy/requests/{request.req_id}/plan/").content.decode()
    assert "5 records" in page
    assert "5 in" not in page
    drawing = client.get(f"/privacy/requests/{request.req_id}/plan/drawing.svg")
    assert drawing["Content-Type"].startswith("image/svg+xml")
    assert "oltp.people" in drawing.content.decode()


def test_a_worker_that_died_in_between_is_followed_by_one_that_looks_at_the_rest(drive, four, world):
    request = drive.planning()
    plan = planning.begin(user=world.pia, request_id=request.pk)
    looking._find(plan)
    looking._see(list(plan.steps.filter(phase=looking.UNSEEN)[:2]))
    seen = set(plan.steps.exclude(phase=looking.UNSEEN).values_list("pk", flat=True))
    assert len(seen) == 3  # the two, and the portal's own record that needs no look
    tasks.look_at_systems()
    plan.refresh_from_db()
    assert plan.state == Plan.State.DRAFT
    assert not plan.steps.filter(phase=looking.UNSEEN).exists()
    assert all("count" in step.preview for step in plan.steps.all())


def test_a_plan_of_a_request_that_was_paused_meanwhile_is_thrown_away(drive, four, world):
    from privacy_app.services import pausing

    request = drive.planning()
    plan = planning.begin(user=world.pia, request_id=request.pk)
    until = request.received_at + timedelta(days=2)
    pausing.pause(user=world.pia, request_id=request.pk, reason="we wait for the subject", until=until)
    tasks.look_at_systems()
    plan.refresh_from_db()
    assert plan.state == Plan.State.SUPERSEDED


def test_a_system_that_is_down_is_its_own_line_and_is_looked_at_again_alone(drive, four, world, monkeypatch):
    good = four.estates["features"].config.secret
    monkeypatch.setenv("CUSTODY_SECRET_FEATURES", "redis://127.0.0.1:1/0")
    _, plan = planned(drive, world)
    red = plan.steps.get(system_name=four.systems["features"].name)
    others = {step.pk: step.preview for step in plan.steps.exclude(pk=red.pk)}
    assert red.preview["error"]
    assert not any("error" in preview for preview in others.values())
    monkeypatch.setenv("CUSTODY_SECRET_FEATURES", good)
    four.estates["oltp"].session.execute(f'ALTER TABLE "{four.estates["oltp"].table}" RENAME TO away')
    try:
        planning.look_again(user=world.pia, step_id=red.pk)
        tasks.look_at_systems()
    finally:
        four.estates["oltp"].session.execute(f'ALTER TABLE away RENAME TO "{four.estates["oltp"].table}"')
    plan.refresh_from_db()
    assert plan.state == Plan.State.DRAFT
    assert plan.steps.get(pk=red.pk).preview["count"] == 1
    assert {step.pk: step.preview for step in plan.steps.exclude(pk=red.pk)} == others
    planning.submit(user=world.pia, plan_id=plan.pk)


def test_a_system_that_hangs_costs_its_time_and_is_a_line_with_its_error(drive, four, world, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("CUSTODY_SECRET_FEATURES", f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        monkeypatch.setattr(seeing.see, "__kwdefaults__", {"within_s": 2.0})
        _, plan = planned(drive, world)
    red = plan.steps.get(system_name=four.systems["features"].name)
    assert red.preview["error"]
    assert plan.steps.get(system_name=four.systems["oltp"].name).preview["count"] == 1


def test_raw_lineage_events_that_name_the_subject_put_their_datasets_on_the_plan(drive, four, world, send):
    facets = {"sql": {"_producer": "x", "_schemaURL": "x", "query": f"COPY dump FROM x WHERE m = '{four.email}'"}}
    named = f"export/{four.email}.csv"
    send(event(inputs=["people"], outputs=["scratch.dump", named], run=1, job="notebook", job_facets=facets))
    _, plan = planned(drive, world)
    found = {each.dataset: each.why for each in plan.findings.all()}
    assert found["demo/scratch.dump"] == "lineage events that touch it name the subject: 1"
    assert "demo/export/[redacted].csv" in found
    assert plan.steps.get(kind="lineage").preview["count"] >= 1
    assert four.email not in str([*found.items(), plan.body])


def test_a_reason_is_remembered_as_a_suggestion_and_decides_nothing(drive, four, world, shop):
    shop(event(inputs=[PEOPLE], outputs=["totals"], run=1, job="report"))
    request, plan = planned(drive, world)
    finding = plan.findings.get(dataset="demo/totals")
    findings.exclude(user=world.pia, finding_id=finding.pk, reason="daily sums only", remember=True)
    assert RememberedReason.objects.get().reason == "daily sums only"
    again = planning.make_plan(user=world.pia, request_id=request.pk)
    assert again.findings.get(dataset="demo/totals").decision == "open"
    assert findings.remembered(again)["demo/totals"].reason == "daily sums only"
    with pytest.raises(RequestRefused, match="demo/totals is in no contract"):
        planning.submit(user=world.pia, plan_id=again.pk)


def test_a_finding_is_planned_once_a_system_says_how_a_person_is_found_in_it(drive, four, world, shop):
    shop(event(inputs=[PEOPLE], outputs=["copy"], run=1, job="copy"))
    _, plan = planned(drive, world)
    finding = plan.findings.get(dataset="demo/copy")
    with pytest.raises(RequestRefused, match="No registered system says how a person is found"):
        findings.include(user=world.pia, finding_id=finding.pk)
    asset = catalog.adopt_asset(actor=system_actor("tests"), namespace="demo", name="copy", kind="file_set")
    lake = four.estates["lake"]
    shutil.copytree(lake.folder / "clicks", lake.folder / "copied")
    settings = dict(lake.target.settings)
    catalog.place(asset=asset, system=four.systems["lake"], object_name="copied", settings=settings)
    before = names(plan)
    findings.include(user=world.pia, finding_id=finding.pk)
    tasks.look_at_systems()
    plan.refresh_from_db()
    assert plan.state == Plan.State.DRAFT
    assert plan.steps.get(dataset="copy").preview["count"] == 2
    assert names(plan) == ["lake", *before]
    planning.submit(user=world.pia, plan_id=plan.pk)


def test_a_plan_older_than_a_week_is_not_signed(drive, four, world, clock):
    request = drive.submitted()
    clock.move(days=8)
    with pytest.raises(RequestRefused, match="more than 7 days ago"):
        approval.begin_approval(user=world.petra, request=request)
    planning.send_back(user=world.petra, request_id=request.pk, reason="too old")
    plan = planning.make_plan(user=world.pia, request_id=request.pk)
    planning.submit(user=world.pia, plan_id=plan.pk)
    assert approval.begin_approval(user=world.petra, request=fresh(request))


def test_a_plan_is_not_signed_once_the_data_can_be_elsewhere(drive, four, world):
    request = drive.submitted()
    asset = catalog.adopt_asset(actor=system_actor("tests"), namespace="shop", name="new_copy", kind="table")
    settings = dict(four.estates["oltp"].target.settings)
    catalog.place(asset=asset, system=four.systems["oltp"], object_name="public.new_copy", settings=settings)
    with pytest.raises(RequestRefused, match="Where the data can be changed since"):
        approval.begin_approval(user=world.petra, request=request)


def test_who_decided_about_the_scope_or_began_the_plan_may_not_approve_it(drive, four, world):
    request = drive.planning()
    plan = planning.make_plan(user=world.petra, request_id=request.pk)
    planning.submit(user=world.pia, plan_id=plan.pk)
    for who in (world.pia, world.petra):
        with pytest.raises(PermissionDenied):
            approval.begin_approval(user=who, request=fresh(request))


def signed(world, request, *, exclusive_approved):
    challenge = approval.begin_approval(user=world.petra, request=request)
    proof = PasswordAndCode(world.password, world.code("petra"))
    return approval.approve(
        user=world.petra,
        request_id=request.pk,
        challenge_id=str(challenge.pk),
        proof=proof,
        exclusive_approved=exclusive_approved,
    )


def test_purges_that_stop_readers_and_probes_that_cannot_run_are_decided_apart(drive, four, world):
    request = drive.submitted()
    plan = request.plans.get()
    asked = {(item.step.system_name.split("-")[0], item.what.value): item for item in acceptance.items(plan)}
    assert {("oltp", "exclusive"), ("lineage", "not_probed")} <= set(asked)
    with pytest.raises(RequestRefused, match="decided apart"):
        signed(world, request, exclusive_approved=False)
    with pytest.raises(PermissionDenied):
        acceptance.decide(user=world.pia, request_id=request.pk, answers={})
    blind, lock = asked["lineage", "not_probed"], asked["oltp", "exclusive"]
    with pytest.raises(RequestRefused, match="accepted or not at all"):
        acceptance.decide(user=world.petra, request_id=request.pk, answers={blind.key: False})
    acceptance.decide(user=world.petra, request_id=request.pk, answers={lock.key: False})
    assert not Step.objects.get(pk=lock.step.pk).allow_exclusive
    rest = {item.key: True for item in acceptance.undecided(plan)}
    acceptance.decide(user=world.petra, request_id=request.pk, answers=rest)
    assert signed(world, request, exclusive_approved=False).state == "propagating"
    assert Acceptance.objects.filter(decided_by=world.petra).count() == len(asked)
    assert Entry.objects.filter(kind="privacy:plan:apart").count() == len(asked)


def test_a_signature_may_allow_what_is_left_and_then_says_so_point_by_point(drive, four, world):
    request = drive.submitted()
    wanted = len(acceptance.undecided(request.plans.get()))
    signed(world, request, exclusive_approved=True)
    assert Acceptance.objects.filter(allowed=True).count() == wanted > 0


def test_the_expected_duration_comes_from_earlier_deletions_of_the_same_dataset(drive, four, world):
    drive.completed()
    _, plan = planned(drive, world)
    step = plan.steps.get(system_name=four.systems["oltp"].name)
    assert step.preview["expected_of"] == 1
    assert step.preview["expected_seconds"] >= 1
    assert "expected_seconds" not in plan.steps.get(kind="portal").preview
