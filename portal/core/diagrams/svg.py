"""A graph as one self-contained SVG: no script, no style attribute, colours inherited from the page.

Safe under `style-src 'self'`, printable, and with its own title, description and links.
"""

from xml.sax.saxutils import escape, quoteattr

from portal.core.diagrams.graph import Edge, Graph, Node, clean, own_path
from portal.core.diagrams.layout import BOX_HEIGHT, BOX_WIDTH, Layout, Point, place
from portal.core.diagrams.mermaid import css_class

_MARGIN = 6.0
_ARROW = (
    '<defs><marker id="{prefix}-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
    'orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>'
)


def to_svg(graph: Graph, *, description: str = "", prefix: str = "d") -> str:
    """Return the drawing; `prefix` keeps the ids of several drawings on one page apart.

    Raises DiagramTooLarge beyond the limits of `graph`.
    """
    graph.require_drawable()
    layout = place(graph)
    width, height = layout.width + 2 * _MARGIN, layout.height + 2 * _MARGIN
    title = clean(graph.title, 200) or "Diagram"
    box = f"{-_MARGIN:.0f} {-_MARGIN:.0f} {width:.0f} {height:.0f}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram-svg" role="img" viewBox="{box}"',
        f' width="{width:.0f}" height="{height:.0f}" aria-labelledby="{prefix}-title {prefix}-desc">',
        f'<title id="{prefix}-title">{escape(title)}</title>',
        f'<desc id="{prefix}-desc">{escape(clean(description, 400))}</desc>',
        _ARROW.format(prefix=prefix),
        *(_edge(graph, edge, layout, prefix) for edge in graph.edges),
        *(_node(graph, node, layout) for node in graph.nodes),
        "</svg>",
    ]
    return "\n".join(parts)


def _path(points: list[Point]) -> str:
    first, *rest = (f"{x:g} {y:g}" for x, y in points)
    return f"M{first}C{' '.join(rest)}"


def _edge(graph: Graph, edge: Edge, layout: Layout, prefix: str) -> str:
    names = {node.key: node.label for node in graph.nodes}
    words = f"{clean(names[edge.src])} feeds {clean(names[edge.dst])}"
    through = f" through {clean(edge.label)}" if edge.label else ""
    dashes = ' stroke-dasharray="5 4"' if edge.dashed else ""
    return (
        f'<path class="diagram-edge" data-from="{graph.ids[edge.src]}" data-to="{graph.ids[edge.dst]}" '
        f'd="{_path(layout.splines[edge.src, edge.dst])}" fill="none" stroke="currentColor"{dashes} '
        f'marker-end="url(#{prefix}-arrow)"><title>{escape(words + through)}</title></path>'
    )


def _node(graph: Graph, node: Node, layout: Layout) -> str:
    x, y = layout.centres[node.key]
    left, top = x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2
    classes = f"diagram-node {css_class(node.kind)}".strip()
    label_y = y - 3 if node.note else y + 4
    note = (
        f'<text x="{x:g}" y="{y + 13:g}" text-anchor="middle" font-size="10" fill="currentColor">'
        f"{escape(clean(node.note, 36))}</text>"
        if node.note
        else ""
    )
    box = (
        f'<g class="{classes}" data-node="{graph.ids[node.key]}">'
        f"<title>{escape(clean(node.label, 400))}</title>"
        f'<rect x="{left:g}" y="{top:g}" width="{BOX_WIDTH:g}" height="{BOX_HEIGHT:g}" rx="4" fill="none" '
        f'stroke="currentColor"/><text x="{x:g}" y="{label_y:g}" text-anchor="middle" font-size="12" '
        f'fill="currentColor">{escape(clean(node.label, 30))}</text>{note}</g>'
    )
    return f"<a href={quoteattr(node.url)}>{box}</a>" if own_path(node.url) else box
