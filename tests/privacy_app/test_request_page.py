"""The page on which a request is driven: tasks, live progress, what is missing, who has it, and what happened."""

from datetime import timedelta

import pytest

from portal.core.clock import services as clock
from privacy_app.domain.request import State
from privacy_app.models import Request, Step
from privacy_app.services import approval, assigning, bulk
from tests.privacy_app.planned import proof, submitted


def page_of(client, request, part=""):
    return client.get(f"/privacy/requests/{request.req_id}/{part}")


def at_work(world, *states):
    """An approved request with one step in each of these states, and one that ended after four seconds."""
    request = submitted(world)
    plan, began = request.plans.get(), clock.now() - timedelta(minutes=1)
    for number, state in enumerate(states, 2):
        ended = {"done_at": began + timedelta(seconds=4), "verdict": "erased"} if state == "done" else {}
        step = plan.steps.create(
            request=request,
            position=number,
            place=1,
            origin="lineage",
            system_name=f"lake-{number}",
            kind="parquet",
            dataset=f"clicks-{number}",
            state=state,
            preview={"count": 7},
            **ended,
        )
        step.tries.create(number=1, fence=1, started_at=began, outcome="failed", sentence=f"refused by lake-{number}")
    chosen = bulk.sort_out(world.petra, [request.req_id])
    challenge = bulk.begin(user=world.petra, chosen=chosen)
    bulk.approve(
        user=world.petra, req_ids=[request.req_id], challenge_id=str(challenge.pk), proof=proof(world, "petra")
    )
    request.refresh_from_db()
    return request


@pytest.mark.django_db
def test_everything_that_happened_is_on_the_page_in_order_with_names_and_links_to_the_ledger(world):
    request = at_work(world, "done")
    assigning.assign(user=world.pia, request_id=request.pk, to=world.petra)
    page = page_of(world.client("pia"), request)
    said = [each["text"] for each in page.context["happened"]]
    order = [next(n for n, text in enumerate(said) if words in text) for words in ("received", "submitted", "approved")]
    assert order == sorted(order)
    assert said[order[-1]].startswith("Petra Privacy approved plan 1")
    assert said[-1].startswith("Pia Privacy gave")
    text = page.content.decode()
    assert all(each["entry"].get_absolute_url() in text for each in page.context["happened"])
    assert "in a list of 1" in text
    assert "dana1@example.com" not in text


@pytest.mark.django_db
def test_an_estimate_is_made_from_what_has_ended_and_never_while_something_is_stuck(world):
    going = at_work(world, "done", "done", "running")
    page = page_of(world.client("pia"), going)
    assert page.context["left"] == timedelta(seconds=8)  # the step that the plan began with, and the running one
    assert "if the rest goes as the first 2" in page.content.decode()
    Step.objects.filter(request=going, state="running").update(
        state="retry", error="refused", next_attempt_at=clock.now()
    )
    page = page_of(world.client("pia"), going)
    assert page.context["left"] is None
    assert "more, if the rest" not in page.content.decode()


@pytest.mark.django_db
def test_the_part_that_moves_is_polled_and_the_same_address_is_a_whole_page_without_htmx(world):
    request = at_work(world, "done", "running")
    client = world.client("pia")
    part = client.get(f"/privacy/requests/{request.req_id}/progress/", headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in part.content.decode()
    assert b"<html" not in part.content
    assert b"<html" in page_of(client, request, "progress/").content
    Request.objects.filter(pk=request.pk).update(state=State.PARTIALLY_COMPLETE)
    part = client.get(f"/privacy/requests/{request.req_id}/progress/", headers={"HX-Request": "true"})
    assert part.headers["HX-Refresh"] == "true"
    assert "hx-trigger" not in part.content.decode()


@pytest.mark.django_db
def test_a_partially_complete_request_says_what_is_missing_in_each_system_in_its_own_words(world):
    request = at_work(world, "done", "gave_up")
    Step.objects.filter(request=request, state="gave_up").update(error="the disk of lake-3 is full")
    Step.objects.filter(request=request, system_name="shop").update(state="done", verdict="erased")
    Request.objects.filter(pk=request.pk).update(state=State.PARTIALLY_COMPLETE)
    page = page_of(world.client("pia"), request)
    assert [each.system_name for each in page.context["missing"]] == ["lake-3"]
    assert "the disk of lake-3 is full" in page.content.decode()
    assert "Try lake-3 again now" in page.content.decode()


@pytest.mark.django_db
def test_a_step_has_a_page_with_each_attempt_and_another_requests_step_is_not_found(world):
    request, other = at_work(world, "retry"), submitted(world, number=2)
    step = request.steps.get(state="retry")
    client = world.client("pia")
    text = page_of(client, request, f"steps/{step.pk}/").content.decode()
    assert "refused by lake-2" in text
    assert "not yet" in text
    assert page_of(client, other, f"steps/{step.pk}/").status_code == 404


@pytest.mark.django_db
def test_the_task_of_approving_is_whose_turn_it_is(world):
    request = submitted(world, preview={"count": 20_000})
    for who, offered in (("pia", False), ("petra", True)):
        page = page_of(world.client(who), request)
        assert page.context["may_approve"] is offered
        assert page.context["missing_roles"] == ["privacy officer", "head of data"]
        assert "High risk: 20000 rows" in page.content.decode()
    challenge = approval.begin_approval(user=world.petra, request=request)
    approval.approve(
        user=world.petra,
        request_id=request.pk,
        challenge_id=str(challenge.pk),
        proof=proof(world, "petra"),
        exclusive_approved=True,
    )
    page = page_of(world.client("petra"), request)
    assert (page.context["may_approve"], page.context["missing_roles"]) == (False, ["head of data"])
