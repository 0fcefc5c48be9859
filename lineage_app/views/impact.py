"""Who is hit: everything up- or downstream of a dataset with distance and path, as a table and as CSV."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.forms.explorer import ImpactForm
from lineage_app.models import Dataset
from lineage_app.selectors.horizon import before_horizon, horizon
from lineage_app.selectors.impacted import Impact, impact_of, readers_of
from lineage_app.selectors.lifecycle import endings
from lineage_app.views.explorer import dataset_or_404
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.web.spreadsheets import csv_answer

SHOWN = 100
_CSV_HEAD = ("namespace", "name", "kind", "layer", "owner", "tier", "distance", "path")


@requires(Act.READ)
@require_GET
def impact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything that is reached, nearest first, by layer and owner, and the jobs that only read it."""
    focus, form, found = _reached(request, pk)
    page = Paginator(found.hits, SHOWN).get_page(request.GET.get("page"))
    moment = form.moment()
    told, ended = found.told(page.object_list), endings([hit.pk for hit in page.object_list], as_of=moment.as_of)
    context = {
        "dataset": focus,
        "form": form,
        "down": form.down,
        "impact": found,
        "page": page,
        "rows": [(hit, found.way(hit), told[hit.pk], ended.get(hit.pk)) for hit in page.object_list],
        "readers": readers_of(found, focus, moment) if form.down else [],
        "horizon": horizon(),
        "before_horizon": before_horizon(moment.as_of, moment.known_at),
        "query": request.GET.urlencode(),
        "narrowed": len(found.hits) != found.total,
    }
    return render(request, "lineage_app/impact.html", context, status=422 if form.errors else 200)


@requires(Act.READ)
@require_GET
def impact_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the same list as CSV; a cell that a spreadsheet would take for a formula gets a quote in front."""
    focus, form, found = _reached(request, pk)
    word = "downstream" if form.down else "upstream"
    rows = (_cells(found, hit) for hit in found.hits)
    return csv_answer(f"{word}-of-dataset-{focus.pk}.csv", _CSV_HEAD, rows)


def _reached(request: HttpRequest, pk: int) -> tuple[Dataset, ImpactForm, Impact]:
    focus = dataset_or_404(pk)
    form = ImpactForm(request.GET)
    return focus, form, impact_of(focus, down=form.down, moment=form.moment(), narrow=form.narrow())


def _cells(found: Impact, hit: Any) -> tuple[Any, ...]:
    way = " > ".join(found.way(hit))
    owner = "" if hit.owner == "nobody" else hit.owner
    layer = "" if hit.layer == "not said" else hit.layer
    return hit.namespace, hit.name, hit.kind, layer, owner, hit.tier, hit.distance, way
