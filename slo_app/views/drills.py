"""The pages of fire drills: which teams are due, starting one, and its progress."""

from __future__ import annotations

from celery import signature
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.clock.beat import wake
from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from portal.core.oncall.selectors import on_call_of
from portal.core.web.idempotency import key_of

from .. import services
from ..domain.drill import SOON
from ..selectors.drills import drill_for, drills, steps_of, team_drills
from ..selectors.silences import in_force, teams_to_silence
from ..services.drills import DrillRefused

PAGE = 50


@requires(Act.READ)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Each team with its last drill and when the next is due, then every drill."""
    present = now()
    page = Paginator(drills(request.user), PAGE).get_page(request.GET.get("page"))
    context = {
        "teams": team_drills(),
        "page": page,
        "now": present,
        "soon": present + SOON,
        "may_drill": may(request.user, Act.HANDLE_INCIDENT),
    }
    return render(request, "slo_app/drills.html", context)


@requires(Act.READ)
@require_GET
def drill(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a drill is; polled while it runs."""
    found = drill_for(request.user, pk)
    context = {"drill": found, "steps": steps_of(found), "word": found.state[0], "mark": found.state[1]}
    name = "_partials/drill_state.html" if request.htmx else "drill.html"
    return render(request, f"slo_app/{name}", context)


@requires(Act.HANDLE_INCIDENT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Say whom it will page, then start it."""
    teams = {team.slug: team for team in teams_to_silence(request.user)}
    slug = request.POST.get("team") or request.GET.get("team") or (next(iter(teams)) if len(teams) == 1 else "")
    team = teams.get(slug)
    if team is None and slug:
        raise Http404("You handle no incidents of this team.")
    if request.method == "POST" and team is not None:
        try:
            started = services.start_drill(user=request.user, team=team, key=key_of(request))
        except DrillRefused as refused:
            messages.error(request, str(refused))
            return redirect("slos:drills")
        wake(signature("slo_app.tick"))
        messages.success(request, f"{started} has started. Whoever is on call is paged within about a minute.")
        return redirect(started)
    present = now()
    context = {
        "team": team,
        "teams": list(teams.values()),
        "people": on_call_of(team, present) if team else [],
        "silences": in_force(present).filter(team=team) if team else [],
    }
    return render(request, "slo_app/drill_new.html", context)
