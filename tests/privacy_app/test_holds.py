"""Holds on real systems: kept in the plan, kept mid-way, shown in the proof, and erased once they are over."""

import json
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from portal.core.clock import services as clock
from portal.core.connectors import registry
from portal.core.connectors.base import Subject
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import read_artifact
from privacy_app import tasks
from privacy_app.domain.request import State
from privacy_app.models import HeldSubject, Hold
from privacy_app.selectors import holds as reads
from privacy_app.services import approval, freeing, holding, holds, planning
from privacy_app.services.lifecycle import RequestRefused
from tests.privacy_app.driving import fresh


@pytest.fixture
def place(world):
    """place(**scope) -> a hold by Pia for a year, by default an exemption for tax on everything."""

    def act(user=None, subjects=None, **more):
        scope = {"kind": "exemption", "basis": "gdpr_17_3_b", "reason": "invoices", **more}
        scope.setdefault("ends_on", clock.now().date() + timedelta(365))
        return holding.place(user=user or world.pia, key=uuid.uuid4(), subjects=subjects, **scope)

    return act


def left(four, name):
    """How much a system still finds of the subject, asked as any client would."""
    estate = four.estates[name]
    subject = Subject({"email": frozenset({four.email}), "customer_id": frozenset({four.customer})})
    return registry.get(estate.config.kind).verify_logical(estate.config, estate.target, subject).hits


def step_of(request, name):
    return next(each for each in request.steps.order_by("-plan__number") if each.system_name.startswith(name))


def test_a_system_under_a_hold_is_exempt_in_the_plan_and_in_the_proof_and_keeps_its_rows(drive, four, place):
    place(system=four.systems["oltp"], dataset="oltp.people", fields=["invoice"])
    request = drive.completed()
    assert request.state == State.COMPLETED
    step = step_of(request, "oltp")
    assert step.preview["exempt"]["basis"] == "GDPR Art. 17(3)(b)"
    assert step.verdict == "exempt"
    assert left(four, "oltp") == 1
    proof = json.loads(read_artifact(request.artifact_digest))
    assert proof["headline"] == "Deleted, except where the law keeps the data."
    system = next(each for each in proof["systems"] if each["name"].startswith("oltp"))
    assert (system["status"], system["verdict"]) == ("exempt", "exempt")
    kept = reads.for_artifact(request)
    assert [(each["dataset"], each["fields"]) for each in kept] == [("oltp.people", ["invoice"])]


def test_a_hold_about_a_person_is_a_token_and_finds_the_person_however_they_wrote_it(drive, four, place, world):
    hold = place(subjects={"email": four.email.upper()})
    assert four.email not in str(list(HeldSubject.objects.values()) + list(Entry.objects.values()))
    request = drive.planning()
    assert holds.exemption_of(request, system_name="any", dataset="any").hold == hold.pk
    other = drive.planning(email="other@example.com")
    assert holds.exemption_of(other, system_name="any", dataset="any") is None


def test_a_hold_that_is_placed_after_the_approval_stops_the_next_step(drive, four, place):
    request = drive.approved()
    place(kind="legal_hold", basis="gdpr_17_3_e", system=four.systems["lake"])
    request = drive.work(request)
    assert step_of(request, "lake").verdict == "exempt"
    assert step_of(request, "vectors").verdict in ("erased", "residual")
    assert "legal hold" in step_of(request, "lake").verdict_text
    assert Entry.objects.filter(kind="privacy:step:kept", payload__request=request.req_id).exists()


def test_a_hold_that_is_placed_between_looking_and_deleting_stops_at_the_fence(drive, four, place, monkeypatch):
    """The worker has begun the step when the hold arrives: the last question before the first change stops it."""
    request = drive.approved()
    from privacy_app.services import propagation

    real = propagation._begin_destroying

    def held_now(step):
        real(step)
        if step.system_name.startswith("lake") and not Hold.objects.exists():
            place(system=four.systems["lake"])

    monkeypatch.setattr(propagation, "_begin_destroying", held_now)
    request = drive.work(request)
    lake = step_of(request, "lake")
    assert (lake.verdict, left(four, "lake")) == ("exempt", 2)
    assert request.state == State.COMPLETED


def test_a_hold_that_ended_after_the_approval_does_not_let_an_exempt_step_erase(drive, four, place, world):
    hold = place(system=four.systems["oltp"])
    request = drive.approved()
    holding.release(user=world.petra, hold_id=hold.pk, reason="the case is closed")
    request = drive.work(request)
    assert step_of(request, "oltp").verdict == "exempt"
    assert [each.step.request_id for each in reads.erasable(world.pia)] == [request.pk]


def test_when_a_hold_is_over_the_request_is_planned_again_and_erased_with_a_second_proof(drive, four, place, world):
    place(system=four.systems["oltp"], ends_on=clock.now().date() + timedelta(30))
    request = drive.completed()
    first = request.artifact_digest
    with pytest.raises(RequestRefused, match="still in force"):
        freeing.erase_kept(user=world.pia, request_id=request.pk, reason="too early")
    clock.move(clock.offset() + timedelta(days=31))
    assert [each.step.system_name for each in reads.erasable(world.pia)] == [four.systems["oltp"].name]
    freeing.erase_kept(user=world.pia, request_id=request.pk, reason="the ten years are over")
    assert not reads.erasable(world.pia)
    plan = planning.make_plan(user=world.pia, request_id=request.pk)
    planning.submit(user=world.pia, plan_id=plan.pk)
    with pytest.raises(PermissionDenied):
        approval.begin_approval(user=world.pia, request=fresh(request))
    request = drive.work(drive.approve(fresh(request)))
    assert request.state == State.COMPLETED
    assert left(four, "oltp") == 0
    assert request.artifact_digest != first
    assert reads.for_artifact(request) == []


