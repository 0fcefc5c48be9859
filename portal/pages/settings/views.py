"""Settings for administrators: what is left to set up, what is in force, systems with their tests, and health."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings as in_force
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.catalog.selectors import systems as all_systems
from portal.core.catalog.selectors import tests_of_systems
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.pages.settings.attesting import attest as state_it
from portal.pages.settings.attesting import try_mail
from portal.pages.settings.effective import effective as settings_in_force
from portal.pages.settings.health import parts
from portal.pages.settings.registry import Stand, Step, steps


@dataclass(frozen=True, slots=True)
class Row:
    """A step as the page shows it."""

    step: Step
    stand: Stand
    url: str

    @classmethod
    def of(cls, step: Step) -> Row:
        """The step as it stands now."""
        args = [step.key] if step.attests else []
        return cls(step, step.look(), reverse(step.url, args=args))


@requires(Act.ADMINISTER)
@require_safe
def checklist(request: HttpRequest) -> HttpResponse:
    """What is left to do before the portal can be relied on; every state is read from the estate."""
    rows = [Row.of(each) for each in steps()]
    context = {"rows": rows, "done": sum(row.stand.done for row in rows)}
    return render(request, "pages/settings/checklist.html", context)


@requires(Act.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def attest(request: HttpRequest, key: str) -> HttpResponse:
    """Ask, then keep in the ledger, that somebody did what the portal cannot see."""
    found = next((each for each in steps() if each.key == key and each.attests), None)
    if found is None or found.attests is None:
        raise Http404("There is no such step to state.")
    if request.method == "POST":
        state_it(user=request.user, step=found)
        messages.success(request, f"“{found.title}”: what you stated is in the ledger.")
        return redirect("settings:checklist")
    return render(request, "pages/settings/attest.html", {"step": found, "about": found.attests()})


@requires(Act.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: HttpRequest) -> HttpResponse:
    """Ask, then send a test message to whoever asks."""
    if request.method == "POST":
        try_mail(user=request.user, site=in_force.BASE_URL)
        messages.success(request, "A test message is on its way to you. This page says when it was handed over.")
        return redirect("settings:checklist")
    return render(request, "pages/settings/mail.html", {"sender": in_force.DEFAULT_FROM_EMAIL})


@requires(Act.ADMINISTER)
@require_safe
def effective(request: HttpRequest) -> HttpResponse:
    """Every setting with whether it is set; keys and passwords are never shown."""
    return render(request, "pages/settings/effective.html", {"settings": settings_in_force()})


@requires(Act.ADMINISTER)
@require_safe
def systems(request: HttpRequest) -> HttpResponse:
    """Every data system with its newest test, and a button for another."""
    tests = tests_of_systems()
    rows = [(each, tests.get(each.name)) for each in all_systems()]
    return render(request, "pages/settings/systems.html", {"rows": rows})


@requires(Act.ADMINISTER)
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether schedule, workers and queue are alive, and what waits in each room."""
    return render(request, "pages/settings/health.html", {"parts": parts()})
