"""After the proof: the looks at one request, and what to do when the subject was found again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from privacy_app import keystore
from privacy_app.domain.request import State
from privacy_app.forms.staff import ReasonForm
from privacy_app.models import Request
from privacy_app.services import rechecking, reopening
from privacy_app.states import recheck_drawn
from privacy_app.views.common import attempt, check_page, wanted


@requires(Act.READ_REQUESTS)
@require_GET
def aftercare(request: HttpRequest, req_id: str) -> HttpResponse:
    """Every look since the proof, those to come, and the proofs that a resurrection overtook."""
    found = wanted(request, req_id)
    return render(request, "privacy_app/aftercare.html", _context(found))


def _context(found: Request) -> dict[str, Any]:
    at = now()
    looks = found.rechecks.select_related("entry").order_by("-due_at", "-pk")
    return {
        "found": found,
        "rows": [{"look": each, "drawn": recheck_drawn(each, at)} for each in looks],
        "key_exists": keystore.exists(found.key_name),
        "reopened": found.state == State.REOPENED,
        "completed": found.state == State.COMPLETED,
        "former": list(found.former_proofs.all()),
        "tokens": found.suppressions.count(),
        "waiting": any(each.is_due(at) for each in looks),
    }


@requires(Act.READ_REQUESTS)
@require_POST
def ask(request: HttpRequest, req_id: str) -> HttpResponse:
    """Look again now."""
    found = wanted(request, req_id)
    attempt(
        request,
        lambda: rechecking.ask(user=request.user, request_id=found.pk),
        "Every system is being asked. The result is here in a minute or so.",
    )
    return redirect("privacy:aftercare", req_id=req_id)


@requires(Act.PLAN_DELETION)
@require_POST
def plan_again(request: HttpRequest, req_id: str) -> HttpResponse:
    """Plan the deletion of a reopened request anew."""
    found = wanted(request, req_id)
    if attempt(
        request,
        lambda: reopening.plan_again(user=request.user, request_id=found.pk),
        "The request is back in planning. Look at every system, then submit the plan for approval.",
    ):
        return redirect("privacy:plan", req_id=req_id)
    return redirect("privacy:aftercare", req_id=req_id)


@requires(Act.PLAN_DELETION)
@require_http_methods(["GET", "POST"])
def close_again(request: HttpRequest, req_id: str) -> HttpResponse:
    """Leave the proof of a reopened request as it is, with a reason."""
    found = wanted(request, req_id)
    form = ReasonForm(request.POST or None)
    return check_page(
        request,
        found,
        form,
        lambda given: reopening.close_again(user=request.user, request_id=found.pk, reason=given["reason"]),
        title="Close it again",
        lede="For a new relationship with the person, or data that a replay has erased. The proof stays as it is.",
        button="Close it again",
        done="The request is completed again. The ledger says who closed it; the reason stays with the request.",
    )
