"""The plan with its preview, its findings, and the second pair of eyes."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.signing import proofs
from portal.core.signing.services import SigningRefused
from privacy_app import selectors
from privacy_app.forms import ReasonForm
from privacy_app.models import Plan, PlanFinding, Request
from privacy_app.services import approval, planning
from privacy_app.services.lifecycle import RequestRefused
from privacy_app.views.common import REFUSALS, attempt, wanted


@requires(Act.READ_REQUESTS)
@require_GET
def plan(request: HttpRequest, req_id: str) -> HttpResponse:
    """The plan: every system with counts, purges and probes; findings; what still blocks it."""
    found = wanted(request, req_id)
    return render(request, "privacy_app/plan.html", _context(found, _current(found)))


def _current(found: Request) -> Plan | None:
    return found.plans.exclude(state=Plan.State.SUPERSEDED).order_by("-number").first()


def _context(found: Request, current: Plan | None) -> dict[str, Any]:
    return {
        "found": found,
        "plan": current,
        "steps": list(current.steps.all()) if current else [],
        "findings": list(current.findings.all()) if current else [],
        "blocked": planning.what_blocks(current) if current else [],
        "models": current.body.get("models", []) if current else [],
        "exclusive": [step for step in current.steps.all() if step.allow_exclusive] if current else [],
    }


@requires(Act.PLAN_DELETION)
@require_POST
def make(request: HttpRequest, req_id: str) -> HttpResponse:
    """Look at every system and write the plan."""
    found = wanted(request, req_id)
    attempt(
        request,
        lambda: planning.make_plan(user=request.user, request_id=found.pk),
        "The plan is made. Look at it, then submit it for approval.",
    )
    return redirect("privacy:plan", req_id=req_id)


@requires(Act.PLAN_DELETION)
@require_POST
def exclude(request: HttpRequest, req_id: str, pk: int) -> HttpResponse:
    """Leave a finding out, with a reason."""
    found = wanted(request, req_id)
    if not PlanFinding.objects.filter(pk=pk, plan__request=found).exists():
        raise Http404("This plan has no such finding.")
    form = ReasonForm(request.POST)
    if form.is_valid():
        attempt(
            request,
            lambda: planning.exclude(user=request.user, finding_id=pk, reason=form.cleaned_data["reason"]),
            "It is left out of the plan; the proof will say why.",
        )
    else:
        messages.error(request, "Leaving a dataset out needs a reason: it becomes part of the evidence.")
    return redirect("privacy:plan", req_id=req_id)


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
                exclusive_approved=True,
            )
        except (SigningRefused, *REFUSALS) as error:
            refused = str(error)
        else:
            messages.success(request, "The plan is approved. The deletion begins now.")
            return redirect(found)
    return _approve_page(request, found, refused)


def _approve_page(request: HttpRequest, found: Request, refused: str) -> HttpResponse:
    context = {**_context(found, _current(found)), "refused": refused}
    try:
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
    if context["exclusive"]:
        names = ", ".join(step.dataset for step in context["exclusive"])
        said.insert(2, f"the purge may stop readers and writers of {names} for as long as it takes;")
    return said


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
