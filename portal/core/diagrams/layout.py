"""Where boxes and arrows go: by Graphviz `dot` when it is installed, else by a plain layered layout.

Graphviz gets generated ids and sizes only, never a label, so nothing hostile reaches it.
Units are SVG pixels, y down.
"""

import shutil
import subprocess
from dataclasses import dataclass

from portal.core.diagrams.graph import Graph

BOX_WIDTH, BOX_HEIGHT = 200.0, 44.0
_GAP_X, _GAP_Y = 60.0, 20.0
_PAD, _HEAD = 8.0, 22.0
_PIXELS_PER_INCH = 72.0
_TIMEOUT_S = 10

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """Centre of each node by key, points of each cubic spline by (src, dst), and the sheet's size."""

    width: float
    height: float
    centres: dict[str, Point]
    splines: dict[tuple[str, str], list[Point]]


def place(graph: Graph) -> Layout:
    """Return the layout of `graph`; a failing or missing `dot` falls back to the plain layered layout."""
    program = shutil.which("dot")
    if program and graph.nodes:
        try:
            done = subprocess.run(  # noqa: S603 - the program found on PATH, fixed arguments, generated input
                [program, "-Tplain"],
                input=_dot_source(graph),
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_S,
                check=True,
            )
            return _parse_plain(graph, done.stdout)
        except (OSError, subprocess.SubprocessError):
            return layered(graph)
    return layered(graph)


def _pairs(graph: Graph) -> list[tuple[str, str]]:
    return list(dict.fromkeys((edge.src, edge.dst) for edge in graph.edges))


def _dot_source(graph: Graph) -> str:
    width, height = BOX_WIDTH / _PIXELS_PER_INCH, BOX_HEIGHT / _PIXELS_PER_INCH
    lines = [
        "digraph g {",
        "rankdir=LR; newrank=true; ranksep=0.8; nodesep=0.25; edge [arrowhead=none];",
        f'node [shape=box, fixedsize=true, width={width:.4f}, height={height:.4f}, label=""];',
        *_places(graph),
        *(f"{graph.ids[src]} -> {graph.ids[dst]};" for src, dst in _pairs(graph)),
        "}",
    ]
    return "\n".join(lines)


def _places(graph: Graph) -> list[str]:
    """The nodes, those of a group kept together by a cluster."""
    lines = []
    for number, (group, nodes) in enumerate(graph.members(), 1):
        names = " ".join(f"{graph.ids[node.key]};" for node in nodes)
        lines.append(f"subgraph cluster_{number} {{ margin=18; {names} }}" if group else names)
    return lines


def frames(graph: Graph, layout: Layout) -> dict[str, tuple[float, float, float, float]]:
    """Return left, top, width and height of the frame round each group, where no other node would lie within it."""
    found = {}
    for group, nodes in graph.members():
        if group is None:
            continue
        centres = [layout.centres[node.key] for node in nodes]
        left, right = (f(x for x, _ in centres) for f in (min, max))
        top, bottom = (f(y for _, y in centres) for f in (min, max))
        box = (left - BOX_WIDTH / 2 - _PAD, top - BOX_HEIGHT / 2 - _HEAD, right - left + BOX_WIDTH + 2 * _PAD,
               bottom - top + BOX_HEIGHT + _HEAD + _PAD)  # fmt: skip
        others = (layout.centres[node.key] for node in graph.nodes if node.group != group.key)
        if not any(_inside(point, box) for point in others):
            found[group.key] = box
    return found


def _inside(point: Point, box: tuple[float, float, float, float]) -> bool:
    left, top, width, height = box
    x, y = point
    return (
        left - BOX_WIDTH / 2 < x < left + width + BOX_WIDTH / 2
        and top - BOX_HEIGHT / 2 < y < top + height + BOX_HEIGHT / 2
    )


def _parse_plain(graph: Graph, text: str) -> Layout:
    """Read Graphviz' plain format (graphviz.org/docs/outputs/plain/): inches, y up."""
    keys = {node_id: key for key, node_id in graph.ids.items()}
    width = height = 0.0
    centres: dict[str, Point] = {}
    splines: dict[tuple[str, str], list[Point]] = {}
    for line in text.splitlines():
        word = line.split()
        if word[0] == "graph":
            width, height = float(word[2]) * _PIXELS_PER_INCH, float(word[3]) * _PIXELS_PER_INCH
        elif word[0] == "node":
            centres[keys[word[1]]] = _flip(word[2], word[3], height)
        elif word[0] == "edge":
            numbers = word[4 : 4 + 2 * int(word[3])]
            points = [_flip(x, y, height) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
            splines[keys[word[1]], keys[word[2]]] = points
    return Layout(width, height, centres, splines)


def _flip(x: str, y: str, height: float) -> Point:
    return round(float(x) * _PIXELS_PER_INCH, 1), round(height - float(y) * _PIXELS_PER_INCH, 1)


def layered(graph: Graph) -> Layout:
    """Place each node one column right of its furthest source; edges that close a cycle run backwards."""
    rank = _ranks(graph)
    rows: dict[int, int] = {}
    centres: dict[str, Point] = {}
    for node in graph.nodes:
        column = rank[node.key]
        row = rows.get(column, 0)
        rows[column] = row + 1
        x = column * (BOX_WIDTH + _GAP_X) + BOX_WIDTH / 2
        centres[node.key] = (x, row * (BOX_HEIGHT + _GAP_Y) + BOX_HEIGHT / 2)
    columns, deepest = max(rank.values(), default=0) + 1, max(rows.values(), default=1)
    splines = {(src, dst): _curve(centres[src], centres[dst]) for src, dst in _pairs(graph)}
    width = columns * (BOX_WIDTH + _GAP_X) - _GAP_X
    return Layout(width, deepest * (BOX_HEIGHT + _GAP_Y) - _GAP_Y, centres, splines)


def _ranks(graph: Graph) -> dict[str, int]:
    rank = {node.key: 0 for node in graph.nodes}
    pairs = [pair for pair in _pairs(graph) if pair[0] != pair[1]]
    for _ in range(len(rank)):  # Bellman's longest path, stopped after one round a node: a cycle cannot run away
        changed = False
        for src, dst in pairs:
            if rank[dst] <= rank[src] and rank[src] + 1 < len(rank):
                rank[dst], changed = rank[src] + 1, True
        if not changed:
            break
    order = {level: number for number, level in enumerate(sorted(set(rank.values())))}
    return {key: order[level] for key, level in rank.items()}


def _curve(start: Point, end: Point) -> list[Point]:
    out, into = start[0] + BOX_WIDTH / 2, end[0] - BOX_WIDTH / 2
    bend = max(abs(into - out) / 2, _GAP_X / 2)
    return [(out, start[1]), (out + bend, start[1]), (into - bend, end[1]), (into, end[1])]
