"""The inbox, one request as a task list, its live progress, and what staff do to it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, may
from privacy_app import selectors
from privacy_app.domain.clocks import Law
from privacy_app.domain.request import BEFORE_APPROVAL, ENDED, State, actions_from
from privacy_app.domain.steps import StepState
from privacy_app.forms import DenyForm, ReasonForm, StaffIntakeForm
from privacy_app.models import Request, Step
from privacy_app.services import identity, intake, lifecycle, resolution, retrying
from privacy_app.states import REQUEST, STEP, VERDICT
from privacy_app.views.common import attempt, check_page, wanted

A_PAGE = 50


@requires(Act.READ_REQUESTS, Act.COUNT_REQUESTS)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Requests by hours left; the head of data sees how many there are, not which."""
    if not may(request.user, Act.READ_REQUESTS):
        return render(request, "privacy_app/counts.html", {"counts": selectors.counts(request.user)})
    ended = request.GET.get("show") == "ended"
    at = now()
    page = Paginator(selectors.inbox(request.user, ended=ended), A_PAGE).get_page(request.GET.get("page"))
    rows = [{"request": each, "drawn": REQUEST[each.state], "left": each.slo(at).left(at)} for each in page]
    return render(request, "privacy_app/inbox.html", {"rows": rows, "ended": ended, "page": page})


@requires(Act.READ_REQUESTS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a request that came by letter or telephone."""
    form = StaffIntakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = intake.receive(
            actor=actor_of(request.user),
            channel=Request.Channel.STAFF,
            email=given["email"],
            claims={"customer_id": given["customer_id"]},
            law=Law(given["law"]),
            code=given["send_code"],
        )
        messages.success(request, f"{made.req_id} is received. Its clocks run from now.")
        return redirect(made)
    return render(request, "privacy_app/new.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(Act.READ_REQUESTS)
@require_GET
def detail(request: HttpRequest, req_id: str) -> HttpResponse:
    """One request: its clocks, its tasks, who it is about (masked), and its progress."""
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


def _page(request: HttpRequest, found: Request) -> dict[str, Any]:
    at = now()
    plan = found.plans.exclude(state="superseded").order_by("-number").first()
    resolved = [(row, selectors.hint_of(found, row.kind, row.sealed)) for row in found.resolved.all()]
    given = [(row, selectors.hint_of(found, row.kind, row.sealed)) for row in found.identifiers.all()]
    edges = [(row, row.kind, row.get_decision_display()) for row in found.waiting_edges.all()]
    return {
        **_progress(found),
        "slo": found.slo(at),
        "slo_left": found.slo(at).left(at),
        "statutory": found.statutory(at),
        "statutory_left": found.statutory(at).left(at),
        "plan": plan,
        "resolved": resolved,
        "given": given,
        "edges": edges,
        "possible": {action.value for action in actions_from(State(found.state))},
        "may_approve": may(request.user, Act.APPROVE_DELETION, found),
        "approvals": plan.approvals.select_related("signature__user") if plan else (),
        "reason_form": ReasonForm(),
    }


def _progress(found: Request) -> dict[str, Any]:
    steps = list(found.steps.exclude(plan__state="superseded").order_by("position").prefetch_related("tries"))
    begun = State(found.state) not in (*BEFORE_APPROVAL, State.PAUSED)
    return {
        "found": found,
        "drawn": REQUEST[found.state],
        "begun": begun,
        "rows": [_row(step) for step in steps] if begun else [],
        "done": sum(step.state == StepState.DONE for step in steps),
        "total": len(steps),
        "live": State(found.state) in (State.RESOLVING, State.PROPAGATING, State.VERIFYING)
        or (State(found.state) is State.COMPLETED and not found.bundle_digest),
        "ended": State(found.state) in ENDED,
    }


def _row(step: Step) -> dict[str, Any]:
    return {
        "step": step,
        "drawn": STEP[step.state],
        "verdict": VERDICT.get(step.verdict),
        "probes": [(name, step.probes.get(name, {})) for name in ("logical", "decoded", "raw")],
        "tries": list(step.tries.all()),
        "can_retry": step.state in (StepState.RETRY, StepState.GAVE_UP)
        or (step.request.state == State.PARTIALLY_COMPLETE and step.verdict in ("failed", "not_probed")),
    }


@requires(Act.READ_REQUESTS)
@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, req_id: str) -> HttpResponse:
    """Accept an identity without a code."""
    found = wanted(request, req_id)
    return check_page(
        request,
        found,
        ReasonForm(request.POST or None),
        lambda given: identity.override(user=request.user, request_id=found.pk, reason=given["reason"]),
        title="Accept the identity without a code",
        lede="Only the e-mail address becomes proved; other identifiers of the request stay hints.",
        button="Accept the identity",
        done="The identity is accepted. The identifiers are being looked up.",
    )


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
        ReasonForm(request.POST or None),
        lambda given: lifecycle.pause(user=request.user, request_id=found.pk, reason=given["reason"]),
        title="Pause this request",
        lede="The net clock stops while we wait for the subject. The deadlines stay where they are.",
        button="Pause the request",
        done="The request is paused.",
    )


@requires(Act.READ_REQUESTS)
@require_POST
def resume(request: HttpRequest, req_id: str) -> HttpResponse:
    """Go on after a pause."""
    found = wanted(request, req_id)
    attempt(request, lambda: lifecycle.resume(user=request.user, request_id=found.pk), "The request goes on.")
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
        shown = resolution.unmask(user=request.user, resolved_id=row.pk, reason=form.cleaned_data["reason"])
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
        lambda: resolution.decide_edge(
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
