"""Whose data it is: what the sources said, what waits for a person, and what was decided."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from privacy_app import selectors
from privacy_app.forms.staff import ReasonForm
from privacy_app.services import scoping
from privacy_app.views.common import attempt, check_page, wanted


@requires(Act.READ_REQUESTS)
@require_GET
def links(request: HttpRequest, req_id: str) -> HttpResponse:
    """The sources and their links: those that wait, those decided, and what the requester claimed."""
    found = wanted(request, req_id)
    context = {
        "found": found,
        "groups": selectors.open_links(found),
        "decided": selectors.decided_links(found),
        "sources": found.sources.select_related("decided_by"),
        "given": [(row, selectors.hint_of(found, row.kind, row.sealed)) for row in found.identifiers.all()],
    }
    return render(request, "privacy_app/links.html", context)


@requires(Act.PLAN_DELETION)
@require_POST
def alike(request: HttpRequest, req_id: str) -> HttpResponse:
    """Decide the open links of one source and kind in the same way."""
    found, form = wanted(request, req_id), ReasonForm(request.POST)
    decision, source, kind = (request.POST.get(name, "") for name in ("decision", "source", "kind"))
    if decision not in ("confirmed", "dismissed") or not form.is_valid():
        messages.error(request, "Say whether the links are followed, and why.")
        return redirect("privacy:links", req_id=req_id)
    reason = form.cleaned_data["reason"]
    attempt(
        request,
        lambda: scoping.decide_alike(
            user=request.user, request_id=found.pk, source=source, kind=kind, decision=decision, reason=reason
        ),
        "The decisions are kept. The sources are asked again before the set is frozen.",
    )
    return redirect("privacy:links", req_id=req_id)


@requires(Act.UNMASK)
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, req_id: str, pk: int) -> HttpResponse:
    """Show where one link leads, for a reason that becomes evidence."""
    found = wanted(request, req_id)
    row = found.waiting_edges.filter(pk=pk).first()
    if row is None:
        raise Http404("This request has no such link.")
    form, shown = ReasonForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        shown = scoping.unmask_edge(user=request.user, edge_id=row.pk, reason=form.cleaned_data["reason"])
    context = {"found": found, "row": row, "form": form, "shown": shown, "hint": "masked"}
    response = render(request, "privacy_app/unmask.html", context, status=422 if form.is_bound and not shown else 200)
    response["Cache-Control"] = "no-store"
    return response


@requires(Act.PLAN_DELETION)
@require_http_methods(["GET", "POST"])
def leave_out(request: HttpRequest, req_id: str, pk: int) -> HttpResponse:
    """Resolve without one source."""
    found = wanted(request, req_id)
    source = found.sources.filter(pk=pk).first()
    if source is None:
        raise Http404("No such source was asked for this request.")
    return check_page(
        request,
        found,
        ReasonForm(request.POST or None),
        lambda given: scoping.leave_out_source(user=request.user, source_id=pk, reason=given["reason"]),
        title=f"Leave out the identity source {source.name}",
        lede="Identifiers that only this source knows will not be found. Its datasets stay in the plan as any other.",
        button="Leave it out",
        done="The source is left out of this request.",
    )
