"""One dataset and what is around it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.domain.merging import current
from lineage_app.forms import view_form
from lineage_app.models import Dataset
from lineage_app.selectors import lists
from lineage_app.selectors.horizon import before_horizon
from lineage_app.selectors.windows import window
from lineage_app.views.about import about
from lineage_app.views.exports import exports_of
from lineage_app.views.pictures import Picture, frame_of, summary_of
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may


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
    )


@requires(Act.READ)
@require_GET
def dataset(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the window as a table with the drawing above it."""
    focus = dataset_or_404(pk)
    picture = _picture(request, focus)
    view, form = picture.view, picture.form
    facets = current(focus.facets)
    context = {
        "dataset": focus,
        "picture": picture,
        "form": form,
        **about(request.user, focus, view.as_of),
        "before_horizon": before_horizon(view.as_of, view.known_at),
        "schema": _schema(facets),
        "written": lists.runs_of_dataset(focus, "output")[:5],
        "read": lists.runs_of_dataset(focus, "input")[:5],
        "column_count": lists.columns_of(focus).count(),
        "may_adopt": may(request.user, Act.WRITE_CONTRACT),
    }
    return render(request, "lineage_app/dataset.html", context, status=422 if form.errors else 200)


def _schema(facets: dict[str, Any]) -> list[dict[str, Any]]:
    fields = (facets.get("schema") or {}).get("fields")
    return [field for field in fields if isinstance(field, dict)] if isinstance(fields, list) else []
