"""Planning and the second pair of eyes: what blocks, who may sign, and what is active before the first delete."""

import pytest
from django.core.exceptions import PermissionDenied

from portal.core.identity.actors import system_actor
from portal.core.signing.proofs import PasswordAndCode
from portal.core.signing.services import SigningRefused
from privacy_app import sealing
from privacy_app.domain.request import State, TransitionRefused
from privacy_app.models import SuppressionToken
from privacy_app.services import approval, findings, lifecycle, looking, planning, suppression, targets
from privacy_app.services.lifecycle import RequestRefused
from tests.privacy_app.driving import fresh


def test_the_preview_counts_what_is_there_and_deletes_nothing(drive, four, world):
    before = four.controls()
    request = drive.planning()
    plan = planning.make_plan(user=world.pia, request_id=request.pk)
    counts = {step.system_name.split("-")[0]: step.preview["count"] for step in plan.steps.all()}
    assert counts == {"oltp": 1, "vectors": 1, "features": 1, "lake": 2, "lineage": 0, "portal": 2}
    assert all(step.preview["baseline"]["logical"]["hits"] for step in plan.steps.exclude(system=None))
    assert four.controls() == before


def test_copies_come_first_then_the_source_of_identities_and_the_portal_is_last(drive, world):
    request = drive.planning()
    plan = planning.make_plan(user=world.pia, request_id=request.pk)
    names = [step.system_name.split("-")[0] for step in plan.steps.order_by("position")]
    assert names[-3:] == ["oltp", "lineage", "portal"]


def test_what_a_contract_names_and_nobody_can_find_blocks_until_it_is_left_out_with_a_reason(drive, world, monkeypatch):
    named = {"raw_lake/clickstream": targets.Unplanned("contract events 1.0.0 names it")}
    real = targets.scope_of

    def scope(kinds, **more):
        made = real(kinds, **more)
        made.findings |= named
        return made

    monkeypatch.setattr(looking, "scope_of", scope)
    request = drive.planning()
    plan = planning.make_plan(user=world.pia, request_id=request.pk)
    with pytest.raises(RequestRefused, match="raw_lake/clickstream is in no contract"):
        planning.submit(user=world.pia, plan_id=plan.pk)
    finding = plan.findings.get()
    with pytest.raises(RequestRefused, match="needs a reason"):
        findings.exclude(user=world.pia, finding_id=finding.pk, reason=" ")
    findings.exclude(user=world.pia, finding_id=finding.pk, reason="it holds daily totals only")
    planning.submit(user=world.pia, plan_id=plan.pk)
    assert fresh(request).state == State.AWAITING_APPROVAL


def test_a_system_that_cannot_be_looked_at_keeps_the_plan_from_being_submitted(drive, four, world, monkeypatch):
    request = drive.planning()
    monkeypatch.setenv("CUSTODY_SECRET_FEATURES", "redis://127.0.0.1:1/0")
    plan = planning.make_plan(user=world.pia, request_id=request.pk)
    with pytest.raises(RequestRefused, match="could not be looked at"):
        planning.submit(user=world.pia, plan_id=plan.pk)


def test_who_planned_may_not_approve_and_neither_may_an_owner(drive, world):
    request = drive.submitted()
    for who in (world.pia, world.ana, world.hal):
        with pytest.raises(PermissionDenied):
            approval.begin_approval(user=who, request=request)


def test_a_wrong_code_signs_nothing(drive, world):
    request = drive.submitted()
    challenge = approval.begin_approval(user=world.petra, request=request)
    with pytest.raises(SigningRefused):
        approval.approve(
            user=world.petra,
            request_id=request.pk,
            challenge_id=str(challenge.pk),
            proof=PasswordAndCode(world.password, "000000"),
            exclusive_approved=True,
        )
    assert fresh(request).state == State.AWAITING_APPROVAL
    assert not SuppressionToken.objects.exists()


def test_the_suppression_tokens_are_active_before_the_first_delete_and_let_newer_events_through(drive, four, clock):
    request = drive.approved()
    assert request.destructive_from is None
    erased = clock.now()
    records = [
        {"kind": "email", "value": four.email.upper(), "event_time": "2020-01-01T00:00:00Z"},
        {"kind": "email", "value": four.email, "event_time": erased.replace(year=erased.year + 1).isoformat()},
        {"kind": "email", "value": "other@example.com", "event_time": "2020-01-01T00:00:00Z"},
    ]
    assert suppression.check(records) == [True, False, False]
    kept = SuppressionToken.objects.get(kind="email")
    assert kept.token != sealing.lookup_token("email", four.email)
    assert four.email not in kept.token


def test_a_plan_that_is_sent_back_is_made_anew(drive, world):
    request = drive.submitted()
    planning.send_back(user=world.petra, request_id=request.pk, reason="the lake is missing")
    assert fresh(request).state == State.PLANNING
    plan = planning.make_plan(user=world.pia, request_id=request.pk)
    assert plan.number == 2


def test_an_approved_request_is_cancelled_until_the_first_delete_and_not_after(drive, world):
    request = drive.approved()
    lifecycle.cancel(actor=system_actor("tests"), request_id=request.pk, reason="withdrawn")
    assert fresh(request).state == State.CANCELLED
    drive.work(request)
    assert not request.steps.filter(state="done").exists()


def test_a_request_that_has_deleted_something_can_no_longer_be_cancelled(drive):
    request = drive.completed()
    with pytest.raises(TransitionRefused):
        lifecycle.cancel(actor=system_actor("tests"), request_id=request.pk, reason="too late")
