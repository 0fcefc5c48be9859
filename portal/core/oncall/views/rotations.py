"""Planning a rotation, taking a shift over, and giving it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.models import Team
from portal.core.identity.policies import Act, may, require

from ..forms import PlanForm, TakeShiftForm
from ..models import Rotation
from ..selectors.boards import candidates
from ..selectors.rotations import override_for, plans_of, rotation_for, rotations_of, usual_plan
from ..services.rotations import RotationRefused, plan_rotation, take_shift, withdraw_override
from .board import team_or_404


@requires(Act.READ)
@require_GET
def rotation(request: HttpRequest, pk: int) -> HttpResponse:
    """One rotation with its plans, the newest first."""
    found = _rotation(request, pk)
    context = {
        "rotation": found,
        "plans": plans_of(found),
        "may_keep": may(request.user, Act.KEEP_ROTA, found),
    }
    return render(request, "oncall/rotation.html", context)


@requires(Act.KEEP_ROTA)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a rotation of a team."""
    team = team_or_404(request, slug)
    require(request.user, Act.KEEP_ROTA, team)
    form = PlanForm(request.POST or None, people=candidates(team), named=False, initial=usual_plan(None, now()))
    return _planned(request, form, team, None)


@requires(Act.KEEP_ROTA)
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a rotation anew from a day on."""
    found = _rotation(request, pk)
    require(request.user, Act.KEEP_ROTA, found)
    initial = usual_plan(found, now())
    form = PlanForm(request.POST or None, people=candidates(found.team), named=True, initial=initial)
    return _planned(request, form, found.team, found)


@requires(Act.HANDLE_INCIDENT)
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, slug: str) -> HttpResponse:
    """Let somebody take a shift; first offered: oneself, tonight."""
    team = team_or_404(request, slug)
    require(request.user, Act.HANDLE_INCIDENT, team)
    present = now().replace(minute=0, second=0, microsecond=0)
    initial: dict[str, Any] = {
        "person": request.user.pk, "starts_at": present, "ends_at": present + timedelta(hours=12), "zone": "UTC",
    }  # fmt: skip
    rotations = rotations_of(team)
    form = TakeShiftForm(request.POST or None, initial=initial, rotations=rotations, people=candidates(team))
    if form.is_valid():
        wish = {name: form.cleaned_data[name] for name in ("rotation", "person", "starts_at", "ends_at", "reason")}
        try:
            made = take_shift(user=request.user, **wish)
        except RotationRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{made.person.name} is on call in {made.rotation.name} for that time.")
            return redirect("oncall:team", team.slug)
    context = {"form": form, "team": team, "rotations": rotations}
    return render(request, "oncall/take.html", context, status=422 if form.errors else 200)


@requires(Act.HANDLE_INCIDENT)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a shift back."""
    found = override_for(request.user, pk)
    if found is None:
        raise Http404("There is no such shift.")
    withdraw_override(user=request.user, override=found)
    messages.success(request, f"{found.rotation.name} is back with whose turn it is.")
    return redirect("oncall:team", found.rotation.team.slug)


def _planned(request: HttpRequest, form: PlanForm, team: Team, found: Rotation | None) -> HttpResponse:
    if form.is_valid():
        wish = {"name": found.name if found else ""} | form.cleaned_data
        try:
            made = plan_rotation(user=request.user, team=team, rotation=found, **wish)
        except RotationRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{made.name} is planned from {wish['starts_on']:%-d %B %Y} on.")
            return redirect(reverse("oncall:team", args=[team.slug]))
    context = {"form": form, "team": team, "rotation": found}
    return render(request, "oncall/plan.html", context, status=422 if form.errors else 200)


def _rotation(request: HttpRequest, pk: int) -> Rotation:
    found = rotation_for(request.user, pk)
    if found is None:
        raise Http404("There is no such rotation.")
    return found
