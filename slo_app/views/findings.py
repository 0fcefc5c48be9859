"""Findings about persons' data, and attesting that a system is encrypted at rest."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.catalog import selectors as catalog
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from portal.core.web.idempotency import key_of

from ..findings.base import kinds
from ..forms.findings import AttestForm, FindingsForm
from ..selectors import findings as selectors
from ..services import findings as services

PAGE = 50


@requires(Act.READ)
@require_GET
def findings(request: HttpRequest) -> HttpResponse:
    """Every promise about persons' data that a contract in force makes, the broken ones first."""
    form = FindingsForm(request.GET or {}, **selectors.finding_choices())
    chosen = form.chosen()
    found = selectors.findings(request.user, **chosen)
    context = {
        "form": form,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "filtered": any(chosen.values()),
        "open": selectors.broken().count(),
        "kinds": kinds().values(),
        "systems": list(catalog.systems()),
        "attestations": list(selectors.attestations()[:PAGE]),
        "may_attest": may(request.user, Act.ADMINISTER),
        "may_look": may(request.user, Act.SIGN_PRIVACY),
    }
    return render(request, "slo_app/findings.html", context)


@requires(Act.SIGN_PRIVACY)
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Look again, now."""
    found = selectors.finding_for(request.user, pk)
    services.look_now(user=request.user, finding=found)
    messages.info(request, f"{found.asset} was looked at again.")
    return redirect("slos:findings")


@requires(Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def attest(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a system is encrypted at rest, and how."""
    system = get_object_or_404(catalog.systems(), pk=pk)
    form = AttestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.attest(user=request.user, system=system, key=key_of(request), **form.cleaned_data)
        except services.FindingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{made.system} is attested as encrypted at rest. The next look takes it in.")
            return redirect("slos:findings")
    context = {"form": form, "system": system}
    return render(request, "slo_app/attest.html", context, status=422 if form.errors else 200)
