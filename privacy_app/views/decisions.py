"""What the privacy team decides about one request: each a check page with its reason."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.identity.access import requires
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act
from privacy_app import selectors
from privacy_app.forms.staff import DenyForm, ExtendForm, OverrideForm, PauseForm, ReasonForm
from privacy_app.models import Request
from privacy_app.services import extending, identity, lifecycle, pausing, retrying, scoping
from privacy_app.views.common import attempt, check_page, wanted


@requires(Act.READ_REQUESTS)
@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, req_id: str) -> HttpResponse:
    """Accept an identity without a code."""
    found = wanted(request, req_id)
    return check_page(
        request,
        found,
        OverrideForm(_given(found), request.POST or None),
        lambda given: identity.override(user=request.user, request_id=found.pk, **given),
        title="Accept the identity without a code",
        lede="How it was checked is recorded, with your reason. The document itself is never kept.",
        button="Accept the identity",
        done="The identity is accepted. The identifiers are being looked up.",
    )


def _given(found: Request) -> list[tuple[int, str]]:
    """What the requester gave, masked, to tick."""
    rows = found.identifiers.exclude(sealed=None)
    return [(row.pk, f"{row.kind}: {selectors.hint_of(found, row.kind, row.sealed)}") for row in rows]


@requires(Act.READ_REQUESTS)
@require_POST
def resend(request: HttpRequest, req_id: str) -> HttpResponse:
    """Send a fresh code to the subject."""
    found = wanted(request, req_id)
    attempt(
        request,
        lambda: _sent(found.pk),
        "A fresh code is on its way to the subject.",
    )
    return redirect(found)


def _sent(pk: int) -> None:
    if not identity.send_code(request_id=pk):
        raise lifecycle.RequestRefused("This address got three codes within the hour. Wait, or accept the identity.")


@requires(Act.READ_REQUESTS)
@require_http_methods(["GET", "POST"])
def deny(request: HttpRequest, req_id: str) -> HttpResponse:
    """Refuse the request on a legal basis."""
    found = wanted(request, req_id)
    return check_page(
        request,
        found,
        DenyForm(request.POST or None),
        lambda given: lifecycle.deny(
            user=request.user, request_id=found.pk, basis=given["basis"], text=given["reason"]
        ),
        title="Deny this request",
        lede="The subject is told the basis, your text, and where they can complain.",
        button="Deny the request",
        done="The request is denied and the subject is told why.",
        danger="yes",
    )


@requires(Act.READ_REQUESTS)
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, req_id: str) -> HttpResponse:
    """Cancel the request before anything is deleted."""
    found = wanted(request, req_id)
    return check_page(
        request,
        found,
        ReasonForm(request.POST or None),
        lambda given: lifecycle.cancel(actor=actor_of(request.user), request_id=found.pk, reason=given["reason"]),
        title="Cancel this request",
        lede="Nothing will be deleted, and the subject is told so.",
        button="Cancel the request",
        done="The request is cancelled.",
        danger="yes",
    )


@requires(Act.READ_REQUESTS)
@require_http_methods(["GET", "POST"])
def pause(request: HttpRequest, req_id: str) -> HttpResponse:
    """Wait for the subject."""
    found = wanted(request, req_id)
    return check_page(
        request,
        found,
        PauseForm(request.POST or None),
        lambda given: pausing.pause(user=request.user, request_id=found.pk, **given),
        title="Pause this request",
        lede="The net clock stops while we wait for the subject. The deadlines stay where they are.",
        button="Pause the request",
        done="The request is paused. It goes on by itself on the day that you gave.",
    )


@requires(Act.READ_REQUESTS)
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, req_id: str) -> HttpResponse:
    """Take the law's longer period, and write so to the subject."""
    found = wanted(request, req_id)
    return check_page(
        request,
        found,
        ExtendForm(request.POST or None),
        lambda given: extending.extend(user=request.user, request_id=found.pk, reason=given["reason"]),
        title="Extend the deadline",
        lede="GDPR: two more months, CCPA: 45 more days. Once, and only within the first period. Our 72 hours stay.",
        button="Extend and write to the subject",
        done="The deadline is extended, and the subject is told why.",
    )


@requires(Act.READ_REQUESTS)
@require_POST
def resume(request: HttpRequest, req_id: str) -> HttpResponse:
    """Go on after a pause."""
    found = wanted(request, req_id)
    attempt(request, lambda: pausing.resume(user=request.user, request_id=found.pk), "The request goes on.")
    return redirect(found)


@requires(Act.UNMASK)
@require_http_methods(["GET", "POST"])
def unmask(request: HttpRequest, req_id: str, pk: int) -> HttpResponse:
    """Show one identifier in clear, for a reason that becomes evidence."""
    found = wanted(request, req_id)
    row = found.resolved.filter(pk=pk).first()
    if row is None:
        raise Http404("This request has no such identifier.")
    form, shown = ReasonForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        shown = scoping.unmask(user=request.user, resolved_id=row.pk, reason=form.cleaned_data["reason"])
    context = {
        "found": found,
        "row": row,
        "form": form,
        "shown": shown,
        "hint": selectors.hint_of(found, row.kind, row.sealed),
    }
    response = render(request, "privacy_app/unmask.html", context, status=422 if form.is_bound and not shown else 200)
    response["Cache-Control"] = "no-store"
    return response


@requires(Act.PLAN_DELETION)
@require_POST
def decide_edge(request: HttpRequest, req_id: str, pk: int) -> HttpResponse:
    """Follow a link that waits, or leave it out."""
    found = wanted(request, req_id)
    if not found.waiting_edges.filter(pk=pk).exists():
        raise Http404("This request has no such link.")
    decision = request.POST.get("decision", "")
    form = ReasonForm(request.POST)
    if decision not in ("confirmed", "dismissed") or not form.is_valid():
        messages.error(request, "Say whether the link is followed, and why.")
        return redirect(found)
    attempt(
        request,
        lambda: scoping.decide_edge(
            user=request.user, edge_id=pk, decision=decision, reason=form.cleaned_data["reason"]
        ),
        "The decision is kept.",
    )
    return redirect(found)


@requires(Act.PLAN_DELETION)
@require_POST
def retry(request: HttpRequest, req_id: str, pk: int) -> HttpResponse:
    """Try a failed system again now."""
    found = wanted(request, req_id)
    if not found.steps.filter(pk=pk).exists():
        raise Http404("This request has no such step.")
    attempt(request, lambda: retrying.retry(user=request.user, step_id=pk), "It is tried again now.")
    return redirect(found)
