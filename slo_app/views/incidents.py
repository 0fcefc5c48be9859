"""The incident page and what people do on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may

from .. import selectors, services
from ..forms import PostmortemForm, ResolveForm, SilenceForm
from ..models import Incident
from ..selectors.silences import silence_over
from ..services.incidents import IncidentError
from ..services.silences import SilenceRefused


@requires(Act.READ)
@require_GET
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """One incident: its clocks, its timeline, the runbook, and what can be done."""
    return _page(request, selectors.incident_for(request.user, pk))


@requires(Act.READ)
@require_GET
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes by itself, polled; without htmx, the whole page."""
    found = selectors.incident_for(request.user, pk)
    if not request.htmx:
        return _page(request, found)
    return render(request, "slo_app/_partials/incident_state.html", _facts(request, found))


@requires(Act.HANDLE_INCIDENT)
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it on."""
    found = selectors.incident_for(request.user, pk)
    try:
        services.acknowledge(user=request.user, incident=found)
        messages.success(request, f"You took on {found.number}. The runbook is below.")
    except IncidentError as error:
        messages.error(request, str(error))
    return redirect(found)


@requires(Act.HANDLE_INCIDENT)
@require_POST
def silence(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold notices back until an end."""
    form = SilenceForm(request.POST, prefix="silence")

    def act(found: Incident) -> None:
        until = now() + form.length
        services.silence_incident(user=request.user, incident=found, until=until, reason=form.cleaned_data["reason"])

    return _submit(request, pk, form, "silence_form", act)


@requires(Act.HANDLE_INCIDENT)
@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it with its cause."""
    form = ResolveForm(request.POST, prefix="resolve")

    def act(found: Incident) -> None:
        services.resolve(user=request.user, incident=found, cause=form.cleaned_data["cause"])

    return _submit(request, pk, form, "resolve_form", act)


@requires(Act.HANDLE_INCIDENT)
@require_POST
def postmortem(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was learnt."""
    form = PostmortemForm(request.POST, prefix="postmortem")

    def act(found: Incident) -> None:
        services.write_postmortem(user=request.user, incident=found, text=form.cleaned_data["text"])

    return _submit(request, pk, form, "postmortem_form", act)


@requires(Act.HANDLE_INCIDENT)
@require_POST
def step(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Tick a step of the runbook off, or take the tick back."""
    found = selectors.incident_for(request.user, pk)
    try:
        done = request.POST.get("done") == "yes"
        services.tick_step(user=request.user, incident=found, step=number, done=done)
    except IncidentError as error:
        messages.error(request, str(error))
    return redirect(f"{found.get_absolute_url()}#runbook")


def _submit(request: HttpRequest, pk: int, form: Form, name: str, act: Callable[[Incident], None]) -> HttpResponse:
    """Do what a form asks, or show the page again with what is wrong with it."""
    found = selectors.incident_for(request.user, pk)
    if form.is_valid():
        try:
            act(found)
            return redirect(found)
        except (IncidentError, SilenceRefused) as error:
            form.add_error(None, str(error))
    return _page(request, found, status=422, **{name: form})


def _page(request: HttpRequest, found: Incident, status: int = 200, **forms: Form) -> HttpResponse:
    blank: dict[str, Any] = {
        "silence_form": SilenceForm(prefix="silence"),
        "resolve_form": ResolveForm(prefix="resolve"),
        "postmortem_form": PostmortemForm(prefix="postmortem"),
    }
    return render(request, "slo_app/incident.html", blank | forms | _facts(request, found), status=status)


def _facts(request: HttpRequest, found: Incident) -> dict[str, Any]:
    present = now()
    ticks = {tick.step: tick for tick in found.ticks.select_related("person")}
    return {
        "incident": found,
        "slo": found.slo,
        "timeline": found.timeline.select_related("person"),
        "steps": [(n, each, ticks.get(n)) for n, each in enumerate(found.runbook)],
        "to_acknowledge": (found.acknowledged_at or found.resolved_at or present) - found.fired_at,
        "to_resolve": (found.resolved_at or present) - found.fired_at,
        "silence": None if found.resolved_at else silence_over(found, present),
        "may_handle": may(request.user, Act.HANDLE_INCIDENT, found),
        "now": present,
    }
