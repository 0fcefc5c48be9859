"""A job: what it reads and writes, how its runs went, its code and its parts."""

import json
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.domain import run_facts
from lineage_app.domain.merging import current
from lineage_app.domain.metadata import run_metadata
from lineage_app.forms.explorer import view_form
from lineage_app.models import Job
from lineage_app.selectors import lists
from lineage_app.selectors.horizon import before_horizon
from lineage_app.selectors.job_history import children, history_of
from lineage_app.selectors.job_windows import job_window
from lineage_app.views.exports import exports_of
from lineage_app.views.pictures import Picture, counted, frame_of
from lineage_app.views.watch import watch_of
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may

SHOWN = 25
ENDS = {"complete": ("COMPLETE",), "failed": ("FAIL", "ABORT"), "running": ("RUNNING",)}
_ELSEWHERE = {"Revision", "Repository", "Branch or tag", "Path", "Error", "Parameters"}
"""What of the metadata has a place of its own on the pages of jobs and runs."""


def job_or_404(pk: int) -> Job:
    """Return the job of that number."""
    found = Job.objects.select_related("parent").filter(pk=pk).first()
    if found is None:
        raise Http404("No job has this number: search for its name on the lineage page.")
    return found


def asked(request: HttpRequest, pk: int) -> Picture:
    """Return the window of a job that the address asks for."""
    return _picture(request, job_or_404(pk))


diagram = frame_of(asked)
export = exports_of(asked)


def _picture(request: HttpRequest, found: Job) -> Picture:
    form = view_form(request.GET)
    view = replace(form.view(), jobs=True)
    shown = job_window(found, view)
    return Picture(
        title=f"What {found.name} reads and writes",
        summary=through(found.name, shown),
        window=shown,
        form=form,
        view=view,
        name="job",
        stem=f"lineage-of-job-{found.pk}",
        args=(found.pk,),
        query=view.query,
        may_replay=may(request.user, Act.REPLAY_EVENTS),
    )


def through(name: str, shown: Any) -> str:
    """Return one sentence about the window of a job or run."""
    sides = [sum(n.hidden or 1 for n in shown.nodes if n.role != "job" and n.distance * sign > 0) for sign in (-1, 1)]
    return f"{name} reads {counted(sides[0], 'dataset')} and writes {counted(sides[1], 'dataset')}."


@requires(Act.READ)
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a job: its window, its runs, its code, what it is part of and its parts."""
    found = job_or_404(pk)
    picture = _picture(request, found)
    facets = {key: value for key, value in current(found.facets).items() if not key.startswith("_")}
    state = request.GET.get("state", "")
    listed = lists.recent_runs().filter(job=found)
    if state in ENDS:
        listed = listed.filter(status__in=ENDS[state])
    parts, part_count = children(found, SHOWN)
    context = {
        "job": found,
        "picture": picture,
        "form": picture.form,
        "before_horizon": before_horizon(picture.view.as_of),
        "runs": Paginator(listed, SHOWN).get_page(request.GET.get("page")),
        "state": state if state in ENDS else "",
        "history": history_of(found),
        "children": parts,
        "part_count": part_count,
        "code": run_facts.code_of(facets),
        "sql": run_facts.sql_of(facets),
        "description": run_facts.description_of(facets),
        "owners": run_facts.owners_of(facets),
        "tags": run_facts.tags_of(facets),
        "metadata": said(run_metadata({}, facets)),
        "facets": pretty(facets),
        **watch_of(request.user, found),
    }
    return render(request, "lineage_app/job.html", context, status=422 if picture.form.errors else 200)


def said(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the metadata without what the page shows in a place of its own."""
    return [pair for pair in pairs if pair[0] not in _ELSEWHERE]


def pretty(facets: dict[str, Any]) -> str:
    """Return facets as readable JSON."""
    return json.dumps(facets, indent=2, ensure_ascii=False, sort_keys=True)
