"""Everything that is drawn: what a page shows of a window, and the frame in which Mermaid draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from lineage_app.domain.exports import table_rows
from lineage_app.domain.window import Window
from lineage_app.forms.explorer import ViewForm
from lineage_app.selectors.view import View
from portal.core.diagrams import Graph, to_mermaid, to_outline
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.web.csp import csp


@dataclass(frozen=True)
class Picture:
    """A window with its title and one sentence, and the address names of its page, frame and files.

    `args` are the arguments of those addresses, `query` what of the view they carry; `address` is that of a page which
    is not named so. `may_replay`: whoever asks may take the raw events out.
    """

    title: str
    summary: str
    window: Window
    form: ViewForm
    view: View
    name: str
    stem: str
    args: tuple[Any, ...] = ()
    query: str = ""
    address: str = ""
    may_replay: bool = False

    @property
    def page(self) -> str:
        """The address of the page, with its query."""
        return self.address or f"{reverse(f'lineage:{self.name}', args=self.args)}?{self.query}"

    @property
    def frame(self) -> str:
        """The address of the frame."""
        return f"{reverse(f'lineage:{self.name}-diagram', args=self.args)}?{self.query}"

    def file(self, form: str) -> str:
        """The address of one of its files, such as graph.svg."""
        return f"{reverse(f'lineage:{self.name}-export', args=[*self.args, form])}?{self.query}"

    @property
    def svg(self) -> str:
        """The address of its SVG."""
        return self.file("graph.svg")

    @property
    def graph(self) -> Graph:
        """The window as a drawing with its title."""
        return self.window.graph(self.title)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of its table."""
        return [{"src": src, "edge": edge, "dst": dst} for src, edge, dst in table_rows(self.window)]

    @property
    def outline(self) -> Any:
        """Its branches as nested lists."""
        return to_outline(self.graph)

    @property
    def files(self) -> list[tuple[str, str]]:
        """What can be downloaded: (label, address)."""
        from lineage_app.views.exports import FORMS

        shown = {name: form for name, form in FORMS.items() if self.may_replay or name != "events.ndjson"}
        return [(form.label, self.file(name)) for name, form in shown.items()]


Asked = Callable[..., Picture]
"""What a page shows, from the request and the arguments of its address; raises Http404."""


def frame_of(asked: Asked) -> Callable[..., HttpResponse]:
    """Return the view of the frame in which Mermaid draws: its inline styles are allowed here and nowhere else."""

    @requires(Act.READ)
    @require_GET
    @csp(style_src="'self' 'unsafe-inline'")
    def frame(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        picture = asked(request, **kwargs)
        context = {"text": to_mermaid(picture.graph), "picture": picture, "marks": _marks(picture.graph)}
        return render(request, "lineage_app/diagram.html", context)

    return frame


def _marks(graph: Graph) -> dict[str, Any]:
    """What the frame adds to Mermaid's drawing: the colours of edges, and the links at the sides of boxes."""
    ids = graph.ids
    edges = [{"from": ids[e.src], "to": ids[e.dst], "kind": e.kind} for e in graph.edges if e.kind]
    links = [
        {"node": ids[node.key], "side": side, "text": link.text, "title": link.title, "url": link.url}
        for node in graph.nodes
        for side, link in (("before", node.before), ("after", node.after))
        if link
    ]
    return {"edges": edges, "links": links, "strong": [ids[node.key] for node in graph.nodes if node.strong]}


def counted(number: int, word: str) -> str:
    """The number with the word in its right form.

    >>> counted(1, "dataset"), counted(2, "dataset")
    ('1 dataset', '2 datasets')
    """
    return f"{number} {word}{'' if number == 1 else 's'}"


def summary_of(name: str, shown: Window) -> str:
    """Return one sentence about the window, for those who do not see the drawing."""
    nodes = [node for node in shown.nodes if not node.beside and node.role != "more" and node.key != shown.focus]

    def sizes(sign: int) -> str:
        side = [node for node in nodes if node.distance * sign > 0]
        jobs = sum(1 for node in side if node.role == "job")
        datasets = sum(node.hidden or 1 for node in side if node.role != "job")
        return counted(datasets, "dataset") + (f" and {counted(jobs, 'job')}" if jobs else "")

    hidden = shown.hidden_up + shown.hidden_down
    beside = sum(1 for node in shown.nodes if node.beside)
    more = f"; {counted(beside, 'node')} lie beside the way" if beside else ""
    more += f"; {hidden} more are folded" if hidden else ""
    return f"{name} is fed by {sizes(-1)} and feeds {sizes(1)} within this window{more}."
