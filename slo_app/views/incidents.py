"""The incident page and what people do on it."""

from __future__ import annotations

import hashlib
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
from ..forms import AcknowledgeForm, PostmortemForm, ResolveForm, SilenceForm
from ..models import Incident
from ..selectors.incidents import chart_around, draft_of, followers_of, precedents_of, row_of, timeline_of
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
    """The part of the page that changes by itself, polled; 204 where what the reader sees is still so.

    Nothing is swapped then, so that nobody loses their place. Without htmx, the whole page.
    """
    found = selectors.incident_for(request.user, pk)
    if not request.htmx:
        return _page(request, found)
    facts = _facts(request, found)
    if request.GET.get("seen") == facts["mark"]:
        return HttpResponse(status=204)
    return render(request, "slo_app/_partials/incident_state.html", facts)


@requires(Act.HANDLE_INCIDENT)
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it on, for good or for some time, and go to the runbook."""
    found = selectors.incident_for(request.user, pk)
    form = AcknowledgeForm(request.POST)
    try:
        services.acknowledge(user=request.user, incident=found, length=form.length)
        messages.success(request, f"You took on {found.number}. The runbook is below.")
    except IncidentError as error:
        messages.error(request, str(error))
        return redirect(found)
    return redirect(f"{found.get_absolute_url()}#runbook")


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
    return redirect(f"{found.get_absolute_url()}#{_next_step(found, number)}")


def _next_step(found: Incident, number: int) -> str:
    """Where a keyboard goes on: the step after, or the runbook's end."""
    return f"step-{number + 1}" if number + 1 < len(found.runbook) else "runbook-done"


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
    facts = _facts(request, found)
    blank: dict[str, Any] = {
        "acknowledge_form": AcknowledgeForm(),
        "silence_form": SilenceForm(prefix="silence"),
        "resolve_form": ResolveForm(prefix="resolve"),
        "postmortem_form": PostmortemForm(prefix="postmortem", initial={"text": draft_of(found, facts["timeline"])}),
    }
    related = {"precedents": precedents_of(found), "followers": followers_of(found)}
    chart = {"chart": chart_around(found, facts["now"]), "row": row_of(found.slo)}
    return render(request, "slo_app/incident.html", blank | forms | facts | related | chart, status=status)


def _facts(request: HttpRequest, found: Incident) -> dict[str, Any]:
    present = now()
    ticks = {tick.step: tick for tick in found.ticks.select_related("person")}
    facts = {
        "incident": found,
        "slo": found.slo,
        "timeline": timeline_of(found),
        "steps": [(n, each, ticks.get(n)) for n, each in enumerate(found.runbook)],
        "to_acknowledge": (found.first_acknowledged_at or found.resolved_at or present) - found.fired_at,
        "to_resolve": (found.resolved_at or present) - found.fired_at,
        "silence": None if found.resolved_at else silence_over(found, present),
        "may_handle": may(request.user, Act.HANDLE_INCIDENT, found),
        "now": present,
    }
    return facts | {"mark": _mark(facts)}


def _mark(facts: dict[str, Any]) -> str:
    """What tells one state of the page from the next; the minute is in it, since the clocks show it."""
    lines = [(line.text, line.word) for line in facts["timeline"]]
    shown = (lines, str(facts["silence"]), sorted(n for n, _, tick in facts["steps"] if tick), f"{facts['now']:%H%M}")
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
