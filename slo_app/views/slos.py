"""The board and the page of one SLO."""

from __future__ import annotations

from celery import signature
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from portal.core.clock.beat import wake
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may

from .. import selectors, services
from ..forms import BoardForm
from ..forms.runbooks import ChoiceForm
from ..selectors.places import choices

PAGE = 15


@requires(Act.READ)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Every SLO with what it reads now, the worst first."""
    form = BoardForm(request.GET or {}, **choices())
    filters = form.chosen()
    found = selectors.board(request.user, **filters)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "total": found.total,
        "page": page,
        "shown": selectors.shown_rows(page),
        "filtered": any(value for name, value in filters.items() if name != "group"),
        "on_target": found.on_target,
        "may_set": may(request.user, Act.SET_SLO),
        "firing": found.firing,
    }
    return render(request, "slo_app/board.html", context)


@requires(Act.READ)
@require_GET
def slo(request: HttpRequest, pk: int) -> HttpResponse:
    """What one SLO promises, reads, and who looks after it."""
    found = selectors.slo_for(request.user, pk)
    page = selectors.slo_page(request.user, found, whole=request.GET.get("span") == "whole")
    may_handle = may(request.user, Act.HANDLE_INCIDENT, found)
    may_set = may(request.user, Act.SET_SLO, found.asset)
    context = {"slo": found, "page": page, "row": page.row, "may_handle": may_handle, "may_set": may_set}
    if may_handle:
        context["runbook_form"] = ChoiceForm(initial={"runbook": found.runbook_document and found.runbook_document.key})
    return render(request, "slo_app/slo.html", context)


@requires(Act.HANDLE_INCIDENT)
@require_POST
def probe(request: HttpRequest, pk: int) -> HttpResponse:
    """Measure as soon as a worker is free."""
    found = selectors.slo_for(request.user, pk)
    services.ask_for_probe(user=request.user, slo=found)
    wake(signature("slo_app.tick"))
    messages.info(request, "A probe is on its way; this page shows it within seconds.")
    return redirect(found)
