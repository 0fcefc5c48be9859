"""A run: what it read and wrote, from which code, what fed it, and the events that told of it."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.domain import run_facts
from lineage_app.domain.described import part_used
from lineage_app.domain.metadata import run_metadata
from lineage_app.forms.explorer import view_form
from lineage_app.models import Run
from lineage_app.selectors.job_windows import run_window
from lineage_app.selectors.provenance import children_of, fed_by, root_of
from lineage_app.selectors.received import LISTED, archived_in, received_events
from lineage_app.views.activity import pretty, said, through
from lineage_app.views.exports import exports_of
from lineage_app.views.pictures import Picture, frame_of
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may

FED_DEPTH = 5
CHILDREN = 50


def run_or_404(pk: int) -> Run:
    """Return the run of that number; what a job or dataset says without running is no run."""
    found = Run.objects.select_related("job__parent").filter(pk=pk).exclude(status="STATIC").first()
    if found is None:
        raise Http404("No run has this number: find it on its job's page.")
    return found


def asked(request: HttpRequest, pk: int) -> Picture:
    """Return the window of a run."""
    return _picture(request, run_or_404(pk))


diagram = frame_of(asked)
export = exports_of(asked)


def _picture(request: HttpRequest, found: Run) -> Picture:
    if found.job is None:
        raise Http404("No event of this run names its job, so there is nothing to draw.")
    form = view_form(request.GET)
    view = replace(form.view(), jobs=True)
    shown = run_window(found, view)
    return Picture(
        title=f"What this run of {found.job.name} read and wrote",
        summary=through("This run", shown).replace("reads", "read").replace("writes", "wrote"),
        window=shown,
        form=form,
        view=view,
        name="run",
        stem=f"lineage-of-run-{found.pk}",
        args=(found.pk,),
        query=view.query,
        may_replay=may(request.user, Act.REPLAY_EVENTS),
    )


@requires(Act.READ)
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a run read, wrote and said about itself, and what fed it."""
    found = run_or_404(pk)
    io = list(found.io.select_related("dataset").order_by("role", "dataset__name"))
    context = {
        "run": found,
        "picture": _picture(request, found) if found.job else None,
        "parent": _parent(found),
        "root": root_of(found),
        "children": children_of(found, CHILDREN),
        "io": [(row, run_facts.amount_of(row.facets), part_used(row.facets)) for row in io],
        "assertions": [(row.dataset, each) for row in io for each in run_facts.assertions_of(row.facets)],
        "fed": fed_by(found, depth=FED_DEPTH),
        "code": run_facts.code_of(found.job_facets),
        "sql": run_facts.sql_of(found.job_facets),
        "failure": run_facts.failure_of(found.facets),
        "parameters": run_facts.parameters_of(found.facets),
        "tags": run_facts.tags_of(found.facets),
        "metadata": said(run_metadata(found.facets, found.job_facets)),
        "events": received_events(found),
        "archives": archived_in(found),
        "most_events": LISTED,
        "facets": pretty({"run": found.facets, "job": found.job_facets}),
    }
    return render(request, "lineage_app/run.html", context)


def _parent(found: Run) -> Run | None:
    return Run.objects.select_related("job").filter(subject=found.parent_run).first() if found.parent_run else None
