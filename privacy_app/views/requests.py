"""One request as a task list, its live progress, and one of its steps with every attempt."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from privacy_app import selectors
from privacy_app.domain.progress import time_left
from privacy_app.domain.request import BEFORE_APPROVAL, ENDED, State, actions_from
from privacy_app.domain.steps import SETTLED, StepState
from privacy_app.domain.verdict import PROBES
from privacy_app.models import Plan, Request, Step
from privacy_app.selectors import holds, inbox, timeline
from privacy_app.services import approval, checking
from privacy_app.states import REQUEST, STEP, VERDICT
from privacy_app.views.common import wanted

STUCK = (StepState.RETRY, StepState.GAVE_UP, StepState.PURGE_WAITS, StepState.BY_HAND)


@requires(Act.READ_REQUESTS)
@require_GET
def detail(request: HttpRequest, req_id: str) -> HttpResponse:
    """One request: its clocks, its tasks, who it is about (masked), its progress, and everything that happened."""
    found = wanted(request, req_id)
    return render(request, "privacy_app/request.html", _page(request, found))


@requires(Act.READ_REQUESTS)
@require_GET
def progress(request: HttpRequest, req_id: str) -> HttpResponse:
    """The part of the page that changes while workers are at it; a full page where htmx did not ask."""
    found = wanted(request, req_id)
    part = request.headers.get("HX-Request")
    template = "privacy_app/_partials/progress.html" if part else "privacy_app/request.html"
    context = _progress(found) if part else _page(request, found)
    response = render(request, template, context)
    if part and not context["live"]:
        response["HX-Refresh"] = "true"  # the tasks and buttons around this part have changed as well
    return response


@requires(Act.READ_REQUESTS)
@require_GET
def step(request: HttpRequest, req_id: str, pk: int) -> HttpResponse:
    """One system's share: what was planned, each attempt with its own words, the probes, and what stays."""
    found = wanted(request, req_id)
    one = found.steps.select_related("plan", "request").prefetch_related("tries", "tasks").filter(pk=pk).first()
    if one is None:
        raise Http404("This request has no such step.")
    return render(request, "privacy_app/step.html", {"found": found, "row": _row(one), "step": one})


def _page(request: HttpRequest, found: Request) -> dict[str, Any]:
    at = now()
    slo, statutory = found.slo(at), found.statutory(at)
    return {
        **_progress(found),
        **_approval(request, found),
        "slo": slo,
        "slo_left": slo.left(at),
        "statutory": statutory,
        "statutory_left": statutory.left(at),
        "pauses": list(found.pauses.all()),
        "resolved": [(row, selectors.hint_of(found, row.kind, row.sealed)) for row in found.resolved.all()],
        "given": [(row, selectors.hint_of(found, row.kind, row.sealed)) for row in found.identifiers.all()],
        "links": found.waiting_edges.count(),
        "open_links": found.waiting_edges.filter(decision="open").count(),
        "possible": {action.value for action in actions_from(State(found.state))},
        "officers": inbox.officers(),
        "holds": holds.holds_on(request.user, found),
        "freed": holds.erasable(request.user).filter(step__request=found).exists(),
        "happened": timeline.happened(request.user, found),
        "letters": timeline.letters(request.user, found),
    }


def _approval(request: HttpRequest, found: Request) -> dict[str, Any]:
    plan = found.plans.exclude(state=Plan.State.SUPERSEDED).select_related("planner").order_by("-number").first()
    submitted = plan is not None and plan.state == Plan.State.SUBMITTED
    return {
        "plan": plan,
        "may_approve": selectors.can_sign(request.user, found),
        "approvals": plan.approvals.select_related("signature__user", "batch") if plan else (),
        "missing_roles": [role.label for role in approval.missing_roles(plan)] if plan and submitted else [],
    }


def _progress(found: Request) -> dict[str, Any]:
    current = found.steps.exclude(plan__state=Plan.State.SUPERSEDED).select_related("request").order_by("position")
    steps = list(current.prefetch_related("tries", "tasks"))
    begun = State(found.state) not in (*BEFORE_APPROVAL, State.PAUSED)
    return {
        "found": found,
        "drawn": REQUEST[found.state],
        "begun": begun,
        "rows": [_row(each) for each in steps] if begun else [],
        "missing": _missing(found, steps),
        "done": sum(each.state == StepState.DONE for each in steps),
        "total": len(steps),
        "left": _left(steps),
        "live": State(found.state) in (State.RESOLVING, State.PROPAGATING, State.VERIFYING)
        or (State(found.state) is State.COMPLETED and not found.bundle_digest),
        "ended": State(found.state) in ENDED,
    }


def _missing(found: Request, steps: list[Step]) -> list[Step]:
    """What keeps a partially complete request from its proof."""
    if State(found.state) is not State.PARTIALLY_COMPLETE:
        return []
    return [each for each in steps if not checking.is_complete(each)]


def _left(steps: list[Step]) -> Any:
    ended = [each.done_at - each.tries.all()[0].started_at for each in steps if each.done_at and each.tries.all()]
    going = sum(each.state not in SETTLED for each in steps)
    return time_left(ended, going, stuck=sum(each.state in STUCK for each in steps))


def _row(each: Step) -> dict[str, Any]:
    return {
        "step": each,
        "drawn": STEP[each.state],
        "verdict": VERDICT.get(each.verdict),
        "probes": [(name, each.probes.get(name, {})) for name in PROBES],
        "tries": list(each.tries.all()),
        "task": next(iter(each.tasks.all()), None),
        "foreseen": each.preview.get("count"),
        "can_retry": each.state in (StepState.RETRY, StepState.GAVE_UP)
        or (each.request.state == State.PARTIALLY_COMPLETE and each.verdict in ("failed", "not_probed")),
    }
