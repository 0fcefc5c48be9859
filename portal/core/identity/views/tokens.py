"""Service tokens, for administrators."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.clock.services import now
from portal.core.identity import selectors, services
from portal.core.identity.access import requires
from portal.core.identity.forms import AssignTokenForm, IssueTokenForm
from portal.core.identity.policies import Act
from portal.core.identity.views.acting import administrator


@requires(Act.ADMINISTER)
@require_GET
def tokens(request: HttpRequest) -> HttpResponse:
    """Every service token with its state."""
    context = {"tokens": selectors.tokens(request.user), "now": now(), "may_administer": True, "here": "tokens"}
    return render(request, "identity/tokens.html", context)


@requires(Act.ADMINISTER)
@never_cache
@require_http_methods(["GET", "POST"])
def issue_token(request: HttpRequest) -> HttpResponse:
    """Issue a token. The answer to the POST is the one page that ever shows it, so it does not redirect."""
    form = IssueTokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        issued, plain = services.issue_token(actor=administrator(request), **form.terms())
        return render(request, "identity/token_issued.html", {"token": issued, "plain": plain}, status=201)
    return render(request, "identity/issue_token.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def assign_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which team a token belongs to."""
    found = selectors.token(request.user, pk)
    if found is None:
        raise Http404("There is no such token.")
    form = AssignTokenForm(request.POST or None, initial={"team": found.owner_team_id})
    if request.method == "POST" and form.is_valid():
        team = form.cleaned_data["team"]
        services.assign_token(actor=administrator(request), token=found, team=team)
        messages.success(request, f"The token {found.name} belongs to {team or 'nobody'} now.")
        return redirect("identity:tokens")
    context = {"token": found, "form": form}
    return render(request, "identity/assign_token.html", context, status=422 if form.errors else 200)


@requires(Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Check, then revoke a token."""
    found = selectors.token(request.user, pk)
    if found is None:
        raise Http404("There is no such token.")
    if request.method == "POST":
        services.revoke_token(actor=administrator(request), token=found)
        messages.success(request, f"The token {found.name} was revoked and is refused from now on.")
        return redirect("identity:tokens")
    return render(request, "identity/revoke_token.html", {"token": found})
