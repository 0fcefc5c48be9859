"""Approving many plans by one signature, and plans of high risk by the head of data."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.signing import proofs
from portal.core.signing.services import SigningRefused
from privacy_app import selectors
from privacy_app.domain.clocks import SLO
from privacy_app.forms.staff import ReasonForm
from privacy_app.models import Plan, Request
from privacy_app.selectors import inbox as reads
from privacy_app.services import bulk, high_risk, planning
from privacy_app.services.lifecycle import RequestRefused
from privacy_app.views.common import REFUSALS, attempt


@requires(Act.APPROVE_DELETION)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Every plan that waits for an approval: those that can go into one list, and the others with the reason."""
    at, found = now(), reads.waiting_for_approval(request.user)
    page = Paginator(found, bulk.MOST).get_page(request.GET.get("page"))
    chosen = bulk.sort_out(request.user, [each.req_id for each in page])
    context = {"page": page, "rows": [_row(plan, at) for plan in chosen.plans], "left_out": chosen.left_out}
    return render(request, "privacy_app/to_approve.html", context)


def _row(plan: Plan, at: datetime) -> dict[str, Any]:
    steps = list(plan.steps.all())
    return {
        "plan": plan,
        "request": plan.request,
        "left": plan.request.received_at + SLO - at,
        "systems": sorted({step.system_name for step in steps}),
        "rows": sum(count for step in steps if isinstance(count := step.preview.get("count"), int)),
        "exclusive": [step for step in steps if step.allow_exclusive],
        "unprobed": [step for step in steps if _cannot_be_probed(step.preview)],
        "kept": [step for step in steps if step.preview.get("exempt")],
    }


def _cannot_be_probed(preview: dict[str, Any]) -> bool:
    """Whether some probe cannot run there: the approver accepts that the proof will say so."""
    return any(not each["runs"] for each in preview.get("probes", []))


@requires(Act.APPROVE_DELETION)
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Read the chosen plans, one by one, and sign the list of their digests."""
    named = request.GET.getlist("plan")
    refused = ""
    if request.method == "POST":
        try:
            made = bulk.approve(
                user=request.user,
                req_ids=named,
                challenge_id=request.POST.get("challenge", ""),
                proof=proofs.read(request.POST),
            )
        except (SigningRefused, *REFUSALS) as error:
            refused = str(error)
        else:
            messages.success(request, f"{len(made.body['approves'])} plans are approved. The deletions begin now.")
            return redirect("privacy:to-approve")
    return _check_page(request, named, refused)


def _check_page(request: HttpRequest, named: list[str], refused: str) -> HttpResponse:
    chosen = bulk.sort_out(request.user, named)
    at = now()
    rows = [_row(plan, at) for plan in chosen.plans]
    query = urlencode([("plan", plan.request.req_id) for plan in chosen.plans])
    context: dict[str, Any] = {
        "rows": rows,
        "left_out": chosen.left_out,
        "refused": refused,
        "action": f"{reverse('privacy:bulk-approve')}?{query}",
        "promises": _promises(rows),
    }
    try:
        context["challenge"] = bulk.begin(user=request.user, chosen=chosen)
    except (SigningRefused, RequestRefused) as error:
        context["closed"] = str(error)
    return render(request, "privacy_app/bulk_approve.html", context, status=422 if refused else 200)


def _promises(rows: list[dict[str, Any]]) -> list[str]:
    exclusive = [f"{step.dataset} ({row['request'].req_id})" for row in rows for step in row["exclusive"]]
    unprobed = [f"{step.system_name} ({row['request'].req_id})" for row in rows for step in row["unprobed"]]
    said = [f"you have read each of these {len(rows)} plans, its systems, its counts and what is left out of it;"]
    if exclusive:
        said.append(f"purges may stop readers, or destroy history, of {', '.join(exclusive)};")
    if unprobed:
        said.append(f"you accept that a probe cannot run in {', '.join(unprobed)}, and that the proof says so;")
    return [*said, "all of them are approved together or none, and after the first deletion this cannot be undone."]


@requires(Act.APPROVE_HIGH_RISK)
@require_http_methods(["GET", "POST"])
def high_risk_page(request: HttpRequest, req_id: str) -> HttpResponse:
    """Why this plan is one of high risk, what it will do, and the head of data's signature; no identifier is shown."""
    found = selectors.risky_request(request.user, req_id)
    if found is None:
        raise Http404(f"There is no deletion request {req_id}.")
    refused = ""
    if request.method == "POST":
        try:
            high_risk.approve(
                user=request.user,
                request_id=found.pk,
                challenge_id=request.POST.get("challenge", ""),
                proof=proofs.read(request.POST),
            )
        except (SigningRefused, *REFUSALS) as error:
            refused = str(error)
        else:
            messages.success(request, f"You have signed the plan of {req_id} for its high risk.")
            return redirect("privacy:inbox")
    return _risk_page(request, found, refused)


def _risk_page(request: HttpRequest, found: Request, refused: str) -> HttpResponse:
    plan = found.plans.exclude(state=Plan.State.SUPERSEDED).order_by("-number").first()
    steps = list(plan.steps.all()) if plan else []
    context: dict[str, Any] = {
        "found": found,
        "plan": plan,
        "steps": steps,
        "reasons": plan.body.get("high_risk", []) if plan else [],
        "refused": refused,
        "promises": [
            "you have read why this plan is one of high risk, and every step of it;",
            "a privacy officer who did not plan it signs it as well; the deletion begins with the second signature;",
            "after the first deletion this cannot be undone.",
        ],
    }
    try:
        context["challenge"] = high_risk.begin(user=request.user, request=found)
    except (SigningRefused, RequestRefused) as error:
        context["closed"] = str(error)
    return render(request, "privacy_app/approve_high_risk.html", context, status=422 if refused else 200)


@requires(Act.APPROVE_HIGH_RISK)
@require_POST
def refuse_high_risk(request: HttpRequest, req_id: str) -> HttpResponse:
    """Do not sign: the request is planned anew."""
    found, form = selectors.risky_request(request.user, req_id), ReasonForm(request.POST)
    if found is None:
        raise Http404(f"There is no deletion request {req_id}.")
    if not form.is_valid():
        messages.error(request, "Sending a plan back needs a reason: it becomes part of the evidence.")
        return redirect("privacy:approve-high-risk", req_id=req_id)
    attempt(
        request,
        lambda: planning.send_back(
            user=request.user, request_id=found.pk, reason=form.cleaned_data["reason"], act=Act.APPROVE_HIGH_RISK
        ),
        "The plan is sent back.",
    )
    return redirect("privacy:inbox")
