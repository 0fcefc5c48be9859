"""Following contracts: what one follows, for oneself or a team, and leaving off."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from contracts_app import selectors, services
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.identity.selectors import teams

WHAT = (
    ("owned_by", "Every contract of a team"),
    ("upstream_of", "Every contract that feeds a team's assets, as lineage has seen it"),
)


@require_http_methods(["GET", "POST"])
@requires(Act.READ)
def subscriptions(request: HttpRequest) -> HttpResponse:
    """What I and my teams follow, and a form to follow more."""
    if request.method == "GET":
        return _page(request)
    known = {str(team.pk): team for team in teams(request.user)}
    team, what = known.get(request.POST.get("team", "")), request.POST.get("what", "")
    if team is None or what not in dict(WHAT):
        return _page(request, ["Choose what to follow, and of which team."])
    return _subscribe(request, known.get(request.POST.get("for", "")), **{what: team})


@require_POST
@requires(Act.READ)
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow one contract."""
    contract = selectors.contract_for(request.user, pk)
    known = {str(team.pk): team for team in teams(request.user)}
    answer = _subscribe(request, known.get(request.POST.get("for", "")), contract=contract)
    return answer if answer.status_code == 422 else redirect(f"{contract.get_absolute_url()}?tab=life")


@require_POST
@requires(Act.READ)
def unfollow(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop following."""
    subscription = selectors.subscription_of(request.user, pk)
    if subscription is None:
        raise Http404("There is no such subscription of yours.")
    services.unsubscribe(user=request.user, subscription=subscription)
    return redirect("contracts:subscriptions")


def _subscribe(request: HttpRequest, for_team: Any, **subject: Any) -> HttpResponse:
    try:
        services.subscribe(user=request.user, for_team=for_team, **subject)
    except services.Refused as refused:
        return _page(request, refused.reasons)
    return redirect("contracts:subscriptions")


def _page(request: HttpRequest, problems: list[str] | None = None) -> HttpResponse:
    mine = set(selectors.teams_of(request.user))
    every = list(teams(request.user))
    context = {
        "subscriptions": selectors.subscriptions_of(request.user),
        "teams": every,
        "own_teams": [team for team in every if team.pk in mine],
        "what": WHAT,
        "typed": request.POST,
        "problems": problems or [],
    }
    return render(request, "contracts_app/subscriptions.html", context, status=422 if problems else 200)
