"""One digest for a whole graph, equal for equal graphs whatever the order and number of the events behind
them.

Content: nodes, edges (with state and whether foreign), column links; names only, no row ids and no times
of receipt.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class GraphContent:
    """Each row a tuple of texts and flags; the order of rows does not matter."""

    nodes: Iterable[tuple[Any, ...]]
    edges: Iterable[tuple[Any, ...]]
    columns: Iterable[tuple[Any, ...]] = ()


def graph_hash(content: GraphContent) -> str:
    """Return "sha256:<hex>" of the sorted, deduplicated content.

    >>> one = GraphContent([("n", "a"), ("n", "b")], [("n/a", "n/b", "job")])
    >>> two = GraphContent([("n", "b"), ("n", "a"), ("n", "a")], [("n/a", "n/b", "job")])
    >>> graph_hash(one) == graph_hash(two)
    True
    """
    digest = hashlib.sha256(b"custody lineage graph v1\n")
    for name, rows in (("nodes", content.nodes), ("edges", content.edges), ("columns", content.columns)):
        digest.update(f"{name}\n".encode())
        for line in sorted({json.dumps(row, ensure_ascii=True, separators=(",", ":")) for row in rows}):
            digest.update(line.encode() + b"\n")
    return f"sha256:{digest.hexdigest()}"
