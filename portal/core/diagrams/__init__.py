"""Draw a graph of nodes and edges as Mermaid text, as SVG and as nested lists; plain Python."""

from portal.core.diagrams.graph import (
    HARD_EDGES,
    HARD_NODES,
    HARD_TEXT_BYTES,
    WINDOW_NODES,
    DiagramTooLarge,
    Edge,
    Graph,
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
    "Node",
    "to_mermaid",
    "to_outline",
    "to_svg",
]
