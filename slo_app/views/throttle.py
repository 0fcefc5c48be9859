"""The pages of the throttle: who is held back and why, one asset, overrides, and what would happen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lineage_app.selectors import jobs_named, way_to
from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may, require
from portal.core.web.idempotency import key_of

from .. import selectors
from ..domain.throttle import KINDS
from ..forms.throttle import OverrideForm, ThrottledForm
from ..models import ThrottleLevel, ThrottleOverride
from ..selectors.places import choices
from ..selectors.throttled import Filters, Line, counted, level_for, levels, lines, overrides_of, previews
from ..services.overrides import ThrottleRefused, end_override, override

PAGE = 50


@requires(Act.READ)
@require_GET
def throttled(request: HttpRequest) -> HttpResponse:
    """Who is held back now and by which SLO, the strictest first."""
    form = ThrottledForm(request.GET or {}, teams=choices()["teams"])
    filters = form.chosen()
    found = levels(request.user, team=filters.team)
    everything = lines(found, filters)
    context = {
        "form": form,
        "filtered": filters != Filters(),
        "levels": [(level, level.level(now())) for level in found],
        "counts": counted(everything),
    }
    return render(request, "slo_app/throttle.html", context | _paged(request, everything))


@requires(Act.READ)
@require_GET
def asset(request: HttpRequest, pk: int) -> HttpResponse:
    """One asset: what it holds back and why, its consumers, and the overrides."""
    return _asset_page(request, level_for(request.user, pk))


@requires(Act.HANDLE_INCIDENT)
@require_http_methods(["GET", "POST"])
def new_override(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who may read how much, look at whom that changes, and then do it; the look is part of the address."""
    level = level_for(request.user, pk)
    require(request.user, Act.HANDLE_INCIDENT, level.asset)
    asked = request.POST if request.method == "POST" else request.GET
    form = OverrideForm(asked if asked else None)
    context: dict[str, Any] = {"form": form, "level": level}
    if asked and form.is_valid():
        if request.method == "POST":
            answer = _override(request, level, form)
            if answer is not None:
                return answer
        context |= {"looked": True, "changes": _changed(level, form)}
    return render(request, "slo_app/throttle_override.html", context, status=422 if form.errors else 200)


def _override(request: HttpRequest, level: ThrottleLevel, form: OverrideForm) -> HttpResponse | None:
    try:
        made = override(user=request.user, asset=level.asset, key=key_of(request), **form.cleaned_data)
    except ThrottleRefused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, f"{made}. Consumers hear of it within 30 seconds.")
    return redirect(level)


def _changed(level: ThrottleLevel, form: OverrideForm) -> list[Line]:
    """The consumers that the override speaks of, as they are told now."""
    name = form.cleaned_data["consumer"].strip()
    return [line for line in lines([level]) if name in ("", f"{line.namespace}/{line.name}")]


@requires(Act.HANDLE_INCIDENT)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an override now."""
    found = get_object_or_404(ThrottleOverride.objects.select_related("asset"), pk=pk)
    try:
        end_override(user=request.user, override=found)
        messages.success(request, "The override is over; the level holds again.")
    except ThrottleRefused as refused:
        messages.error(request, str(refused))
    return redirect("slos:throttle-asset", pk=found.asset_id)


@requires(Act.READ)
@require_GET
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What would happen to the consumers if this SLO fired."""
    slo = selectors.slo_for(request.user, pk)
    found = previews(slo) if slo.kind in KINDS else []
    context = {"slo": slo, "previews": found, "worst": found[2].lines[:PAGE] if found else []}
    return render(request, "slo_app/throttle_preview.html", context)


@requires(Act.READ)
@require_GET
def way(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the way in lineage from the asset to what a job reads."""
    level = level_for(request.user, pk)
    name = request.GET.get("namespace", ""), request.GET.get("name", "")
    job = jobs_named([name]).get(name)
    ends = way_to(level.asset_id, job) if job else None
    if job is None or ends is None:
        messages.info(request, "Lineage does not show this way any more; the list is read anew within minutes.")
        return redirect(level)
    if ends[0] == ends[1]:
        return redirect(job)
    return redirect(f"{reverse('lineage:paths')}?{urlencode({'from': ends[0], 'to': ends[1]})}")


def _asset_page(request: HttpRequest, level: ThrottleLevel) -> HttpResponse:
    everything = lines([level])
    present = now()
    context = {
        "level": level,
        "stands": level.level(present),
        "counts": counted(everything),
        "overrides": [(each, each.ends_at > present and not each.ended_by_id) for each in overrides_of(level)],
        "may_override": may(request.user, Act.HANDLE_INCIDENT, level.asset),
    }
    return render(request, "slo_app/throttle_asset.html", context | _paged(request, everything))


def _paged(request: HttpRequest, everything: list[Line]) -> dict[str, Any]:
    page: Page[Line] = Paginator(everything, PAGE).get_page(request.GET.get("page"))
    return {"page": page, "total": len(everything)}
