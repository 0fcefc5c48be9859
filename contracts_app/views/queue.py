"""The approval queue: everything on its way into force, what it waits for and for whom."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts_app import selectors
from contracts_app.states import state_of
from portal.core.identity.access import requires
from portal.core.identity.policies import Act

PAGE = 25
STATES = (("proposed", "Proposed"), ("scheduled", "Scheduled"))


@require_GET
@requires(Act.READ)
def approval_queue(request: HttpRequest) -> HttpResponse:
    """Oldest proposal first; the filters are in the address."""
    asked = {key: request.GET.get(key, "").strip() for key in ("mine", "team", "state", "waits")}
    found = selectors.approval_queue(
        request.user, mine=asked["mine"] == "1", team=asked["team"], state=asked["state"], waits_for=asked["waits"]
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, *state_of(one.version)) for one in selectors.standing_in_queue(request.user, page)],
        "asked": asked,
        "filtered": any(asked.values()),
        "states": STATES,
        "groups": selectors.GROUPS.items(),
        "teams": selectors.owning_teams(),
    }
    return render(request, "contracts_app/queue.html", context)
