"""A graph as nested lists, for screen readers, keyboards and pages without drawings."""

from dataclasses import dataclass

from portal.core.diagrams.graph import Graph, Node


@dataclass(frozen=True, slots=True)
class Branch:
    """One entry: a node, what it feeds, and whether those children are listed at an earlier entry already."""

    node: Node
    children: tuple["Branch", ...]
    seen: bool = False

    def edges(self) -> set[tuple[str, str]]:
        """Return every (source key, target key) pair that this branch shows."""
        shown = {(self.node.key, child.node.key) for child in self.children}
        return shown.union(*(child.edges() for child in self.children)) if self.children else shown


def _roots(graph: Graph) -> list[str]:
    fed = {edge.dst for edge in graph.edges if edge.src != edge.dst}
    return [node.key for node in graph.nodes if node.key not in fed]


def to_outline(graph: Graph) -> tuple[Branch, ...]:
    """Return the branches from the sources on: each edge exactly once, a cycle ends at a seen entry."""
    nodes = {node.key: node for node in graph.nodes}
    targets: dict[str, list[str]] = {}
    for edge in dict.fromkeys((edge.src, edge.dst) for edge in graph.edges):
        targets.setdefault(edge[0], []).append(edge[1])
    expanded: set[str] = set()

    def branch(key: str) -> Branch:
        if key in expanded:
            return Branch(nodes[key], (), seen=bool(targets.get(key)))
        expanded.add(key)
        return Branch(nodes[key], tuple(branch(target) for target in targets.get(key, ())))

    forest = [branch(key) for key in _roots(graph)]
    # what is left hangs on a cycle without a source: start anywhere in it
    forest += [branch(node.key) for node in graph.nodes if node.key not in expanded]
    return tuple(forest)
