"""The ladder of a team: who is told first, who next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, require

from ..forms import LadderForm
from ..forms.ladder import value_of
from ..selectors.boards import candidates
from ..selectors.rosters import Roster, roster
from ..selectors.rotations import rotations_of
from ..services.ladders import LadderRefused, set_ladder
from .board import team_or_404


@requires(Act.KEEP_ROTA)
@require_http_methods(["GET", "POST"])
def ladder(request: HttpRequest, slug: str) -> HttpResponse:
    """Set the levels; all of them empty: the usual ladder holds again."""
    team = team_or_404(request, slug)
    require(request.user, Act.KEEP_ROTA, team)
    initial = _present(roster(team, now()))
    form = LadderForm(request.POST or None, initial=initial, rotations=rotations_of(team), people=candidates(team))
    if form.is_valid():
        try:
            set_ladder(user=request.user, team=team, rungs=form.rungs(), repeats=form.cleaned_data["repeats"])
        except LadderRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The levels are set. Pages that are open climb on along them.")
            return redirect("oncall:team", team.slug)
    return render(request, "oncall/ladder.html", {"form": form, "team": team}, status=422 if form.errors else 200)


def _present(known: Roster) -> dict[str, Any]:
    found: dict[str, Any] = {"repeats": known.repeats}
    for place, level in enumerate(known.levels, 1):
        found |= {f"who_{place}": value_of(level), f"wait_{place}": int(level.wait.total_seconds() // 60)}
    return found
