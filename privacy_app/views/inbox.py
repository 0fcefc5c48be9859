"""The inbox."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from privacy_app import selectors
from privacy_app.domain.clocks import SLO
from privacy_app.forms.inbox import FilterForm
from privacy_app.selectors import inbox as reads
from privacy_app.services import assigning
from privacy_app.states import REQUEST
from privacy_app.views.common import attempt, wanted

A_PAGE = 50


@requires(Act.READ_REQUESTS, Act.COUNT_REQUESTS)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Requests by hours left; the head of data sees how many there are, and which plans wait for their signature."""
    if not may(request.user, Act.READ_REQUESTS):
        risky = reads.high_risk_waiting(request.user) if may(request.user, Act.APPROVE_HIGH_RISK) else ()
        context = {"counts": selectors.counts(request.user), "risky": risky}
        return render(request, "privacy_app/counts.html", context)
    ended = request.GET.get("show") == "ended"
    counts = reads.facets(request.user, ended=ended)
    form = FilterForm(request.GET, counts=counts, officers=reads.officers(), ended=ended)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = reads.matching(request.user, {**chosen, "show": request.GET.get("show", "")})
    page = Paginator(found.select_related("assignee"), A_PAGE).get_page(request.GET.get("page"))
    context = {"rows": _rows(page), "page": page, "form": form, "ended": ended, "filtered": any(chosen.values())}
    return render(request, "privacy_app/inbox.html", context)


def _rows(page: Any) -> list[dict[str, Any]]:
    at, systems = now(), reads.systems_of(page)
    return [
        {
            "request": each,
            "drawn": REQUEST[each.state],
            "left": each.received_at + SLO - at,  # gross: a pause is shown, and moves no deadline
            "systems": systems.get(each.pk, {}),
        }
        for each in page
    ]


@requires(Act.READ_REQUESTS)
@require_POST
def assign(request: HttpRequest, req_id: str) -> HttpResponse:
    """Take a request, give it to a colleague, or lay it back."""
    found, to = wanted(request, req_id), request.POST.get("to", "")
    officer = reads.officers().filter(pk=int(to)).first() if to.isdecimal() else None
    if to and officer is None:
        messages.error(request, "Choose a privacy officer of the list.")
        return redirect(found)
    said = f"{found.req_id} is with {officer.name}." if officer else f"{found.req_id} is with nobody."
    attempt(request, lambda: assigning.assign(user=request.user, request_id=found.pk, to=officer), said)
    return redirect(found)
