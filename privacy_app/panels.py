"""What privacy officers and the head of data find on their first page, each kind of work its own function."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse

from portal.core.catalog.worklist import WorkItem, worklist
from portal.core.clock.services import now
from portal.core.identity.policies import Act, may
from privacy_app import selectors
from privacy_app.domain.clocks import SLO
from privacy_app.domain.request import State
from privacy_app.models import Request
from privacy_app.selectors import duties, inbox
from privacy_app.selectors import holds as held
from privacy_app.states import REQUEST

ALMOST_OVER = 24 * 3600
MOST = 50
"""Items of one kind on a first page; the inbox has them all."""
LISTED = ("req_id", "state", "received_at")
"""What an item needs of a request."""


@worklist(order=30)
def due_soon(user: Any) -> Iterable[WorkItem]:
    """Open requests by their 72 hours; those that wait for this person's signature come under "To sign"."""
    if not may(user, Act.READ_REQUESTS):
        return
    at = now()
    found = list(inbox.matching(user, {}).only(*LISTED)[:MOST])
    to_approve = [request for request in found if request.state == State.AWAITING_APPROVAL]
    prefetch_related_objects(to_approve, "plans__findings", "plans__approvals__signature")
    for request in found:
        yield _item(user, request, at)


def _item(user: Any, request: Request, at: datetime) -> WorkItem:
    due = request.received_at + SLO
    left = (due - at).total_seconds()
    signs = State(request.state) is State.AWAITING_APPROVAL and selectors.can_sign(user, request)
    late = "bad" if left < 0 else "warn" if left < ALMOST_OVER else "wait"
    return WorkItem(
        group="To sign" if signs else "Due soon",
        text=f"{'Approve the plan of' if signs else 'Deletion request'} {request.req_id}",
        url=request.get_absolute_url(),
        when=due,
        state_word="overdue" if left < 0 else REQUEST[State(request.state)].word.lower(),
        state_kind=late,
    )


@worklist(order=32)
def letters_on_paper(user: Any) -> Iterable[WorkItem]:
    """Letters that nobody has put into the post yet; the first is the acknowledgement, which the law wants in time."""
    if not may(user, Act.READ_REQUESTS):
        return
    of_request = [f"request__{name}" for name in ("req_id", "received_at", "acknowledged_at", "law")]
    for letter in selectors.letters_to_post(user).only("kind", "made_at", *of_request)[:MOST]:
        yield WorkItem(
            group="Due soon",
            text=f"Post the letter “{letter.kind}” of {letter.request.req_id}",
            url=reverse("privacy:letter", args=[letter.pk]),
            when=letter.request.acknowledge_due if letter.request.acknowledged_at is None else letter.made_at,
            state_word="to post",
            state_kind="wait",
        )


@worklist(order=33)
def ends_of_the_first_period(user: Any) -> Iterable[WorkItem]:
    """Open requests whose deadline by law is near and may still be extended: after it, nobody can."""
    if not may(user, Act.READ_REQUESTS):
        return
    at = now()
    for request in selectors.near_the_law(user, at)[:MOST]:
        yield WorkItem(
            group="Due soon",
            text=f"Finish or extend {request.req_id}: the law's first period ends",
            url=request.get_absolute_url(),
            when=request.statutory(at).due,
            state_word="last days",
            state_kind="bad" if request.statutory(at).due < at else "warn",
        )


@worklist(order=31)
def by_hand(user: Any) -> Iterable[WorkItem]:
    """Deletions that a person of the reader's team does by hand, by the day until which they are due."""
    if not may(user, Act.ATTEST_DELETION):
        return
    at = now()
    found = selectors.tasks(user).select_related(None).select_related("step__request")
    for task in found.only("due_at", "step__system_name", "step__request__req_id"):
        late = task.due_at < at
        yield WorkItem(
            group="To fix" if late else "Due soon",
            text=f"Delete by hand in {task.step.system_name} for {task.step.request.req_id}",
            url=task.get_absolute_url(),
            when=task.due_at,
            state_word="overdue" if late else "by hand",
            state_kind="bad" if late else "wait",
        )


@worklist(order=35)
def in_trouble(user: Any) -> Iterable[WorkItem]:
    """Requests with a system that failed."""
    if not may(user, Act.READ_REQUESTS):
        return
    for request in inbox.matching(user, {"trouble": "yes"}).only(*LISTED)[:MOST]:
        yield WorkItem(
            group="To fix",
            text=f"A system of {request.req_id} is in trouble",
            url=request.get_absolute_url(),
            when=request.received_at + SLO,
            state_word=REQUEST[State(request.state)].word.lower(),
            state_kind="bad",
        )


@worklist(order=32)
def holds_to_review(user: Any) -> Iterable[WorkItem]:
    """Holds whose review day has come: they stay in force until somebody looks."""
    if not may(user, Act.READ_REQUESTS):
        return
    for hold in held.to_review(user)[:MOST]:
        due = datetime.combine(hold.review_on, time.min, UTC)
        yield WorkItem("To answer", f"Review hold {hold.pk}", hold.get_absolute_url(), due, "to be reviewed", "warn")


@worklist(order=33)
def can_be_erased(user: Any) -> Iterable[WorkItem]:
    """Requests of which a hold had kept something, and that hold has ended."""
    if not may(user, Act.READ_REQUESTS):
        return
    seen: set[int] = set()
    found = held.erasable(user).select_related(None).select_related("step__request")
    for kept in found.only("noted_at", "step__request__req_id")[:MOST]:
        request = kept.step.request
        if request.pk not in seen:
            seen.add(request.pk)
            text = f"What a hold kept of {request.req_id} can be erased"
            yield WorkItem("To answer", text, request.get_absolute_url(), kept.noted_at, "hold ended", "info")


@worklist(order=34)
def high_risk(user: Any) -> Iterable[WorkItem]:
    """Plans of high risk that wait for the head of data."""
    if not may(user, Act.APPROVE_HIGH_RISK):
        return
    at = now()
    for request in inbox.high_risk_waiting(user)[:MOST]:
        if may(user, Act.APPROVE_HIGH_RISK, request):
            due = request.received_at + SLO
            yield WorkItem(
                group="To sign",
                text=f"Approve the high risk of {request.req_id}",
                url=selectors.high_risk_url(request),
                when=due,
                state_word="overdue" if due < at else "high risk",
                state_kind="bad" if due < at else "warn",
            )


@worklist(order=31)
def models_to_retrain(user: Any) -> Iterable[WorkItem]:
    """Models of the person's own teams that were trained on erased data."""
    if not may(user, Act.SIGN_PRODUCER):
        return
    for duty in duties.duties_for(user).filter(state="open")[:MOST]:
        due = datetime.combine(duty.due_on, time.max, tzinfo=UTC)
        late = due < now()
        yield WorkItem(
            group="To fix",
            text=f"Retrain {duty.model} after {duty.req_id}, or document a basis",
            url=duty.get_absolute_url(),
            when=due,
            state_word="overdue" if late else "to retrain",
            state_kind="bad" if late else "wait",
        )
