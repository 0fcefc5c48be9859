"""One dataset and what is around it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.domain import run_facts
from lineage_app.domain.merging import current
from lineage_app.domain.run_facts import text
from lineage_app.forms.explorer import view_form
from lineage_app.models import Dataset, Run, RunIO
from lineage_app.selectors import lists
from lineage_app.selectors.column_links import fields_of
from lineage_app.selectors.horizon import before_horizon
from lineage_app.selectors.windows import window
from lineage_app.views.about import about
from lineage_app.views.exports import exports_of
from lineage_app.views.pictures import Picture, frame_of, summary_of
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may

RUNS, COLUMNS, TAGS = 5, 25, 50


def dataset_or_404(pk: int) -> Dataset:
    """Return the dataset that stands for `pk`."""
    row = lists.representative(pk)
    if row is None:
        raise Http404("No dataset has this number: search for its name on the lineage page.")
    return row


def asked(request: HttpRequest, pk: int) -> Picture:
    """Return the window round a dataset that the address asks for."""
    return _picture(request, dataset_or_404(pk))


diagram = frame_of(asked)
export = exports_of(asked)


def _picture(request: HttpRequest, focus: Dataset) -> Picture:
    form = view_form(request.GET)
    view = form.view()
    shown = window(focus, view)
    return Picture(
        title=f"Lineage of {focus.name}",
        summary=summary_of(focus.name, shown),
        window=shown,
        form=form,
        view=view,
        name="dataset",
        stem=f"lineage-of-dataset-{focus.pk}",
        args=(focus.pk,),
        query=view.query,
        may_replay=may(request.user, Act.REPLAY_EVENTS),
    )


@requires(Act.READ)
@require_GET
def dataset(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the window as a table with the drawing above it."""
    focus = dataset_or_404(pk)
    picture = _picture(request, focus)
    view, form = picture.view, picture.form
    facets = current(focus.facets)
    fields = fields_of(facets)
    written, read = (list(lists.runs_of_dataset(focus, role)[:RUNS]) for role in ("output", "input"))
    context = {
        "dataset": focus,
        "picture": picture,
        "form": form,
        **about(request.user, focus, view.as_of),
        "before_horizon": before_horizon(view.as_of, view.known_at),
        "description": run_facts.description_of(facets),
        "owners": run_facts.owners_of(facets),
        "tags": run_facts.tags_of(facets)[:TAGS],
        "columns": [(name, text(field, "type"), text(field, "description")) for name, field in fields[:COLUMNS]],
        "column_count": len(fields),
        "written": written,
        "read": read,
        "quality": _quality([*written, *read]),
        "may_adopt": may(request.user, Act.WRITE_CONTRACT),
    }
    return render(request, "lineage_app/dataset.html", context, status=422 if form.errors else 200)


def _quality(rows: list[RunIO]) -> list[tuple[run_facts.Assertion, Run]]:
    """The tests of the newest run that told of any."""
    for row in sorted(rows, key=lambda each: each.run.last_at, reverse=True):
        tests = run_facts.assertions_of(row.facets)
        if tests:
            return [(test, row.run) for test in tests[:COLUMNS]]
    return []
