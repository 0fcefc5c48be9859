"""Jobs and their runs."""

import json
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.domain.merging import current
from lineage_app.domain.metadata import run_metadata
from lineage_app.models import Job, Run
from lineage_app.selectors import lists
from portal.core.identity.access import requires
from portal.core.identity.policies import Act

SHOWN = 25


@requires(Act.READ)
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a job, what it is part of, and its runs."""
    found = Job.objects.select_related("parent").filter(pk=pk).first()
    if found is None:
        raise Http404("No job has this number: search for its name on the lineage page.")
    runs = Paginator(lists.recent_runs().filter(job=found), SHOWN).get_page(request.GET.get("page"))
    facets = {key: value for key, value in current(found.facets).items() if not key.startswith("_")}
    context = {
        "job": found,
        "runs": runs,
        "children": found.children.all()[:SHOWN],
        "metadata": run_metadata({}, facets),
        "facets": _pretty(facets),
    }
    return render(request, "lineage_app/job.html", context)


@requires(Act.READ)
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a run read, wrote and said about itself."""
    found = Run.objects.select_related("job__parent").filter(pk=pk).exclude(status="STATIC").first()
    if found is None:
        raise Http404("No run has this number: find it on its job's page.")
    parent = Run.objects.filter(subject=found.parent_run).first() if found.parent_run else None
    took = (found.ended_at - found.started_at) if found.ended_at and found.started_at else None
    context = {
        "run": found,
        "parent": parent,
        "took": took,
        "io": [
            (row, _rows_of(row.facets)) for row in found.io.select_related("dataset").order_by("role", "dataset__name")
        ],
        "metadata": run_metadata(found.facets, found.job_facets),
        "facets": _pretty({"run": found.facets, "job": found.job_facets}),
    }
    return render(request, "lineage_app/run.html", context)


def _pretty(facets: dict[str, Any]) -> str:
    return json.dumps(facets, indent=2, ensure_ascii=False, sort_keys=True)


def _rows_of(facets: dict[str, Any]) -> dict[str, Any]:
    for key in ("outputStatistics", "inputStatistics", "dataQualityMetrics"):
        facet = facets.get(key)
        if isinstance(facet, dict):
            return {"rows": facet.get("rowCount"), "bytes": facet.get("size", facet.get("bytes"))}
    return {}
