"""Draw a graph of nodes and edges as Mermaid text, as SVG, as DOT and as nested lists; plain Python."""

from portal.core.diagrams.dot import to_dot
from portal.core.diagrams.graph import (
    HARD_EDGES,
    HARD_NODES,
    HARD_TEXT_BYTES,
    WINDOW_NODES,
    DiagramTooLarge,
    Edge,
    Graph,
    Group,
    Link,
    Node,
)
from portal.core.diagrams.mermaid import to_mermaid
from portal.core.diagrams.outline import Branch, to_outline
from portal.core.diagrams.svg import to_svg

__all__ = [
    "HARD_EDGES",
    "HARD_NODES",
    "HARD_TEXT_BYTES",
    "WINDOW_NODES",
    "Branch",
    "DiagramTooLarge",
    "Edge",
    "Graph",
    "Group",
    "Link",
    "Node",
    "to_dot",
    "to_mermaid",
    "to_outline",
    "to_svg",
]
