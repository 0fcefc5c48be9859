"""The whole graph from a list of events: what the database projector must equal, whatever it did
incrementally.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from lineage_app.domain.aliases import read_symlinks, representatives
from lineage_app.domain.edges import own_and_foreign
from lineage_app.domain.graph_hash import GraphContent
from lineage_app.domain.names import Name
from lineage_app.domain.runs import Received, accumulate


def graph_of(events: Iterable[Received]) -> GraphContent:
    """Return nodes, edges and column links of `events`, with joined names folded into their representative."""
    subjects: dict[UUID, list[Received]] = defaultdict(list)
    for item in events:
        subjects[item.event.subject].append(item)
    root = representatives(_symlink_pairs(subjects.values()))
    nodes: set[tuple[str, str]] = set()
    edges: set[tuple[str, str, str, str, bool]] = set()
    columns: set[tuple[str, str, str, str, str, str, bool, bool]] = set()
    for received in subjects.values():
        run = accumulate(received)
        job = str(run.job or "")
        nodes |= {root.get(name, name) for name in (*run.inputs, *run.outputs)}
        for derived, foreign in zip(own_and_foreign(received), (False, True), strict=True):
            if derived is None or derived.state is None:
                continue
            for src, dst in derived.edges:
                ends = root.get(src, src), root.get(dst, dst)
                nodes |= set(ends)
                if ends[0] != ends[1]:
                    edges.add((str(ends[0]), str(ends[1]), job, str(derived.state), foreign))
            columns |= {
                (str(root.get(c.src, c.src)), c.src_field, str(root.get(c.dst, c.dst)), *c[3:], foreign)
                for c in derived.columns
            }
    return GraphContent(nodes, edges, columns)


def _symlink_pairs(groups: Iterable[list[Received]]) -> Iterable[tuple[Name, Name]]:
    for received in groups:
        own = [item for item in received if not item.foreign]
        if own:
            run = accumulate(own)
            for name, use in (*run.inputs.items(), *run.outputs.items()):
                for other in read_symlinks(use.facets.get("symlinks")):
                    yield name, other