def test_the_same_key_places_one_hold_and_the_dates_and_the_basis_are_checked(place, world):
    key, day = uuid.uuid4(), clock.now().date()
    scope = {"kind": "exemption", "basis": "ccpa_d_8", "reason": "tax", "review_on": day + timedelta(9)}
    first = holding.place(user=world.pia, key=key, **scope)
    assert holding.place(user=world.pia, key=key, **scope) == first
    with pytest.raises(RequestRefused, match="cannot rest on"):
        place(kind="legal_hold", basis="gdpr_17_3_a")
    with pytest.raises(RequestRefused, match="nothing is kept for ever"):
        place(ends_on=None)
    with pytest.raises(RequestRefused, match="needs a reason"):
        place(reason=" ")


def test_only_a_privacy_officer_places_and_releases_and_a_released_hold_stays_released(place, world):
    hold = place()
    for who in ("ana", "hal", "aud", "ada", "otto"):
        with pytest.raises(PermissionDenied):
            place(user=getattr(world, who))
        with pytest.raises(PermissionDenied):
            holding.release(user=getattr(world, who), hold_id=hold.pk, reason="no")
    holding.review(user=world.petra, hold_id=hold.pk, reason="still", ends_on=None, review_on=hold.ends_on)
    holding.release(user=world.petra, hold_id=hold.pk, reason="closed")
    with pytest.raises(RequestRefused, match="ended already"):
        holding.release(user=world.pia, hold_id=hold.pk, reason="again")
    kinds = list(Entry.objects.filter(kind__startswith="privacy:hold").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["privacy:hold:placed", "privacy:hold:reviewed", "privacy:hold:released"]


def test_the_pages_ask_twice_and_keep_the_identifier_out_of_every_table(world, four, drive):
    request = drive.planning()
    client = world.client("pia")
    given = {
        "kind": "exemption",
        "basis": "gdpr_17_3_b",
        "system": four.systems["oltp"].pk,
        "dataset": "oltp.people",
        "kept_fields": "invoice, amount",
        "subject_kind": "email",
        "subject": four.email,
        "ends_on": str(clock.now().date() + timedelta(9)),
        "reason": "invoices",
    }
    bad = client.post("/privacy/holds/new/", given | {"dataset": "nothing.there"})
    assert bad.status_code == 422
    check = client.post("/privacy/holds/new/", given)
    assert b"Place the hold" in check.content
    assert not Hold.objects.exists()
    answer = client.post("/privacy/holds/new/", given | {"confirmed": "yes", "idempotency_key": str(uuid.uuid4())})
    hold = Hold.objects.get()
    assert answer["Location"] == hold.get_absolute_url()
    page = client.get(hold.get_absolute_url()).content.decode()
    assert "invoice, amount" in page
    assert four.email not in page
    planning.make_plan(user=world.pia, request_id=request.pk)
    assert "GDPR Art. 17(3)(b)" in client.get(f"/privacy/requests/{request.req_id}/plan/").content.decode()


def test_the_list_says_what_can_be_erased_and_the_page_plans_it_again(drive, four, place, world):
    hold = place(system=four.systems["features"])
    request = drive.completed()
    client = world.client("pia")
    client.post(f"/privacy/holds/{hold.pk}/release/", {"reason": "closed"})
    assert "Can now be erased" in client.get("/privacy/holds/").content.decode()
    client.post(f"/privacy/requests/{request.req_id}/erase-kept/", {"reason": "closed"})
    assert fresh(request).state == State.PLANNING
    assert "Can now be erased" not in client.get("/privacy/holds/").content.decode()
    tasks.prove()  # a request that is planned again is not proved by what came before
    assert fresh(request).artifact_digest == ""


@pytest.mark.django_db
def test_a_replay_leaves_what_is_held_even_if_the_hold_came_after_the_proof(world, place):
    """A legal hold on a dataset stops the suppression list there: a restored system is not emptied of evidence."""
    from privacy_app.models import SuppressionToken
    from privacy_app.selectors.suppression import tokens_against
    from tests.privacy_app.planned import submitted

    one, two = submitted(world, number=1), submitted(world, number=2)
    at, until = clock.now(), clock.now() + timedelta(days=99)
    for request in (one, two):
        SuppressionToken.objects.create(
            request=request, key_version=1, kind="email", token=request.req_id, erased_at=at, until=until
        )
    assert sorted(tokens_against("shop", "people", after=None)) == [one.req_id, two.req_id]
    held = place(subjects={"email": "DANA1@example.com"}, kind="legal_hold", basis="gdpr_17_3_e")
    assert tokens_against("shop", "people", after=None) == [two.req_id]
    everybody = place(kind="legal_hold", basis="gdpr_17_3_e")
    assert tokens_against("shop", "people", after=None) == []
    for hold in (held, everybody):
        holding.release(user=world.petra, hold_id=hold.pk, reason="closed")
    assert len(tokens_against("shop", "people", after=None)) == 2
    place(basis="ccpa_d_8")  # an exemption of another law
    assert len(tokens_against("shop", "people", after=None)) == 2
