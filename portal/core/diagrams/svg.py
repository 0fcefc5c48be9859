"""A graph as one self-contained SVG: no script, no style attribute, colours inherited from the page.

Safe under `style-src 'self'`, printable, and with its own title, description and links.
"""

from xml.sax.saxutils import escape, quoteattr

from portal.core.diagrams.graph import Edge, Graph, Link, Node, clean, own_path
from portal.core.diagrams.layout import BOX_HEIGHT, BOX_WIDTH, Layout, Point, frames, place
from portal.core.diagrams.mermaid import css_class

_MARGIN = 26.0
_CORNERS = {"box": 4, "round": 20, "stack": 0, "pill": 22}
_LAYERS = {
    **dict.fromkeys(("source", "ingest", "raw"), "#e3eef8"),
    **dict.fromkeys(("transform", "feature", "vector", "model"), "#e1eef0"),
    "product": "#f6e9ef",
    "job": "#eae9f8",
    "gone": "#eceae5",
}
_LINES = {"failed": "#a31d18", "foreign": "#7f4c00", "declared": "#1a5685"}
_ARROW = (
    '<defs><marker id="{prefix}-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
    'orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>'
)


def to_svg(graph: Graph, *, description: str = "", prefix: str = "d", sheet: bool = False) -> str:
    """Return the drawing; `prefix` keeps the ids of several drawings on one page apart.

    On a `sheet` it has a white ground and colours of its own, for a file or an image; else those of the page.

    Raises DiagramTooLarge beyond the limits of `graph`.
    """
    graph.require_drawable()
    layout = place(graph)
    names = {node.key: node.label for node in graph.nodes}
    width, height = layout.width + 2 * _MARGIN, layout.height + 2 * _MARGIN
    title = clean(graph.title, 200) or "Diagram"
    box = f"{-_MARGIN:.0f} {-_MARGIN:.0f} {width:.0f} {height:.0f}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram-svg" role="img" viewBox="{box}"',
        ' color="#1b2126" font-family="sans-serif"' if sheet else "",
        f' width="{width:.0f}" height="{height:.0f}" aria-labelledby="{prefix}-title {prefix}-desc">',
        f'<title id="{prefix}-title">{escape(title)}</title>',
        f'<desc id="{prefix}-desc">{escape(clean(description, 400))}</desc>',
        _ARROW.format(prefix=prefix),
        *([f'<rect x="{-_MARGIN:.0f}" y="{-_MARGIN:.0f}" width="100%" height="100%" fill="#fff"/>'] if sheet else []),
        *_frames(graph, layout),
        *(_edge(graph, edge, layout, prefix, names, sheet=sheet) for edge in graph.edges),
        *(_node(graph, node, layout, sheet=sheet) for node in graph.nodes),
        "</svg>",
    ]
    return "\n".join(parts)


def _path(points: list[Point]) -> str:
    first, *rest = (f"{x:g} {y:g}" for x, y in points)
    return f"M{first}C{' '.join(rest)}"


def _edge(graph: Graph, edge: Edge, layout: Layout, prefix: str, names: dict[str, str], *, sheet: bool) -> str:
    words = f"{clean(names[edge.src])} feeds {clean(names[edge.dst])}"
    through = f" through {clean(edge.label)}" if edge.label else ""
    kind = f" diagram-edge--{css_class(edge.kind)}" if edge.kind else ""
    line = _LINES.get(edge.kind, "currentColor") if sheet else "currentColor"
    dashes = ' stroke-dasharray="5 4"' if edge.dashed else ""
    return (
        f'<path class="diagram-edge{kind}" data-from="{graph.ids[edge.src]}" data-to="{graph.ids[edge.dst]}" '
        f'd="{_path(layout.splines[edge.src, edge.dst])}" fill="none" stroke="{line}"{dashes} '
        f'marker-end="url(#{prefix}-arrow)"><title>{escape(words + through)}</title></path>'
    )


def _node(graph: Graph, node: Node, layout: Layout, *, sheet: bool) -> str:
    x, y = layout.centres[node.key]
    left, top = x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2
    classes = f"diagram-node diagram-{node.shape} {css_class(node.kind)}".strip()
    label_y = y - 3 if node.note else y + 4
    strong = ' stroke-width="2.5"' if node.strong else ""
    note = (
        f'<text x="{x:g}" y="{y + 13:g}" text-anchor="middle" font-size="10" fill="currentColor">'
        f"{escape(clean(node.note, 36))}</text>"
        if node.note
        else ""
    )
    box = (
        f'<g class="{classes}" data-node="{graph.ids[node.key]}">'
        f"<title>{escape(clean(node.label, 400))}</title>"
        f'<rect x="{left:g}" y="{top:g}" width="{BOX_WIDTH:g}" height="{BOX_HEIGHT:g}" '
        f'rx="{_CORNERS[node.shape]}" fill="{_LAYERS.get(node.kind, "#fff") if sheet else "none"}" '
        f'stroke="currentColor"{strong}/><text x="{x:g}" y="{label_y:g}" text-anchor="middle" font-size="12" '
        f'fill="currentColor">{escape(clean(node.label, 30))}</text>{note}</g>'
    )
    drawn = f"<a href={quoteattr(node.url)}>{box}</a>" if own_path(node.url) else box
    return drawn + _badge(node.before, left, y) + _badge(node.after, left + BOX_WIDTH, y)


def _badge(link: Link | None, x: float, y: float) -> str:
    """A small link on a side of the box."""
    if link is None or not own_path(link.url):
        return ""
    return (
        f'<a class="diagram-more" href={quoteattr(link.url)}><title>{escape(clean(link.title, 400))}</title>'
        f'<rect x="{x - 15:g}" y="{y - 9:g}" width="30" height="18" rx="9" '
        'class="diagram-ground" fill="#fff" stroke="currentColor"/>'
        f'<text x="{x:g}" y="{y + 4:g}" text-anchor="middle" font-size="11" fill="currentColor">'
        f"{escape(clean(link.text, 5))}</text></a>"
    )


def _frames(graph: Graph, layout: Layout) -> list[str]:
    """The frames round the groups, each with its label at the top."""
    labels = {group.key: group.label for group in graph.groups}
    return [
        f'<g class="diagram-group"><title>{escape(clean(labels[key], 400))}</title><rect x="{x:g}" y="{y:g}" '
        f'width="{width:g}" height="{height:g}" rx="6" fill="none" stroke="currentColor" stroke-opacity="0.35"/>'
        f'<text x="{x + 8:g}" y="{y + 15:g}" font-size="11" fill="currentColor">{escape(clean(labels[key], 40))}'
        "</text></g>"
        for key, (x, y, width, height) in frames(graph, layout).items()
    ]
