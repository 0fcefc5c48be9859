"""What an approver decides apart, step by step: purges that stop readers or destroy history, probes that cannot run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.plan import APART_WORDS, Apart, apart
from privacy_app.models import Acceptance, Plan, Request, Step
from privacy_app.services.lifecycle import RequestRefused, locked

DECLINABLE = frozenset({Apart.EXCLUSIVE, Apart.HISTORY})


@dataclass(frozen=True)
class Item:
    """One point to decide: the step, what about it, and the decision where there is one."""

    step: Step
    what: Apart
    decided: Acceptance | None

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.step.pk}-{self.what.value}"

    @property
    def words(self) -> str:
        """What is asked, in a sentence; the reason where a probe cannot run."""
        silent = (each for each in self.step.preview.get("probes", ()) if not each["runs"])
        reasons = dict.fromkeys(each["reason"] for each in silent)  # three probes may say one thing
        if self.what is Apart.NOT_PROBED and reasons:
            return f"{APART_WORDS[self.what]} Because {'; '.join(reasons)}."
        return APART_WORDS[self.what]

    @property
    def can_be_declined(self) -> bool:
        """Whether the plan can go on without it; a probe that cannot run is accepted, or the plan is sent back."""
        return self.what in DECLINABLE


def items(plan: Plan) -> list[Item]:
    """Every point of the plan that is decided apart, in the order of its steps."""
    steps = plan.steps.prefetch_related("acceptances__decided_by")
    return [
        Item(step, what, next((each for each in step.acceptances.all() if each.what == what), None))
        for step in steps
        for what in apart(step.preview)
    ]


def undecided(plan: Plan) -> list[Item]:
    """The points that nobody has decided yet."""
    return [each for each in items(plan) if each.decided is None]


@transaction.atomic
def decide(*, user: Any, request_id: int, answers: Mapping[str, bool]) -> Plan:
    """Decide points of the submitted plan by their keys; refused to whoever planned and for what cannot be declined."""
    request = locked(request_id)
    require(user, Act.APPROVE_DELETION, request)
    plan = _submitted(request)
    for item in items(plan):
        if item.key in answers:
            _decide(user, plan, item, allowed=answers[item.key])
    return plan


def _submitted(request: Request) -> Plan:
    plan = request.plans.filter(state=Plan.State.SUBMITTED).first()
    if plan is None:
        raise RequestRefused("No plan of this request waits for approval.")
    return plan


def allow(*, user: Any, plan: Plan, items: Iterable[Item]) -> None:
    """Allow points together with the signature, in its transaction."""
    for item in items:
        _decide(user, plan, item, allowed=True)


def _decide(user: Any, plan: Plan, item: Item, *, allowed: bool) -> None:
    if not allowed and not item.can_be_declined:
        raise RequestRefused("That a probe cannot run is accepted or not at all: send the plan back to leave it out.")
    item.step.acceptances.update_or_create(
        what=item.what, defaults={"allowed": allowed, "decided_by": user, "decided_at": now()}
    )
    if item.what in DECLINABLE:
        refused = item.step.acceptances.filter(what__in=DECLINABLE, allowed=False).exists()
        Step.objects.filter(pk=item.step.pk).update(allow_exclusive=not refused)
    payload: dict[str, str | int] = {
        "request": plan.request.req_id,
        "plan": plan.number,
        "system": item.step.system_name,
        "dataset": item.step.dataset,
        "what": item.what.value,
        "decision": "allowed" if allowed else "not allowed",
    }
    record(kinds.APART, actor=actor_of(user), payload=payload)
