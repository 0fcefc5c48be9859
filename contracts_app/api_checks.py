"""What pipelines ask of contract tests: test the version in force, and what a run found."""

from __future__ import annotations

from celery import signature
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from contracts_app import selectors, services
from contracts_app.models import Trigger
from portal.core.clock.beat import wake
from portal.core.identity.access import token_scope
from portal.core.web.problems import problem


@token_scope("contracts:test")
@require_POST
def test(_request: HttpRequest, name: str) -> HttpResponse:
    """Queue a test of the version in force; 202 with the run and where its result will stand."""
    version = selectors.active_by_name(name)
    if version is None:
        return problem(
            404, "No active version", f"No version of a contract named {name!r} is in force. Sign one first."
        )
    run = services.queue_test(version, trigger=Trigger.MACHINE)
    wake(signature("contracts_app.run_test"), run.pk)
    where = reverse("api:contracts-test-run", args=[name, run.pk])
    return JsonResponse({"run": run.pk, "state": run.state, "url": where}, status=202, headers={"Location": where})


@token_scope("contracts:read")
@require_GET
def latest(_request: HttpRequest, name: str) -> HttpResponse:
    """The newest run of a contract, finished or not."""
    return _shown(name, None)


@token_scope("contracts:read")
@require_GET
def run(_request: HttpRequest, name: str, number: int) -> HttpResponse:
    """One run: its state, and once it is finished every result as counts and sentences."""
    return _shown(name, number)


def _shown(name: str, number: int | None) -> HttpResponse:
    found = selectors.run_named(name, number)
    if found is None:
        return problem(404, "No such test", f"The contract {name!r} has no such test run. Ask for one first.")
    return JsonResponse(selectors.run_as_json(found))
