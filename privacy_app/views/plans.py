"""The plan with its preview, its findings, and the second pair of eyes."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.diagrams import DiagramTooLarge, to_svg
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.signing import proofs
from portal.core.signing.services import SigningRefused
from privacy_app import selectors
from privacy_app.domain.plan import LIFE, Decision
from privacy_app.domain.request import State
from privacy_app.forms.staff import ReasonForm
from privacy_app.models import Plan, PlanFinding, Request
from privacy_app.services import acceptance, approval, findings, high_risk, looking, planning
from privacy_app.services.lifecycle import RequestRefused
from privacy_app.views import plan_drawing
from privacy_app.views.common import REFUSALS, attempt, wanted


@requires(Act.READ_REQUESTS)
@require_GET
def plan(request: HttpRequest, req_id: str) -> HttpResponse:
    """The plan: every system with counts, purges and probes; findings; whom it touches; what still blocks it."""
    found = wanted(request, req_id)
    return render(request, "privacy_app/plan.html", _context(found, _current(found)))


@requires(Act.READ_REQUESTS)
@require_GET
def progress(request: HttpRequest, req_id: str) -> HttpResponse:
    """How far the workers are with a plan that is being made; a full page where htmx did not ask."""
    found = wanted(request, req_id)
    current = _current(found)
    if not request.headers.get("HX-Request"):
        return redirect("privacy:plan", req_id=req_id)
    response = render(request, "privacy_app/_partials/plan_progress.html", _progress(found, current))
    if current is None or current.state != Plan.State.LOOKING:
        response["HX-Refresh"] = "true"
    return response


@requires(Act.READ_REQUESTS)
@require_GET
def drawing(request: HttpRequest, req_id: str) -> HttpResponse:
    """The plan as a picture: its steps in their order, what feeds what, and what is not planned."""
    current = _current(wanted(request, req_id))
    if current is None:
        raise Http404("This request has no plan to draw.")
    try:
        graph = plan_drawing.graph_of(current)
        svg = to_svg(graph, description=plan_drawing.in_words(graph), sheet=True)
    except DiagramTooLarge as error:
        raise Http404(str(error)) from error
    return HttpResponse(svg, content_type="image/svg+xml; charset=utf-8")


def _current(found: Request) -> Plan | None:
    return found.plans.exclude(state=Plan.State.SUPERSEDED).order_by("-number").first()


def _context(found: Request, current: Plan | None) -> dict[str, Any]:
    if current is None or current.state == Plan.State.LOOKING:
        return _progress(found, current)
    steps = list(current.steps.all())
    decided = acceptance.items(current)
    known = findings.remembered(current)
    return {
        "found": found,
        "plan": current,
        "steps": steps,
        "sums": plan_drawing.sums_of(steps),
        "findings": [_finding(each, known) for each in current.findings.select_related("asset", "decided_by")],
        "blocked": planning.what_blocks(current) if current.state == Plan.State.DRAFT else [],
        "body": current.body,
        "high_risk": current.body.get("high_risk") or high_risk.reasons(current),
        "apart": decided,
        "undecided": [each for each in decided if each.decided is None],
        "drawn": plan_drawing.drawable(current),
        "good_until": current.made_at + LIFE,
    }


def _finding(row: PlanFinding, known: dict[str, Any]) -> dict[str, Any]:
    open_one = row.decision == Decision.OPEN
    return {
        "row": row,
        "suggestion": known.get(row.dataset) if open_one else None,
        "can_plan": open_one and bool(findings.placements_for(row)),
    }


def _progress(found: Request, current: Plan | None) -> dict[str, Any]:
    steps = list(current.steps.all()) if current else []
    done = sum(step.phase != looking.UNSEEN for step in steps)
    return {
        "found": found,
        "plan": current,
        "steps": steps,
        "done": done,
        "total": len(steps),
        "UNSEEN": looking.UNSEEN,
    }


@requires(Act.PLAN_DELETION)
@require_POST
def make(request: HttpRequest, req_id: str) -> HttpResponse:
    """Have the workers look at every system and write the plan."""
    found = wanted(request, req_id)
    attempt(
        request,
        lambda: planning.begin(user=request.user, request_id=found.pk),
        "The plan is being made. This page shows how far it is.",
    )
    return redirect("privacy:plan", req_id=req_id)


@requires(Act.PLAN_DELETION)
@require_POST
def look_again(request: HttpRequest, req_id: str, pk: int) -> HttpResponse:
    """Look at one system anew."""
    found = wanted(request, req_id)
    if not found.steps.filter(pk=pk).exists():
        raise Http404("This request has no such step.")
    attempt(
        request,
        lambda: planning.look_again(user=request.user, step_id=pk),
        "That system is looked at again; the others stay as they are.",
    )
    return redirect("privacy:plan", req_id=req_id)


@requires(Act.PLAN_DELETION)
@require_POST
def exclude(request: HttpRequest, req_id: str, pk: int) -> HttpResponse:
    """Leave a finding out, with a reason."""
    _wanted_finding(request, req_id, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        reason, remember = form.cleaned_data["reason"], bool(request.POST.get("remember"))
        attempt(
            request,
            lambda: findings.exclude(user=request.user, finding_id=pk, reason=reason, remember=remember),
            "It is left out of the plan; the proof will say why.",
        )
    else:
        messages.error(request, "Leaving a dataset out needs a reason: it becomes part of the evidence.")
    return redirect("privacy:plan", req_id=req_id)


@requires(Act.PLAN_DELETION)
@require_POST
def include(request: HttpRequest, req_id: str, pk: int) -> HttpResponse:
    """Plan a finding whose data lies in a registered system by now."""
    _wanted_finding(request, req_id, pk)
    attempt(
        request,
        lambda: findings.include(user=request.user, finding_id=pk),
        "It is planned; its system is being looked at.",
    )
    return redirect("privacy:plan", req_id=req_id)


def _wanted_finding(request: HttpRequest, req_id: str, pk: int) -> None:
    if not PlanFinding.objects.filter(pk=pk, plan__request=wanted(request, req_id)).exists():
        raise Http404("This plan has no such finding.")


@requires(Act.PLAN_DELETION)
@require_POST
def submit(request: HttpRequest, req_id: str) -> HttpResponse:
    """Freeze the plan and ask for approval."""
    found = wanted(request, req_id)
    current = _current(found)
    if current is None:
        messages.error(request, "There is no plan yet. Make one first.")
        return redirect("privacy:plan", req_id=req_id)
    attempt(
        request,
        lambda: planning.submit(user=request.user, plan_id=current.pk),
        "The plan is frozen. Another privacy officer has to approve it.",
    )
    return redirect(found)


@requires(Act.APPROVE_DELETION)
@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, req_id: str) -> HttpResponse:
    """Read the frozen plan and sign it."""
    found = selectors.request_to_approve(request.user, req_id)
    if found is None:
        raise Http404(f"There is no deletion request {req_id}.")
    refused = ""
    if request.method == "POST":
        try:
            approval.approve(
                user=request.user,
                request_id=found.pk,
                challenge_id=request.POST.get("challenge", ""),
                proof=proofs.read(request.POST),
                exclusive_approved=False,
            )
        except (SigningRefused, *REFUSALS) as error:
            refused = str(error)
        else:
            messages.success(request, _what_next(found))
            return redirect(found)
    return _approve_page(request, found, refused)


def _what_next(found: Request) -> str:
    found.refresh_from_db()
    if State(found.state) is State.AWAITING_APPROVAL:
        return "You have signed. The plan is of high risk: the deletion begins when the head of data has signed too."
    return "The plan is approved. The deletion begins now."


def _approve_page(request: HttpRequest, found: Request, refused: str) -> HttpResponse:
    context = {**_context(found, _current(found)), "refused": refused}
    try:
        if context.get("undecided"):
            approval.still_true(found)
        else:
            context["challenge"] = approval.begin_approval(user=request.user, request=found)
    except (SigningRefused, RequestRefused) as error:
        context["closed"] = str(error)
    context["promises"] = _promises(context)
    return render(request, "privacy_app/approve.html", context, status=422 if refused else 200)


def _promises(context: dict[str, Any]) -> list[str]:
    said = [
        f"you have read all {len(context['steps'])} steps, their counts and what stays for a while;",
        "the datasets left out are left out for the reasons given;",
        "after the first deletion this cannot be undone.",
    ]
    if context.get("high_risk"):
        said.insert(2, "it is of high risk, for the reasons above; the head of data signs it as well;")
    if decided := len(context.get("apart", ())):
        said.insert(2, f"the {decided} points decided apart are decided as the list above says;")
    return said


@requires(Act.APPROVE_DELETION)
@require_POST
def decide_apart(request: HttpRequest, req_id: str) -> HttpResponse:
    """Decide purges that stop readers or destroy history, and probes that cannot run."""
    found = selectors.request_to_approve(request.user, req_id)
    if found is None:
        raise Http404(f"There is no deletion request {req_id}.")
    answers = {key[6:]: value == "allow" for key, value in request.POST.items() if key.startswith("apart-") and value}
    if not answers:
        messages.error(request, "Choose an answer for at least one point.")
        return redirect("privacy:approve", req_id=req_id)
    attempt(
        request,
        lambda: acceptance.decide(user=request.user, request_id=found.pk, answers=answers),
        "Your decisions are kept. When every point is decided you can sign.",
    )
    return redirect("privacy:approve", req_id=req_id)


@requires(Act.APPROVE_DELETION)
@require_POST
def send_back(request: HttpRequest, req_id: str) -> HttpResponse:
    """Do not approve: the request is planned anew."""
    found = wanted(request, req_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        attempt(
            request,
            lambda: planning.send_back(user=request.user, request_id=found.pk, reason=form.cleaned_data["reason"]),
            "The plan is sent back.",
        )
    else:
        messages.error(request, "Sending a plan back needs a reason: it becomes part of the evidence.")
    return redirect(found)
