"""The files of a window: drawings, table and data, all of the very window that the page shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from lineage_app.domain.exports import CSV_HEAD, as_data, as_markdown, csv_rows
from lineage_app.selectors.behind import subjects_behind
from lineage_app.selectors.proofs import proofs_of
from lineage_app.services.event_files import ndjson_of
from lineage_app.views.pictures import Asked, Picture
from portal.core.diagrams import to_dot, to_mermaid, to_svg
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, require
from portal.core.web.spreadsheets import csv_answer


@dataclass(frozen=True)
class Form:
    """One kind of file: what the menu calls it, and what makes it."""

    label: str
    make: Callable[[HttpRequest, Picture], HttpResponseBase]


def exports_of(asked: Asked) -> Callable[..., HttpResponseBase]:
    """Return the view that answers the files of a picture."""

    @requires(Act.READ)
    @require_GET
    def export(request: HttpRequest, form: str, **kwargs: Any) -> HttpResponseBase:
        if form not in FORMS:
            raise Http404(f"There is no such file of a window: ask for one of {', '.join(FORMS)}.")
        return FORMS[form].make(request, asked(request, **kwargs))

    return export


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _text(body: str, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _svg(_: HttpRequest, picture: Picture) -> HttpResponse:
    svg = to_svg(picture.graph, description=picture.summary, sheet=True)
    return _text(svg, "image/svg+xml", f"{picture.stem}.svg")


def _mermaid(request: HttpRequest, picture: Picture) -> HttpResponse:
    return _text(to_mermaid(picture.graph, site=_site(request)), "text/plain", f"{picture.stem}.mmd")


def _markdown(request: HttpRequest, picture: Picture) -> HttpResponse:
    proofs = proofs_of(picture.window)
    text = as_markdown(picture.window, picture.title, picture.summary, site=_site(request), proofs=proofs)
    return _text(text, "text/markdown", f"{picture.stem}.md")


def _dot(request: HttpRequest, picture: Picture) -> HttpResponse:
    return _text(to_dot(picture.graph, site=_site(request)), "text/vnd.graphviz", f"{picture.stem}.dot")


def _csv(_: HttpRequest, picture: Picture) -> HttpResponse:
    return csv_answer(f"{picture.stem}.csv", CSV_HEAD, csv_rows(picture.window))


def _json(_: HttpRequest, picture: Picture) -> HttpResponse:
    return JsonResponse(as_data(picture.window, picture.title))


def _events(request: HttpRequest, picture: Picture) -> StreamingHttpResponse:
    """The raw events behind the window: they hold what pipelines sent, SQL and parameters included."""
    require(request.user, Act.REPLAY_EVENTS)
    subjects = subjects_behind(picture.window, picture.view.moment, every_run=request.GET.get("runs") == "all")
    answer = StreamingHttpResponse(ndjson_of(subjects), content_type="application/x-ndjson")
    answer["Content-Disposition"] = f'attachment; filename="{picture.stem}.ndjson"'
    return answer


FORMS = {
    "graph.svg": Form("Drawing as SVG", _svg),
    "graph.md": Form("Markdown with Mermaid", _markdown),
    "graph.mmd": Form("Mermaid text", _mermaid),
    "graph.dot": Form("Graphviz DOT", _dot),
    "edges.csv": Form("Edges as CSV", _csv),
    "window.json": Form("Window as JSON", _json),
    "events.ndjson": Form("Events behind it, to replay (NDJSON)", _events),
}
