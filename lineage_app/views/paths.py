"""The way from one dataset to another: picked by name, drawn, listed and exported."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from lineage_app.forms.explorer import view_form
from lineage_app.models import Dataset
from lineage_app.selectors.horizon import before_horizon, horizon
from lineage_app.selectors.path_windows import ways_window
from lineage_app.selectors.paths import Ways
from lineage_app.selectors.picking import Picked, picked
from lineage_app.views.explorer import dataset_or_404
from lineage_app.views.exports import exports_of
from lineage_app.views.pictures import Picture, counted, frame_of
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may


def asked(request: HttpRequest, start: int, end: int) -> Picture:
    """Return the window of the ways between two datasets by number."""
    return _picture(request, dataset_or_404(start), dataset_or_404(end))[1]


diagram = frame_of(asked)
export = exports_of(asked)


def _picture(request: HttpRequest, start: Dataset, end: Dataset) -> tuple[Ways, Picture]:
    form = view_form(request.GET)
    view = form.view()
    ways, shown = ways_window(start.pk, end.pk, view)
    return ways, Picture(
        title=f"Ways from {start.name} to {end.name}",
        summary=sentence(ways, start.name, end.name),
        window=shown,
        form=form,
        view=view,
        name="paths",
        stem=f"ways-from-{start.pk}-to-{end.pk}",
        args=(start.pk, end.pk),
        query=view.query,
        may_replay=may(request.user, Act.REPLAY_EVENTS),
        address=f"{reverse('lineage:paths')}?{urlencode({'from': start.pk, 'to': end.pk})}&{view.query}",
    )


def sentence(ways: Ways, start: str, end: str) -> str:
    """Return what was found of the ways, in one sentence."""
    if not ways and ways.given_up:
        return f"No way was found among the nearest {counted(ways.searched, 'dataset')}; there are more behind them."
    if not ways:
        return f"No way was seen between {start} and {end}."
    first, last = (end, start) if ways.turned else (start, end)
    other = " the other way round:" if ways.turned else ""
    hidden = f"; {ways.hidden} more datasets on ways as short are left out" if ways.hidden else ""
    return f"Data flows{other} from {first} to {last} in {counted(ways.distance, 'step')}{hidden}."


@requires(Act.READ)
@require_GET
def paths(request: HttpRequest) -> HttpResponse:
    """Ask for two datasets, offer what a name may mean, and show the ways between them."""
    texts = {name: request.GET.get(name, "") for name in ("from", "to")}
    ends = {name: picked(text) for name, text in texts.items()}
    start, end = ends["from"].dataset, ends["to"].dataset
    context: dict[str, Any] = {"ends": [_end(request, name, texts[name], ends[name]) for name in ("from", "to")]}
    context["form"] = view_form(request.GET)
    if start and end:
        ways, picture = _picture(request, start, end)
        context |= {
            "ways": ways,
            "picture": picture,
            "form": picture.form,
            "swapped": _changed(request, **{"from": str(end.pk), "to": str(start.pk)}),
            "before_horizon": before_horizon(picture.view.as_of, picture.view.known_at),
            "horizon": horizon(),
        }
    return render(request, "lineage_app/paths.html", context, status=422 if context["form"].errors else 200)


def _end(request: HttpRequest, name: str, text: str, found: Picked) -> dict[str, Any]:
    """What the page says of one end: what was typed, the dataset, or what may be meant with the address of each."""
    return {
        "name": name,
        "label": {"from": "From", "to": "To"}[name],
        "text": f"{found.dataset.namespace}/{found.dataset.name}" if found.dataset else text,
        "value": str(found.dataset.pk) if found.dataset else text,
        "dataset": found.dataset,
        "offered": [(row, _changed(request, **{name: str(row.pk)})) for row in found.offered],
        "missing": bool(text.strip()) and found.dataset is None and not found.offered,
    }


def _changed(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"
