"""The way back as a drawing: each reading an arrow from the version that was read to what was made of it. Pure.

The page draws an answer, the PDF its stored document; both become the same arrows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.core.diagrams import Edge, Graph, Node
from portal.pages.provenance.domain.answer import Answer

DRAWN = 40
"""Boxes at most; what is farther is folded into one."""
ARROWS = 200
SUBJECT, MORE = "subject", "more"


@dataclass(frozen=True)
class Arrow:
    """One reading in few words: the dataset, the run that wrote it ("" unknown), the run that read it."""

    dataset: str
    version: str
    writer: str
    consumer: str
    distance: int
    url: str
    proved: bool


def drawing_of(answer: Answer, *, linked: bool = True) -> Graph:
    """The drawing of an answer; boxes link to their pages where it is `linked` (a picture inside a page is not)."""
    arrows = [
        Arrow(
            each.dataset,
            each.version,
            each.writer.run_id if each.writer else "",
            each.consumer,
            each.distance,
            each.url if linked else "",
            each.writer is not None,
        )
        for each in answer.readings
    ]
    url = answer.subject.url if linked else ""
    return _graph(answer.subject.label, url, answer.run.run_id if answer.run else "", arrows)


def drawing_of_document(document: dict[str, Any]) -> Graph:
    """The drawing of a stored document."""
    arrows = [
        Arrow(
            each["dataset"],
            each["version"],
            (each["written_by"] or {}).get("run_id", ""),
            each["read_by"],
            each["distance"],
            "",
            each["written_by"] is not None,
        )
        for each in document["inputs"]
    ]
    run = (document["run"] or {}).get("run_id", "")
    return _graph(document["subject"]["label"], "", run, arrows)


def described(graph: Graph) -> str:
    """The drawing in one sentence, for who does not see it."""
    folded = next((node.label for node in graph.nodes if node.key == MORE), "")
    boxes = len(graph.nodes) - 1 - bool(folded)
    return f"{boxes} inputs and {len(graph.edges)} readings lead to the subject{f'; {folded}' if folded else ''}."


def _graph(label: str, url: str, run: str, arrows: Iterable[Arrow]) -> Graph:
    rows = [each for each in arrows if each.distance]
    nodes: dict[str, Node] = {SUBJECT: Node(SUBJECT, label, shape="round", url=url, strong=True)}
    made: dict[str, list[str]] = {run: [SUBJECT]} if run else {}
    edges: dict[tuple[str, str], Edge] = {}
    folded = 0
    for each in sorted(rows, key=lambda row: row.distance):
        key = f"{each.dataset}\n{each.version}\n{each.writer}"
        ends = made.get(each.consumer, [SUBJECT] if each.distance == 1 else [])
        if key not in nodes:
            if len(nodes) > DRAWN or len(edges) > ARROWS or not ends:
                folded += 1
                continue
            nodes[key] = _box(key, each)
            if each.writer:
                made.setdefault(each.writer, []).append(key)
        for end in ends:
            if end != key:
                edges.setdefault((key, end), Edge(key, end, dashed=not each.proved))
    if folded:
        nodes[MORE] = Node(MORE, f"{folded} more readings in the table", shape="pill")
    return Graph(tuple(nodes.values()), tuple(edges.values()), title=f"What fed {label}")


def _box(key: str, each: Arrow) -> Node:
    note = f"version {each.version}" if each.version else ("" if each.proved else "no run known")
    return Node(key, each.dataset.rpartition("/")[2] or each.dataset, note, url=each.url)
