"""Findings of the watch: the list, one of them with what people do about it, and what is expected of a job."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lineage_app import services
from lineage_app.forms.watch import ExpectationForm, FindingsForm, MuteForm, first_words
from lineage_app.models import Job, RunFinding
from lineage_app.selectors.ownership import owned_job
from lineage_app.selectors.watch import (
    expectation_of,
    finding_of,
    findings_like,
    job_named_by,
    open_findings,
    rhythm_of,
    run_of_finding,
)
from lineage_app.services.expectations import in_words
from lineage_app.services.findings import may_handle
from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may, require
from portal.core.identity.selectors import teams

PAGE = 50


@require_GET
@requires(Act.READ)
def findings(request: HttpRequest) -> HttpResponse:
    """What stands, unless the address asks for what is muted or over."""
    form = FindingsForm(
        {"state": "open", **request.GET.dict()}, teams=[(each.slug, each.name) for each in teams(request.user)]
    )
    asked = form.chosen()
    state = "" if asked["state"] == "all" else asked["state"]
    present = now()
    found = findings_like(state=state, kind=asked["kind"], team=asked["team"], text=asked["q"], at=present)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "asked": asked,
        "page": page,
        "rows": [(row, *mark_of(row, present)) for row in page],
        "filtered": any(value for name, value in asked.items() if name != "state"),
    }
    return render(request, "lineage_app/findings.html", context)


@require_http_methods(["GET", "POST"])
@requires(Act.READ)
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding; a POST acknowledges it, mutes it or hears of it again."""
    found = finding_of(pk)
    if found is None:
        raise Http404("There is no such finding. The list of findings has all of them.")
    form = MuteForm()
    if request.method == "POST":
        form = MuteForm(request.POST) if request.POST.get("act") == "mute" else form
        if not form.is_bound or form.is_valid():
            return _act(request, found, form)
    present = now()
    word, mark = mark_of(found, present)
    context = {
        "finding": found,
        "word": word,
        "mark": mark,
        "form": form,
        "run": run_of_finding(found),
        "expectation": expectation_of(found.job),
        "muted": found.is_muted(present),
        "may_handle": may_handle(request.user, found),
    }
    return render(request, "lineage_app/finding.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Act.DECLARE_LINEAGE)
def expectation(request: HttpRequest, pk: int) -> HttpResponse:
    """Say when a job runs and how long it may be silent."""
    job = _job_or_404(pk)
    require(request.user, Act.DECLARE_LINEAGE, owned_job(job))
    known, seen = expectation_of(job), rhythm_of(job, now())
    form = ExpectationForm(request.POST or None, initial=first_words(known))
    if request.method == "POST" and form.is_valid():
        try:
            services.expect_runs(user=request.user, job=job, **form.expected())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{job} is watched from now on.")
            return redirect(job)
    context = {"job": job, "form": form, "expectation": known, "rhythm": seen}
    return render(request, "lineage_app/expectation.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Act.DECLARE_LINEAGE)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Expect of a job what was seen of it, computed anew: nothing of the page is trusted."""
    job = _job_or_404(pk)
    seen = rhythm_of(job, now())
    if seen is None:
        messages.error(request, "Its runs show no rhythm any more: say yourself when it runs.")
        return redirect("lineage:expectation", pk)
    row = services.accept_rhythm(user=request.user, job=job, rhythm=seen)
    messages.success(request, f"{job} is expected {in_words(row)}.")
    return redirect(job)


@require_http_methods(["GET", "POST"])
@requires(Act.DECLARE_LINEAGE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a job is no longer to be watched for missing runs, and stop."""
    job = _job_or_404(pk)
    require(request.user, Act.DECLARE_LINEAGE, owned_job(job))
    known = expectation_of(job)
    if request.method == "POST":
        services.expect_no_more(user=request.user, job=job)
        messages.success(request, f"{job} is no longer expected to run.")
    if request.method == "POST" or known is None:
        return redirect(job)
    return render(request, "lineage_app/expectation_withdraw.html", {"job": job, "words": in_words(known)})


def watch_of(user: Any, job: Job) -> dict[str, Any]:
    """What `lineage_app/_partials/findings.html` shows on a job's page."""
    known, present = expectation_of(job), now()
    may_expect = may(user, Act.DECLARE_LINEAGE, owned_job(job))
    return {
        "findings": [(row, *mark_of(row, present)) for row in open_findings(job=job)],
        "expectation": known,
        "expected_words": in_words(known) if known else "",
        "rhythm": rhythm_of(job, present) if known is None and may_expect else None,
        "may_expect": may_expect,
    }


def mark_of(row: RunFinding, at: datetime) -> tuple[str, str]:
    """A finding's state at `at` as a word and a kind of mark."""
    if row.resolved_at:
        return "Resolved", "ok"
    if row.is_muted(at):
        return "Muted", "off"
    if row.acknowledged_at:
        return "Seen", "wait"
    return "Open", "bad"


def _act(request: HttpRequest, found: RunFinding, form: MuteForm) -> HttpResponse:
    act = request.POST.get("act")
    if form.is_bound:
        try:
            services.mute(user=request.user, finding=found, **form.cleaned_data)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(found)
        messages.success(request, "It is quiet until its day, also when it comes again.")
    elif act == "acknowledge":
        services.acknowledge(user=request.user, finding=found, note=request.POST.get("note", ""))
        messages.success(request, "It is noted that somebody works on it.")
    elif act == "unmute":
        services.unmute(user=request.user, finding=found)
        messages.success(request, "It is heard of again.")
    return redirect(found)


def _job_or_404(pk: int) -> Job:
    job = job_named_by(pk)
    if job is None:
        raise Http404("No job has this number: search for its name on the lineage page.")
    return job
