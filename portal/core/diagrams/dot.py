"""A graph in Graphviz' DOT language, for tools of others: generated ids, quoted labels, frames as clusters.

Grammar: graphviz.org/doc/info/lang.html. In a quoted string only the quote, the backslash and the ampersand mean
anything, and all are escaped, so no label can end its quotes or act as an escape such as \\N or an entity.
"""

from portal.core.diagrams.graph import Edge, Graph, Node, clean, own_path

_SHAPES = {"box": "box", "round": "ellipse", "stack": "box3d", "pill": "note"}


def to_dot(graph: Graph, *, site: str = "") -> str:
    """Return the graph as DOT text with whole labels; `site` goes in front of own paths."""
    lines = [
        "digraph lineage {",
        '  graph [rankdir=LR, newrank=true, charset="UTF-8", label=' + quoted(graph.title) + "];",
    ]
    lines.append('  node [fontname="sans-serif"]; edge [fontname="sans-serif"];')
    for number, (group, nodes) in enumerate(graph.members(), 1):
        inside = [_node(graph, node, site) for node in nodes]
        if group is None:
            lines += inside
        else:
            lines += [f"  subgraph cluster_{number} {{", f"    label={quoted(group.label)};", *inside, "  }"]
    return "\n".join([*lines, *(_edge(graph, edge) for edge in graph.edges), "}", ""])


def quoted(text: str) -> str:
    r"""Return `text` as a DOT string.

    >>> quoted('a "b" \\N')
    '"a \\"b\\" \\\\N"'
    """
    return '"' + clean(text, 400).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') + '"'


def _node(graph: Graph, node: Node, site: str) -> str:
    said = {"label": node.label, "shape": _SHAPES[node.shape], "tooltip": node.note, "class": node.kind}
    said |= {"URL": f"{site}{node.url}"} if own_path(node.url) else {}
    return f"  {graph.ids[node.key]} [{_attributes(said)}];"


def _edge(graph: Graph, edge: Edge) -> str:
    said = {"label": edge.label, "class": edge.kind, "style": "dashed" if edge.dashed else ""}
    return f"  {graph.ids[edge.src]} -> {graph.ids[edge.dst]} [{_attributes(said)}];"


def _attributes(said: dict[str, str]) -> str:
    return ", ".join(f"{key}={quoted(text)}" for key, text in said.items() if text)
