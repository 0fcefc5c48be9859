"""Who is on call: over all teams, and one team with its weeks to come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.models import Team
from portal.core.identity.policies import Act, may
from portal.core.identity.selectors import team_named

from ..selectors.boards import calendars, duties, duty_of, overrides_of, teams_with_duty
from ..selectors.pages import open_pages
from ..selectors.rosters import roster

PAGE = 15
A_WEEK = timedelta(days=8)


@requires(Act.READ)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Every team: who is on call now and next, what is wrong, and the pages that are open."""
    page = Paginator(teams_with_duty(request.user), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "duties": duties(request.user, list(page), now()),
        "may_administer": may(request.user, Act.ADMINISTER),
    }
    return render(request, "oncall/board.html", context)


@requires(Act.READ)
@require_GET
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """One team: its levels now and next, its weeks to come as a picture and a table, its overrides and findings."""
    found, present = team_or_404(request, slug), now()
    known = roster(found, present - A_WEEK)
    context: dict[str, Any] = {
        "team": found,
        "duty": duty_of(known, present, list(open_pages(request.user, [found.pk]))),
        "repeats": known.repeats,
        "calendars": calendars(known, present),
        "overrides": overrides_of(known, present),
        "may_keep": may(request.user, Act.KEEP_ROTA, found),
        "may_take": may(request.user, Act.HANDLE_INCIDENT, found),
    }
    return render(request, "oncall/team.html", context)


def team_or_404(request: HttpRequest, slug: str) -> Team:
    """The team of that short name."""
    found = team_named(request.user, slug)
    if found is None:
        raise Http404("No team has this short name.")
    return found
