"""Claiming datasets: as assets of one's own team, one or many, or as another name of an asset that is there."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lineage_app.forms.names import AdoptForm, ClaimForm
from lineage_app.selectors import adoption as claims
from lineage_app.services import adopt
from lineage_app.services.adoption import AliasRefused, adopt_many, link_to_asset, may_link
from lineage_app.views.explorer import dataset_or_404
from portal.core.identity.access import requires
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act
from portal.core.identity.roles import Role
from portal.core.identity.selectors import teams

SHOWN = 50


@requires(Act.WRITE_CONTRACT)
@require_http_methods(["GET", "POST"])
def adoption(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what the catalog must know, then make the asset; doing it twice changes nothing."""
    dataset = dataset_or_404(pk)
    if dataset.asset:
        return redirect(dataset.asset.get_absolute_url())
    alike = [(asset, may_link(request.user, asset)) for asset in claims.similar_assets(dataset)]
    if request.method == "POST" and "asset" in request.POST:
        return _link(request, dataset, [asset for asset, allowed in alike if allowed])
    own = _own_teams(request)
    first = {"kind": dataset.kind, "layer": dataset.layer, "team": own.first() if own.count() == 1 else None}
    form = AdoptForm(request.POST or None, teams=own, initial=first)
    if request.method == "POST" and form.is_valid():
        asset = adopt(actor=actor_of(request.user), dataset=dataset, **form.cleaned_data)
        return redirect(asset.get_absolute_url())
    context = {"dataset": dataset, "form": form, "alike": alike}
    return render(request, "lineage_app/adopt.html", context, status=422 if request.method == "POST" else 200)


@requires(Act.WRITE_CONTRACT)
@require_http_methods(["GET", "POST"])
def claiming(request: HttpRequest) -> HttpResponse:
    """List what nobody has claimed and claim what is ticked, with the kinds and layers that the rules give."""
    text = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    found = Paginator(claims.claimable(text), SHOWN).get_page(request.GET.get("page"))
    form = ClaimForm(request.POST or None, teams=_own_teams(request), datasets=claims.claimable(""))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        count = adopt_many(actor=actor_of(request.user), datasets=asked["datasets"], team=asked["team"])
        messages.success(request, f"{count} dataset{'' if count == 1 else 's'} claimed for {asked['team'].name}.")
        return redirect(request.get_full_path())
    context = {"form": form, "found": found, "q": text, "ticked": set(request.POST.getlist("datasets"))}
    return render(request, "lineage_app/claim.html", context, status=422 if form.errors else 200)


def _link(request: HttpRequest, dataset: Any, allowed: list[Any]) -> HttpResponse:
    """Link the dataset to the asset that was chosen among those offered."""
    asset = next((each for each in allowed if str(each.pk) == request.POST["asset"]), None)
    if asset is None:
        messages.error(request, "That asset is not offered for this dataset: choose one of the list.")
        return redirect("lineage:adopt", pk=dataset.pk)
    try:
        link_to_asset(user=request.user, dataset=dataset, asset=asset)
    except (AliasRefused, ValidationError) as refused:
        said = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
        messages.error(request, " ".join(said))
        return redirect("lineage:adopt", pk=dataset.pk)
    messages.success(request, f"{dataset.name} is {asset} now, under another name.")
    return redirect(asset.get_absolute_url())


def _own_teams(request: HttpRequest) -> QuerySet:
    """Return the teams in whose name the person may write contracts."""
    writers = (Role.OWNER, Role.CONTRIBUTOR)
    return teams(request.user).filter(pk__in=[team for role, team in request.user.grants() if role in writers and team])
