"""Mermaid flowchart text, safe under securityLevel strict: generated ids, escaped labels, own links.

Grammar: mermaid.js.org/syntax/flowchart.html. Everything but letters, digits and a few plain signs is
written as a numeric entity (`#34;`), so no label can end its quotes or start a directive.
"""

import re

from portal.core.diagrams.graph import HARD_TEXT_BYTES, DiagramTooLarge, Edge, Graph, Node, clean, own_path

_PLAIN_SIGNS = frozenset(" _-./,")
_BRACKETS = {"box": ("[", "]"), "round": ("(", ")"), "stack": ("[[", "]]"), "pill": ("([", "])")}
_CLASS_NAME = re.compile(r"[^a-z0-9]+")


def escape(text: str) -> str:
    """Return `text` for use inside Mermaid's double quotes.

    >>> escape('a"b<c>')
    'a#34;b#60;c#62;'
    """
    return "".join(c if c.isalnum() or c in _PLAIN_SIGNS else f"#{ord(c)};" for c in text)


def css_class(kind: str) -> str:
    """Return the class of a node kind, `""` for none.

    >>> css_class("vector index"), css_class("")
    ('kind-vector-index', '')
    """
    name = _CLASS_NAME.sub("-", kind.lower()).strip("-")
    return f"kind-{name}" if name else ""


def _node_line(node_id: str, node: Node) -> str:
    label = _words(node.label)
    note = f"<br/>{escape(clean(node.note))}" if node.note else ""
    kind = css_class(node.kind)
    opening, closing = _BRACKETS[node.shape]
    return f'  {node_id}{opening}"{label}{note}"{closing}' + (f":::{kind}" if kind else "")


def _node_lines(graph: Graph) -> list[str]:
    """The nodes, those of a group inside its frame."""
    lines: list[str] = []
    for number, (group, nodes) in enumerate(graph.members(), 1):
        inside = [_node_line(graph.ids[node.key], node) for node in nodes]
        lines += inside if group is None else [f'  subgraph g{number}["{_words(group.label)}"]', *inside, "  end"]
    return lines


def _words(label: str) -> str:
    return escape(clean(label)) or "unnamed"


def _edge_line(graph: Graph, edge: Edge) -> str:
    arrow = "-.->" if edge.dashed else "-->"
    label = f'|"{escape(clean(edge.label, 32))}"|' if edge.label else ""
    return f"  {graph.ids[edge.src]} {arrow}{label} {graph.ids[edge.dst]}"


def _click_line(node_id: str, node: Node, site: str) -> str:
    return f'  click {node_id} href "{site}{node.url}" "Open {escape(clean(node.label))}" _top'


def to_mermaid(graph: Graph, *, site: str = "") -> str:
    """Return the flowchart as text, at most HARD_TEXT_BYTES bytes of UTF-8; `site` goes in front of own paths.

    Raises DiagramTooLarge beyond that or beyond the node and edge limits: Mermaid would draw an error.
    """
    graph.require_drawable()
    lines = ["flowchart LR"]
    lines += _node_lines(graph)
    lines += [_edge_line(graph, edge) for edge in graph.edges]
    lines += [_click_line(graph.ids[node.key], node, site) for node in graph.nodes if own_path(node.url)]
    text = "\n".join(lines) + "\n"
    size = len(text.encode())
    if size > HARD_TEXT_BYTES:
        raise DiagramTooLarge(
            f"The diagram's text has {size} bytes, over the limit of {HARD_TEXT_BYTES}: fold it first."
        )
    return text
