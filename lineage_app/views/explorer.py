"""One dataset and what is around it: the page, and the same window as JSON, as SVG and in the diagram's frame."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.domain.merging import current
from lineage_app.domain.window import Window
from lineage_app.forms import ViewForm
from lineage_app.models import Dataset
from lineage_app.selectors import lists
from lineage_app.selectors.horizon import before_horizon
from lineage_app.selectors.merges import may_merge, other_names
from lineage_app.selectors.windows import View, window
from portal.core.diagrams import to_mermaid, to_outline, to_svg
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from portal.core.web.csp import csp


def dataset_or_404(pk: int) -> Dataset:
    """Return the dataset that stands for `pk`."""
    row = lists.representative(pk)
    if row is None:
        raise Http404("No dataset has this number: search for its name on the lineage page.")
    return row


def _asked(request: HttpRequest, pk: int) -> tuple[Dataset, ViewForm, View, Window]:
    focus = dataset_or_404(pk)
    form = ViewForm({"up": 1, "down": 1, **request.GET.dict()})
    view = form.view()
    return focus, form, view, window(focus, view)


@requires(Act.READ)
@require_GET
def dataset(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the window as a table with the drawing above it."""
    focus, form, view, shown = _asked(request, pk)
    facets = current(focus.facets)
    context = {
        "dataset": focus,
        "form": form,
        "view": view,
        "kind": ((focus.asset and focus.asset.kind) or focus.kind).replace("_", " "),
        "window": shown,
        "rows": _rows(shown),
        "summary": summary(focus, shown),
        "outline": to_outline(shown.graph()),
        "before_horizon": before_horizon(view.as_of),
        "joined": other_names(focus),
        "may_merge": may_merge(request.user, focus),
        "schema": _schema(facets),
        "written": lists.runs_of_dataset(focus, "output")[:5],
        "read": lists.runs_of_dataset(focus, "input")[:5],
        "column_count": lists.columns_of(focus).count(),
        "may_adopt": may(request.user, Act.WRITE_CONTRACT),
    }
    return render(request, "lineage_app/dataset.html", context, status=422 if form.errors else 200)


@requires(Act.READ)
@require_GET
@csp(style_src="'self' 'unsafe-inline'")
def diagram(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the frame in which Mermaid draws: its inline styles are allowed here and nowhere else."""
    focus, _, _, shown = _asked(request, pk)
    context = {"text": to_mermaid(shown.graph()), "summary": summary(focus, shown), "dataset": focus}
    return render(request, "lineage_app/diagram.html", context)


@requires(Act.READ)
@require_GET
def drawing(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the window as SVG, for pages without script and for print."""
    focus, _, _, shown = _asked(request, pk)
    svg = to_svg(shown.graph(f"Lineage of {focus.name}"), description=summary(focus, shown))
    return HttpResponse(svg, content_type="image/svg+xml")


@requires(Act.READ)
@require_GET
def as_json(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the window as JSON."""
    focus, _, _, shown = _asked(request, pk)
    return JsonResponse(as_data(focus, shown))


def as_data(focus: Dataset, shown: Window) -> dict[str, Any]:
    """Return the window for programs: a node's key is its dataset's number, or "more-up" or "more-down"."""
    nodes = [
        {
            "key": n.key, "namespace": n.namespace, "name": n.label, "kind": n.kind, "layer": n.layer,
            "owner": n.owner, "distance": n.distance, "url": n.url, "hidden": n.hidden,
        }
        for n in shown.nodes
    ]  # fmt: skip
    edges = [
        {
            "from": e.src, "to": e.dst, "state": e.state, "jobs": e.jobs,
            "foreign": e.foreign, "last_seen": e.last_seen, "tokens": e.tokens,
        }
        for e in shown.edges
    ]  # fmt: skip
    hidden = {"up": shown.hidden_up, "down": shown.hidden_down}
    return {
        "focus": shown.focus,
        "name": focus.name,
        "as_of": shown.as_of or None,
        "hidden": hidden,
        "nodes": nodes,
        "edges": edges,
    }


def summary(focus: Dataset, shown: Window) -> str:
    """Return one sentence about the window, for those who do not see the drawing."""
    up = sum(1 for node in shown.nodes if node.distance < 0 and not node.hidden)
    down = sum(1 for node in shown.nodes if node.distance > 0 and not node.hidden)
    hidden = shown.hidden_up + shown.hidden_down
    more = f"; {hidden} more are folded" if hidden else ""
    return f"{focus.name} is fed by {up} and feeds {down} dataset{'' if down == 1 else 's'} within this window{more}."


def _rows(shown: Window) -> list[dict[str, Any]]:
    nodes = shown.by_key()
    ordered = sorted(shown.edges, key=lambda e: (nodes[e.src].distance, nodes[e.src].label, nodes[e.dst].label))
    return [{"edge": edge, "src": nodes[edge.src], "dst": nodes[edge.dst]} for edge in ordered]


def _schema(facets: dict[str, Any]) -> list[dict[str, Any]]:
    fields = (facets.get("schema") or {}).get("fields")
    return [field for field in fields if isinstance(field, dict)] if isinstance(fields, list) else []
