"""Claiming a dataset: it becomes an asset of one's own team."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lineage_app.forms import AdoptForm
from lineage_app.services import adopt
from lineage_app.views.explorer import dataset_or_404
from portal.core.identity.access import requires
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act
from portal.core.identity.roles import Role
from portal.core.identity.selectors import teams


@requires(Act.WRITE_CONTRACT)
@require_http_methods(["GET", "POST"])
def adoption(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what the catalog must know, then make the asset; doing it twice changes nothing."""
    dataset = dataset_or_404(pk)
    if dataset.asset:
        return redirect(dataset.asset.get_absolute_url())
    own = _own_teams(request)
    first = {"kind": dataset.kind, "layer": dataset.layer, "team": own.first() if own.count() == 1 else None}
    form = AdoptForm(request.POST or None, teams=own, initial=first)
    if request.method == "POST" and form.is_valid():
        asset = adopt(actor=actor_of(request.user), dataset=dataset, **form.cleaned_data)
        return redirect(asset.get_absolute_url())
    status = 422 if request.method == "POST" else 200
    return render(request, "lineage_app/adopt.html", {"dataset": dataset, "form": form}, status=status)


def _own_teams(request: HttpRequest) -> QuerySet:
    """Return the teams in whose name the person may write contracts."""
    writers = (Role.OWNER, Role.CONTRIBUTOR)
    return teams(request.user).filter(pk__in=[team for role, team in request.user.grants() if role in writers and team])
