"""Deletions by hand: what waits for a team, one task, whom it is about, and what was done."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from privacy_app import selectors
from privacy_app.domain.attestation import SUFFIXES, AttestationRefused, Outcome
from privacy_app.forms.by_hand import AttestForm
from privacy_app.forms.staff import ReasonForm
from privacy_app.models import ByHandTask
from privacy_app.services import attestations
from privacy_app.states import STEP, VERDICT
from privacy_app.views.common import REFUSALS

MOST = 200


@requires(Act.ATTEST_DELETION)
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """Tasks of the reader's teams, the soonest due first; the ended ones apart."""
    ended = request.GET.get("show") == "ended"
    rows = selectors.tasks(request.user, ended=ended)[:MOST]
    return render(request, "privacy_app/by_hand.html", {"rows": rows, "ended": ended, "base": _base(request)})


@requires(Act.ATTEST_DELETION)
@require_GET
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: what to do, until when, and the form for what was done."""
    return _page(request, _wanted(request, pk), AttestForm())


@requires(Act.ATTEST_DELETION)
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom the task is about, in clear; each look is evidence."""
    found = _wanted(request, pk)
    try:
        shown = attestations.look(user=request.user, task_id=found.pk)
    except REFUSALS as refused:
        messages.error(request, str(refused))
        return redirect(found)
    response = _page(request, found, AttestForm(), shown=shown)
    response["Cache-Control"] = "no-store"
    return response


@requires(Act.ATTEST_DELETION)
@require_POST
def attest(request: HttpRequest, pk: int) -> HttpResponse:
    """End the task with what was done."""
    found, form = _wanted(request, pk), AttestForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, form)
    given = form.cleaned_data
    try:
        attestations.attest(
            user=request.user,
            task_id=found.pk,
            outcome=Outcome(given["outcome"]),
            rows=given["rows"],
            statement=given["statement"],
            document=given["document"],
        )
    except AttestationRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, found, form)
    except REFUSALS as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Attested. It is part of the evidence of this request.")
    return redirect(found)


@requires(Act.UNMASK)
@require_http_methods(["GET", "POST"])
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """An attestation's document, for a reason that becomes evidence; always a download, never a page of ours."""
    found, form = _wanted(request, pk), ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            file, data = attestations.read_document(
                user=request.user, task_id=found.pk, reason=form.cleaned_data["reason"]
            )
        except REFUSALS as refused:
            form.add_error(None, str(refused))
        else:
            return _download(found, file.media_type, data)
    context = {"task": found, "form": form, "base": _base(request)}
    return render(request, "privacy_app/by_hand_document.html", context, status=422 if form.is_bound else 200)


def _download(found: ByHandTask, media_type: str, data: bytes) -> HttpResponse:
    name = f"{found.step.request.req_id}-attestation-{found.pk}{SUFFIXES[media_type]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
    }
    return HttpResponse(data, content_type=media_type, headers=headers)


def _wanted(request: HttpRequest, pk: int) -> ByHandTask:
    found = selectors.task_for(request.user, pk)
    if found is None:
        raise Http404("There is no such task.")
    return found


def _page(request: HttpRequest, found: ByHandTask, form: AttestForm, **more: Any) -> HttpResponse:
    context = {
        "task": found,
        "form": form,
        "base": _base(request),
        "instructions": attestations.instructions_of(found),
        "kinds": sorted(found.step.target_settings.get("identifiers", {}).items()),
        "drawn": STEP[found.step.state],
        "verdict": VERDICT.get(found.step.verdict),
        "reads_requests": may(request.user, Act.READ_REQUESTS),
        "may_unmask": may(request.user, Act.UNMASK),
        **more,
    }
    return render(request, "privacy_app/by_hand_task.html", context, status=422 if form.is_bound else 200)


def _base(request: HttpRequest) -> str:
    """Privacy officers keep their row of links; owners have no other page here."""
    return "privacy_app/base.html" if may(request.user, Act.READ_REQUESTS) else "portal/base.html"
