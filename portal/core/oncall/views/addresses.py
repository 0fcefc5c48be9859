"""The addresses of a team: add, remove, and a test whose result is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.catalog.models import TeamAddress
from portal.core.identity.access import requires
from portal.core.identity.models import Team
from portal.core.identity.policies import Act, require
from portal.core.notify.registry import channels

from ..forms import AddressForm
from ..selectors.addresses import address_for, places_of, tested
from ..services import addresses as services
from .board import team_or_404


@requires(Act.KEEP_ROTA)
@require_http_methods(["GET", "POST"])
def addresses(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the team is told, and a form for one more."""
    team = _team(request, slug)
    form = AddressForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.add_address(user=request.user, team=team, **form.cleaned_data)
        except services.AddressRefused as refused:
            form.add_error("text", str(refused))
        else:
            messages.success(request, f"{made.label} is set. Send a test, to see that it arrives.")
            return redirect("oncall:addresses", team.slug)
    return _page(request, team, form=form)


@requires(Act.KEEP_ROTA)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an address away."""
    found = _address(request, pk)
    services.remove_address(user=request.user, address=found)
    messages.success(request, "The address is removed: nobody is told there any more.")
    return redirect("oncall:addresses", found.team.slug)


@requires(Act.KEEP_ROTA)
@require_POST
def send_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test, and go to where its result is shown."""
    key = services.send_test(user=request.user, address=_address(request, pk))
    return redirect(reverse("oncall:test", args=[pk, key.split(":")[2]]))


@requires(Act.KEEP_ROTA)
@require_GET
def test(request: HttpRequest, pk: int, mark: str) -> HttpResponse:
    """What became of a test, polled until it is known."""
    found = _address(request, pk)
    outcome = tested(found, mark)
    if outcome is None:
        raise Http404("There was no such test.")
    context = {"address": found, "outcome": outcome, "mark": mark}
    if request.htmx:
        return render(request, "oncall/_partials/test_result.html", context)
    return render(request, "oncall/test.html", context)


@requires(Act.KEEP_ROTA)
@never_cache
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the key that signs to a webhook without a secret of its own."""
    found = _address(request, pk)
    try:
        key = services.signing_key(user=request.user, address=found)
    except services.AddressRefused as refused:
        messages.error(request, str(refused))
        return redirect("oncall:addresses", found.team.slug)
    return _page(request, found.team, form=AddressForm(), key=key, key_of=found)


def _page(request: HttpRequest, team: Team, *, form: AddressForm, **more: Any) -> HttpResponse:
    context = {"team": team, "places": places_of(team), "form": form, "ways": channels(), **more}
    return render(request, "oncall/addresses.html", context, status=422 if form.errors else 200)


def _team(request: HttpRequest, slug: str) -> Team:
    team = team_or_404(request, slug)
    require(request.user, Act.KEEP_ROTA, team)
    return team


def _address(request: HttpRequest, pk: int) -> TeamAddress:
    found = address_for(request.user, pk)
    if found is None:
        raise Http404("There is no such address.")
    require(request.user, Act.KEEP_ROTA, found)
    return found
