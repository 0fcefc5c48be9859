"""The whole graph from a list of events: what the database projector must equal, whatever it did incrementally."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Any
from uuid import UUID

from lineage_app.domain.aliases import read_symlinks, representatives
from lineage_app.domain.edges import EdgeState, own_and_foreign
from lineage_app.domain.events import read_facets
from lineage_app.domain.graph_hash import GraphContent
from lineage_app.domain.merging import Stamped, current, lay_over
from lineage_app.domain.names import Name, part_of
from lineage_app.domain.runs import Received, accumulate, parent_job

PARENT = "_parent"


def graph_of(events: Iterable[Received], merges: Iterable[tuple[Name, Name]] = ()) -> GraphContent:
    """Return nodes, edges and column links of `events`, with joined names folded into their representative.

    `merges` are the pairs of names that people said are one.
    """
    subjects: dict[UUID, list[Received]] = defaultdict(list)
    for item in events:
        subjects[item.event.subject].append(item)
    facets = dataset_facets(chain.from_iterable(subjects.values()))
    said = ((name, other) for name, known in facets.items() for other in read_symlinks(current(known).get("symlinks")))
    root = representatives(chain(said, merges))
    nodes: set[tuple[str, str]] = set()
    edges: set[tuple[str, str, str, str, bool]] = set()
    columns: set[tuple[str, str, str, str, str, str, bool]] = set()
    for received in subjects.values():
        nodes |= {root.get(name, name) for name in datasets_of(received)}
        job = str(accumulate([item for item in received if not item.foreign] or received).job or "")
        own, extra = own_and_foreign(received)
        for derived, foreign in ((own, False), (extra, True)):
            for src, dst in derived.edges if derived else ():
                ends = root.get(src, src), root.get(dst, dst)
                nodes |= set(ends)
                if ends[0] != ends[1]:
                    edges.add((str(ends[0]), str(ends[1]), job, str(derived.state), foreign))  # type: ignore[union-attr]
        for c in own.columns if own and own.state is not EdgeState.FAILED else ():
            src, dst = root.get(c.src, c.src), root.get(c.dst, c.dst)
            columns.add((str(src), c.src_field, str(dst), c.dst_field, c.type, c.subtype, c.masking))
    return GraphContent(nodes, edges, columns)


def datasets_of(received: list[Received]) -> set[Name]:
    """Return the datasets that a subject touches; a foreign snapshot cannot make an own one vanish."""
    states = [accumulate(received)]
    own = [item for item in received if not item.foreign]
    states += [accumulate(own)] if own and len(own) < len(received) else []
    return {name for state in states for name in (*state.read, *state.outputs)}


def dataset_facets(events: Iterable[Received]) -> dict[Name, Stamped]:
    """Return the newest facets of each dataset, from events within their token's namespaces only."""
    known: dict[Name, Stamped] = {}
    for event, digest, foreign, *_ in events:
        for item in () if foreign else (*event.inputs, *event.outputs):
            if sent := read_facets(item.facets):
                lay_over(known.setdefault(item.full_name, {}), sent, event.time, digest)
    return known


def job_facets(events: Iterable[Received]) -> dict[Name, Stamped]:
    """Return the newest facets of each job, from own events only.

    Under PARENT stands the job that its runs call their parent, else the one whose part it is by its name.
    """
    known: dict[Name, Stamped] = {}
    for event, digest, foreign, *_ in events:
        if foreign or event.job is None:
            continue
        sent = read_facets(event.job.facets)
        name = Name(event.job.namespace, event.job.name)
        parent = (parent_job(read_facets(event.run.facets)) if event.run else None) or part_of(name)
        if parent:
            sent = {**sent, PARENT: {"namespace": parent.namespace, "name": parent.name}}
        if sent:
            lay_over(known.setdefault(name, {}), sent, event.time, digest)
    return known


def parent_of(facets: dict[str, Any]) -> Name | None:
    """Return the parent job that `job_facets` noted."""
    noted = facets.get(PARENT)
    return Name(noted["namespace"], noted["name"]) if noted else None
