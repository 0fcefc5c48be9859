"""The list of incidents, by the filters of its URL."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may

from .. import selectors
from ..forms import IncidentsForm
from ..selectors.places import choices

PAGE = 50


@requires(Act.READ)
@require_GET
def incidents(request: HttpRequest) -> HttpResponse:
    """Those that are open, the newest first, or what the filters ask for."""
    offered = choices()
    form = IncidentsForm(request.GET or {}, kinds=offered["kinds"], teams=offered["teams"])
    asked = form.chosen()
    page = Paginator(selectors.incidents(request.user, asked=asked), PAGE).get_page(request.GET.get("page"))
    present = now()
    context = {
        "form": form,
        "page": page,
        "rows": [(each, (each.resolved_at or present) - each.fired_at) for each in page],
        "asked": asked | {"state": asked["state"] or "open"},
        "filtered": any(asked.values()),
        "mine": may(request.user, Act.HANDLE_INCIDENT),
    }
    return render(request, "slo_app/incidents.html", context)
