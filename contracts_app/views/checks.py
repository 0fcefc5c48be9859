"""Testing a contract on its live data: asking for a run, watching it, and the page with every result."""

from __future__ import annotations

from celery import signature
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from contracts_app import selectors, services
from contracts_app.domain.checks.outcome import Kind, Outcome
from contracts_app.states import OUTCOME_KINDS, counts_of_run, state_of_run
from portal.core.clock.beat import wake
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.web.idempotency import key_of

PAGE = 100


@require_POST
@requires(Act.WRITE_CONTRACT, Act.HANDLE_INCIDENT)
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a run, then show it; a run that is open already is shown instead."""
    version = selectors.version_for(request.user, pk)
    run = services.ask_for_test(user=request.user, version=version, key=key_of(request))
    wake(signature("contracts_app.run_test"), run.pk)
    return redirect(run)


@require_POST
@requires(Act.WRITE_CONTRACT, Act.HANDLE_INCIDENT)
def readiness(request: HttpRequest, pk: int) -> HttpResponse:
    """Have live data looked at now for a version that waits for force, and show where the answers will stand."""
    version = selectors.version_for(request.user, pk)
    try:
        services.ask_readiness(user=request.user, version=version)
    except services.Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"{version.get_absolute_url()}&tab=tests")


@require_GET
@requires(Act.READ)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: how far it is, or everything it found."""
    found = selectors.run_for(request.user, pk)
    word, kind = state_of_run(found)
    asked = {key: request.GET.get(key, "") for key in ("state", "kind")}
    page = Paginator(selectors.results_of(found, **asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "run": found,
        "version": found.version,
        "contract": found.version.contract,
        "word": word,
        "kind": kind,
        "page": page,
        "rows": [(each, OUTCOME_KINDS[Outcome(each.state)]) for each in page],
        "asked": asked,
        "counts": counts_of_run(found),
        "states": [each.value for each in Outcome],
        "kinds": [each.value for each in Kind],
        "may_test": selectors.may_test(request.user, found.version),
    }
    return render(request, "contracts_app/test_run.html", context)
