"""Four eyes, high risk and bulk approval: who may sign what, one ceremony for many plans, and races."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.models import Entry
from portal.core.identity.models import Membership
from portal.core.identity.roles import Role
from portal.core.signing.models import Signature
from portal.core.signing.services import SigningRefused
from privacy_app.domain.request import State
from privacy_app.models import Approval, BulkApproval, Plan
from privacy_app.selectors import approvals as for_proof
from privacy_app.selectors import inbox
from privacy_app.services import approval, bulk, high_risk, planning
from privacy_app.services.lifecycle import RequestRefused
from tests.privacy_app.driving import fresh
from tests.privacy_app.planned import proof, submitted

MANY = {"count": 20_000}


def approve(world, request, who="petra"):
    challenge = approval.begin_approval(user=getattr(world, who), request=fresh(request))
    approval.approve(
        user=getattr(world, who),
        request_id=request.pk,
        challenge_id=str(challenge.pk),
        proof=proof(world, who),
        exclusive_approved=True,
    )


def approve_risk(world, request, who="hal"):
    challenge = high_risk.begin(user=getattr(world, who), request=fresh(request))
    high_risk.approve(
        user=getattr(world, who), request_id=request.pk, challenge_id=str(challenge.pk), proof=proof(world, who)
    )


def together(world, requests, who="petra", chosen=None):
    user, names = getattr(world, who), [each.req_id for each in requests]
    challenge = bulk.begin(user=user, chosen=chosen or bulk.sort_out(user, names))
    return bulk.approve(user=user, req_ids=names, challenge_id=str(challenge.pk), proof=proof(world, who))


@pytest.mark.django_db
def test_neither_who_made_a_plan_nor_who_submitted_it_nor_who_decided_a_finding_approves_it(world):
    request = submitted(world, planner="pia", submitter="petra")
    for who in (world.pia, world.petra):
        with pytest.raises(PermissionDenied, match="You planned"):
            approval.begin_approval(user=who, request=request)
    other = submitted(world, number=2)
    other.plans.get().findings.create(dataset="d", why="w", decision="excluded", reason="r", decided_by=world.petra)
    with pytest.raises(PermissionDenied, match="You planned"):
        approval.begin_approval(user=world.petra, request=fresh(other))


@pytest.mark.django_db
def test_a_plan_of_high_risk_needs_both_signatures_in_any_order_and_says_which_rule(world):
    first, second = submitted(world, preview=MANY), submitted(world, preview=MANY, number=2)
    approve(world, first)
    assert fresh(first).state == State.AWAITING_APPROVAL
    approve_risk(world, first)
    assert fresh(first).state == State.PROPAGATING
    approve_risk(world, second)
    approve(world, second)
    assert fresh(second).state == State.PROPAGATING
    plan = first.plans.get()
    assert plan.body["high_risk"] == [{"rule": "many_rows", "sentence": "20000 rows are erased, more than 10000."}]
    said = for_proof.for_artifact(plan)
    assert [(each["role"], each.get("high_risk")) for each in said] == [
        ("privacy_officer", None),
        ("head_of_data", ["many_rows"]),
    ]
    assert {each["digest"] for each in said} == {plan.digest}


@pytest.mark.django_db
def test_one_person_with_both_roles_gives_one_of_the_two_signatures(world):
    Membership.objects.create(user=world.petra, role=Role.HEAD_OF_DATA)
    request = submitted(world, preview=MANY)
    approve(world, request)
    with pytest.raises(RequestRefused, match="another role"):
        high_risk.begin(user=world.petra, request=fresh(request))
    Membership.objects.create(user=world.pia, role=Role.HEAD_OF_DATA)
    with pytest.raises(PermissionDenied, match="You planned"):
        high_risk.begin(user=world.pia, request=fresh(request))
    approve_risk(world, request)
    assert fresh(request).state == State.PROPAGATING


@pytest.mark.django_db
def test_an_ordinary_plan_is_not_for_the_head_of_data_and_no_officer_signs_twice(world):
    ordinary = submitted(world)
    with pytest.raises(RequestRefused, match="not one of high risk"):
        high_risk.begin(user=world.hal, request=ordinary)
    with pytest.raises(RequestRefused, match="not one of high risk"):
        planning.send_back(user=world.hal, request_id=ordinary.pk, reason="no", act=high_risk.Act.APPROVE_HIGH_RISK)
    for who in ("ana", "aud", "ada", "otto", "petra"):
        with pytest.raises(PermissionDenied):
            high_risk.begin(user=getattr(world, who), request=ordinary)
    risky = submitted(world, preview=MANY, number=2)
    approve(world, risky)
    with pytest.raises(RequestRefused, match="has signed this plan already"):
        approval.begin_approval(user=world.petra, request=fresh(risky))


@pytest.mark.django_db
def test_many_plans_are_approved_by_one_signature_over_the_list_of_their_digests(world):
    requests = [submitted(world, number=number) for number in range(3)]
    batch = together(world, requests)
    plans = Plan.objects.filter(state=Plan.State.APPROVED)
    assert plans.count() == 3
    assert batch.body == {"approves": sorted(plans.values_list("digest", flat=True))}
    assert Signature.objects.get().digest == batch.digest == digest(canonical_bytes(batch.body))
    said = for_proof.for_artifact(plans[0])[0]
    assert digest(canonical_bytes({"approves": said["signed_list"]})) == said["digest"]
    assert plans[0].digest in said["signed_list"]
    entries = Entry.objects.filter(kind="privacy:plan:approved")
    assert {each.payload["statement"] for each in entries} == {
        Entry.objects.get(kind="privacy:plans:approved").payload["statement"]
    }


@pytest.mark.django_db
def test_what_a_person_planned_what_is_of_high_risk_and_what_is_gone_is_left_out_and_named(world):
    mine = submitted(world, planner="petra")
    risky, done, good = (submitted(world, preview=p, number=n) for n, p in ((2, MANY), (3, None), (4, None)))
    approve(world, done)
    names = [each.req_id for each in (mine, risky, done, good)]
    chosen = bulk.sort_out(world.petra, [*names, "DEL-2026-01-01-9999"])
    assert [plan.request_id for plan in chosen.plans] == [good.pk]
    why = dict(chosen.left_out)
    assert "You planned it" in why[mine.req_id]
    assert "High risk" in why[risky.req_id]
    assert "waits for approval" in why[done.req_id]
    assert "waits for approval" in why["DEL-2026-01-01-9999"]
    with pytest.raises(RequestRefused, match="Nothing was approved"):
        together(world, [mine, good], chosen=chosen)
    assert fresh(good).state == State.AWAITING_APPROVAL


@pytest.mark.django_db
def test_nothing_is_approved_when_one_of_the_list_was_sent_back_meanwhile_or_the_code_is_wrong(world):
    requests = [submitted(world, number=number) for number in range(3)]
    chosen = bulk.sort_out(world.petra, [each.req_id for each in requests])
    planning.send_back(user=world.petra, request_id=requests[1].pk, reason="look again")
    with pytest.raises(RequestRefused, match=requests[1].req_id):
        together(world, requests, chosen=chosen)
    rest = [requests[0], requests[2]]
    challenge = bulk.begin(user=world.petra, chosen=chosen)
    with pytest.raises(SigningRefused, match="changed after you opened it"):
        bulk.approve(
            user=world.petra,
            req_ids=[each.req_id for each in rest],
            challenge_id=str(challenge.pk),
            proof=proof(world, "petra"),
        )
    assert not Approval.objects.exists()
    assert not BulkApproval.objects.exists()


@pytest.mark.django_db
def test_a_list_has_an_end_and_an_empty_one_is_refused(world, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 1)
    requests = [submitted(world, number=number) for number in range(2)]
    chosen = bulk.sort_out(world.petra, [each.req_id for each in requests])
    assert (len(chosen.plans), chosen.left_out[0][1]) == (1, "More than 1 at once.")
    with pytest.raises(RequestRefused, match="None of these"):
        bulk.begin(user=world.petra, chosen=bulk.sort_out(world.petra, []))


@pytest.mark.django_db(transaction=True)
def test_a_list_and_a_single_approval_at_the_same_moment_approve_each_plan_once(world):
    requests = [submitted(world, number=number) for number in range(3)]
    Membership.objects.create(user=world.bob, role=Role.PRIVACY_OFFICER)
    names = [each.req_id for each in requests]
    listed = bulk.begin(user=world.petra, chosen=bulk.sort_out(world.petra, names))
    alone = approval.begin_approval(user=world.bob, request=requests[1])
    proofs = {who: proof(world, who) for who in ("petra", "bob")}
    start = Barrier(2)

    def by_list():
        return bulk.approve(user=world.petra, req_ids=names, challenge_id=str(listed.pk), proof=proofs["petra"])

    def by_itself():
        return approval.approve(
            user=world.bob,
            request_id=requests[1].pk,
            challenge_id=str(alone.pk),
            proof=proofs["bob"],
            exclusive_approved=True,
        )

    def run(act):
        try:
            start.wait()
            act()
        except (RequestRefused, SigningRefused) as refused:
            return str(refused)
        finally:
            connection.close()
        return "signed"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, (by_list, by_itself)))
    approved = set(Plan.objects.filter(state=Plan.State.APPROVED).values_list("request_id", flat=True))
    assert outcomes.count("signed") == 1
    assert approved == ({each.pk for each in requests} if outcomes[0] == "signed" else {requests[1].pk})
    assert Approval.objects.count() == len(approved)


@pytest.mark.django_db
def test_the_pages_show_each_plan_and_sign_the_list(world):
    one = submitted(world, preview={"count": 2, "exclusive_lock": True}, allow_exclusive=True)
    two = submitted(world, number=2)
    mine = submitted(world, planner="petra", number=3)
    client = world.client("petra")
    listing = client.get("/privacy/approve/").content.decode()
    assert f'value="{one.req_id}"' in listing
    assert f'value="{mine.req_id}"' not in listing
    assert "You planned it" in listing
    url = f"/privacy/approve/check/?plan={one.req_id}&plan={two.req_id}"
    page = client.get(url)
    text = page.content.decode()
    assert one.plans.get().digest in text
    assert f"people ({one.req_id})" in text
    challenge = page.context["challenge"]
    given = {
        "challenge": challenge.pk,
        "password": world.password,
        "code": world.code("petra"),
        "method": "password_totp",
    }
    answer = client.post(page.context["action"], given)
    assert answer.status_code == 302, answer.content.decode()
    assert {fresh(one).state, fresh(two).state} == {State.PROPAGATING}
    assert client.post(page.context["action"], given).status_code == 422


@pytest.mark.django_db
def test_the_head_of_data_finds_the_plan_on_the_first_page_signs_it_and_never_sees_the_request(world):
    request = submitted(world, preview=MANY)
    client = world.client("hal")
    assert f"Approve the high risk of {request.req_id}" in client.get("/").content.decode()
    assert request.req_id in client.get("/privacy/").content.decode()
    assert client.get(f"/privacy/requests/{request.req_id}/").status_code == 403
    page = client.get(f"/privacy/requests/{request.req_id}/approve-high-risk/")
    assert "20000 rows are erased" in page.content.decode()
    approve(world, request)
    given = {"challenge": page.context["challenge"].pk, "password": world.password, "code": world.code("hal")}
    assert client.post(page.request["PATH_INFO"], given).status_code == 302
    assert fresh(request).state == State.PROPAGATING
    assert not inbox.high_risk_waiting(world.hal)


@pytest.mark.django_db
def test_the_head_of_data_sends_a_plan_back_with_a_reason(world):
    request = submitted(world, preview=MANY)
    client = world.client("hal")
    url = f"/privacy/requests/{request.req_id}/refuse-high-risk/"
    client.post(url, {"reason": " "})
    assert fresh(request).state == State.AWAITING_APPROVAL
    client.post(url, {"reason": "too many rows, look again"})
    assert fresh(request).state == State.PLANNING
    assert json.dumps(list(Entry.objects.values_list("payload", flat=True))).count("too many rows") == 0
