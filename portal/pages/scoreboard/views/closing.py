"""The day-end checklist: as it stands now, signed off by name, with what each point needs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from contracts_app.selectors.on_main import compared_with_main, tier_one_on_main
from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may, who_may
from portal.core.web.idempotency import key_of
from portal.pages.evidence.watch import WholeLedger
from portal.pages.scoreboard import closing as services
from portal.pages.scoreboard import selectors
from portal.pages.scoreboard.forms import DummyForm, SignOffForm
from portal.pages.scoreboard.models import DummyRun
from portal.pages.scoreboard.points import Done, Point
from privacy_app.selectors.punctuality import newest_requests, proofs_of

PAGE = 50
DAYS = 30


@require_GET
@requires(Act.READ)
def day_end(request: HttpRequest) -> HttpResponse:
    """Each point with its state, time and evidence, the link that does it now, and who closed the days before."""
    points = services.checklist(now())
    days = selectors.newest_days(DAYS)
    closed = selectors.signed_off(days)
    context = {
        "points": [_shown(request.user, point) for point in points],
        "done": sum(point.done is Done.DONE for point in points),
        "day": selectors.latest_day(),
        "today": now().date(),
        "closed_today": closed.get(now().date()),
        "days": [(day, closed.get(day.day)) for day in reversed(days)],
        "may_sign": may(request.user, Act.SIGN_ACCOUNTABLE),
        "whole_ledger": may(request.user, Act.READ_EVIDENCE, WholeLedger()),
    }
    return render(request, "scoreboard/day_end.html", context)


def _shown(user: Any, point: Point) -> tuple[Point, bool, bool, str]:
    """A point with whether its evidence and its link are open to the person, and who else can do it."""
    evidence = bool(point.evidence) and (not point.ledger or may(user, Act.READ_EVIDENCE, WholeLedger()))
    return point, evidence, bool(point.url) and may(user, point.needs), who_may(point.needs)


@require_http_methods(["GET", "POST"])
@requires(Act.SIGN_ACCOUNTABLE)
def sign_off(request: HttpRequest) -> HttpResponse:
    """Check what is closed, then close the day in one's own name."""
    form = SignOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            signed = services.sign_off(user=request.user, key=key_of(request), note=form.cleaned_data["note"])
        except services.CloseRefused as refused:
            form.add_error("note", str(refused))
        else:
            messages.success(request, f"{signed.day} is closed in your name.")
            return redirect("scoreboard:day-end")
    context = {"form": form, "points": services.checklist(now()), "today": now().date()}
    return render(request, "scoreboard/sign_off.html", context, status=422 if form.errors else 200)


@require_GET
@requires(Act.READ)
def on_main(request: HttpRequest) -> HttpResponse:
    """Each tier-1 asset: the signed hash beside the one on main, with the commit, those that differ first."""
    page = Paginator(tier_one_on_main(), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": compared_with_main(page), "day": selectors.latest_day()}
    return render(request, "scoreboard/main.html", context)


@require_http_methods(["GET", "POST"])
@requires(Act.READ_REQUESTS)
def dummies(request: HttpRequest) -> HttpResponse:
    """The requests of dummy subjects, how far each came, and the form that names another."""
    form = DummyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            named = services.name_dummy(user=request.user, req_id=form.cleaned_data["req_id"])
        except services.CloseRefused as refused:
            form.add_error("req_id", str(refused))
        else:
            messages.success(request, f"{named.req_id} counts as a rehearsal with a dummy.")
            return redirect("scoreboard:dummies")
    runs = list(DummyRun.objects.select_related("named_by", "entry")[:PAGE])
    proved = {each.req_id: each for each in proofs_of(run.req_id for run in runs)}
    context = {
        "form": form,
        "runs": [(run, proved.get(run.req_id)) for run in runs],
        "newest": newest_requests(10),
    }
    return render(request, "scoreboard/dummies.html", context, status=422 if form.errors else 200)
