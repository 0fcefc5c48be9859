"""Teams and the roles that people hold: read by everybody, changed by administrators."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.identity import selectors, services
from portal.core.identity.access import requires
from portal.core.identity.forms import AddTeamForm, GiveRoleForm
from portal.core.identity.models import Membership
from portal.core.identity.policies import Act, may
from portal.core.identity.roles import Role
from portal.core.identity.views.acting import administrator


@requires(Act.READ)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Teams, and who holds a role for the whole organisation."""
    context = {
        "teams": selectors.teams(request.user),
        "organisation_roles": selectors.roles_in(request.user, None),
        "may_administer": may(request.user, Act.ADMINISTER),
        "here": "teams",
    }
    return render(request, "identity/people.html", context)


@requires(Act.READ)
@require_GET
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """One team and the roles held in it."""
    found = selectors.team_named(request.user, slug)
    if found is None:
        raise Http404("No team has this short name.")
    context = {
        "team": found,
        "memberships": selectors.roles_in(request.user, found),
        "may_administer": may(request.user, Act.ADMINISTER),
    }
    return render(request, "identity/team.html", context)


@requires(Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def add_team(request: HttpRequest) -> HttpResponse:
    """Add a team."""
    form = AddTeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = services.add_team(actor=administrator(request), **form.cleaned_data)
        messages.success(request, f"The team {added.name} was added. Give somebody a role in it.")
        return redirect(added)
    return render(request, "identity/add_team.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def give_role(request: HttpRequest) -> HttpResponse:
    """Give somebody a role; `?team=` and `?user=` choose beforehand."""
    form = GiveRoleForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            given = services.give_role(actor=administrator(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("team", error)
        else:
            messages.success(request, f"{given}.")
            return redirect(_home_of(given))
    return render(request, "identity/give_role.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def take_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Check, then take a role back."""
    held = selectors.membership(request.user, pk)
    if held is None:
        raise Http404("Nobody holds this role any more.")
    refused = ""
    if request.method == "POST":
        try:
            services.take_role(actor=administrator(request), membership=held)
        except ValidationError as error:
            refused = str(error.message)
        else:
            messages.success(request, f"{held.user} is no longer {Role(held.role).label}.")
            return redirect(_home_of(held))
    context = {"membership": held, "refused": refused, "home": _home_of(held)}
    return render(request, "identity/take_role.html", context, status=422 if refused else 200)


def _home_of(held: Membership) -> str:
    return held.team.get_absolute_url() if held.team else "/people/"
