"""Who is hit: everything up- or downstream of a dataset with distance and path, as a table and as CSV; and its
columns.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.forms import ViewForm, view_form
from lineage_app.selectors import lists
from lineage_app.selectors.closure import Hop, reach_of
from lineage_app.selectors.horizon import horizon
from lineage_app.views.explorer import dataset_or_404
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.web.spreadsheets import csv_answer

COLUMNS_SHOWN = 500
_CSV_HEAD = ("namespace", "name", "kind", "layer", "owner", "tier", "distance", "path")


@requires(Act.READ)
@require_GET
def impact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything that is reached, nearest first."""
    focus, form, down, hops = _reached(request, pk)
    context = {
        "dataset": focus,
        "form": form,
        "down": down,
        "hops": hops,
        "horizon": horizon(),
        "query": request.GET.urlencode(),
    }
    return render(request, "lineage_app/impact.html", context, status=422 if form.errors else 200)


@requires(Act.READ)
@require_GET
def impact_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the same list as CSV; a cell that a spreadsheet would take for a formula gets a quote in front."""
    focus, _, down, hops = _reached(request, pk)
    word = "downstream" if down else "upstream"
    return csv_answer(f"{word}-of-dataset-{focus.pk}.csv", _CSV_HEAD, (_cells(hop) for hop in hops))


@requires(Act.READ)
@require_GET
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the column links into and out of a dataset."""
    focus = dataset_or_404(pk)
    links = lists.columns_of(focus)
    context = {"dataset": focus, "links": links[:COLUMNS_SHOWN], "total": links.count()}
    return render(request, "lineage_app/columns.html", context)


def _reached(request: HttpRequest, pk: int) -> tuple[Any, ViewForm, bool, list[Hop]]:
    focus = dataset_or_404(pk)
    form = view_form(request.GET)
    down = request.GET.get("direction") != "up"
    return focus, form, down, reach_of(focus, down=down, as_of=form.view().as_of)


def _cells(hop: Hop) -> tuple[Any, ...]:
    asset, row = hop.asset, hop.dataset
    owner = asset.owner_team.name if asset and asset.owner_team else ""
    kind, layer = (asset and asset.kind) or row.kind, (asset and asset.layer) or row.layer
    return row.namespace, row.name, kind, layer, owner, asset.tier if asset else "", hop.distance, " > ".join(hop.path)
