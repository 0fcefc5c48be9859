"""A window as data for others: the JSON of schema custody.lineage.window/1, the rows of a CSV, a Markdown page.

The JSON schema is described in docs/lineage.md; a field may be added to it, none goes or changes its meaning without
another number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lineage_app.domain.window import Window, WindowEdge, WindowNode
from portal.core.diagrams import to_mermaid
from portal.core.diagrams.markdown import plain

SCHEMA = "custody.lineage.window/1"
CSV_HEAD = (
    "from_namespace", "from_name", "from_kind", "from_layer", "to_namespace", "to_name", "to_kind", "to_layer",
    "to_owner", "state", "jobs", "last_seen", "brought_by",
)  # fmt: skip


def as_data(window: Window, name: str) -> dict[str, Any]:
    """Return the window for programs: a dataset's key is its number, a job's "job-" and its number, what is folded
    has "group-…:…", "more-up" or "more-down"."""
    version = window.version
    return {
        "schema": SCHEMA,
        "focus": window.focus,
        "name": name,
        "as_of": window.as_of or None,
        "known_at": window.known_at or None,
        "graph": {"event": version.event, "waiting": version.waiting, "lag_seconds": version.lag.total_seconds()}
        if version
        else None,
        "hidden": {"up": window.hidden_up, "down": window.hidden_down},
        "groups": [{"name": each.key, "nodes": each.count, "folded": each.folded} for each in window.groups],
        "nodes": [_node(node) for node in window.nodes],
        "edges": [_edge(edge) for edge in window.edges],
    }


def _node(n: WindowNode) -> dict[str, Any]:
    return {
        "key": n.key, "role": n.role, "namespace": n.namespace, "name": n.label, "kind": n.kind, "layer": n.layer,
        "owner": n.owner, "distance": n.distance, "beside": n.beside, "url": n.url, "hidden": n.hidden,
        "state": n.state or None, "since": n.since or None, "unshown": {"up": n.unshown_up, "down": n.unshown_down},
    }  # fmt: skip


def _edge(e: WindowEdge) -> dict[str, Any]:
    return {
        "from": e.src, "to": e.dst, "state": e.state, "jobs": e.jobs,
        "foreign": e.foreign, "last_seen": e.last_seen, "tokens": e.tokens,
    }  # fmt: skip


def table_rows(window: Window) -> list[tuple[WindowNode, WindowEdge, WindowNode]]:
    """Return the edges with their ends, from the sources on: the order of the table and of the CSV."""
    nodes = window.by_key()
    ordered = sorted(window.edges, key=lambda e: (nodes[e.src].distance, nodes[e.src].label, nodes[e.dst].label))
    return [(nodes[edge.src], edge, nodes[edge.dst]) for edge in ordered]


def csv_rows(window: Window) -> Iterator[Sequence[str]]:
    """Give the rows under CSV_HEAD, one an edge; several jobs or tokens stand in one cell, one a line."""
    for src, edge, dst in table_rows(window):
        yield (
            src.namespace, src.label, src.kind, src.layer, dst.namespace, dst.label, dst.kind, dst.layer, dst.owner,
            edge.word, "\n".join(edge.jobs), edge.last_seen, "\n".join(edge.tokens),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proof:
    """A link beside a node of a Markdown page: a contract version in force, an entry of the ledger."""

    text: str
    url: str


def as_markdown(
    window: Window, title: str, summary: str, *, site: str = "", proofs: Mapping[str, Sequence[Proof]] | None = None
) -> str:
    """Return the window as a section of Markdown: what it is, the Mermaid drawing, its nodes and its edges.

    `site` goes in front of own paths; `proofs` are links by node key.
    """
    when = [f"as of {window.as_of}"] if window.as_of else []
    when += [f"as known at {window.known_at}"] if window.known_at else []
    when += [f"graph at {window.version}"] if window.version else []
    drawing = ["```mermaid", to_mermaid(window.graph(), site=site).rstrip("\n"), "```"]
    parts = [[f"## {plain(title)}"], [plain(summary) + f" ({', '.join(when)})" * bool(when)], drawing]
    parts.append(_node_table(window, site, proofs or {}))
    if window.edges:
        parts.append(_edge_table(window))
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _node_table(window: Window, site: str, proofs: Mapping[str, Sequence[Proof]]) -> list[str]:
    lines = ["| Node | Kind and layer | Owner | Proof |", "|---|---|---|---|"]
    for node in window.nodes:
        links = ", ".join(f"[{plain(proof.text)}]({site}{proof.url})" for proof in proofs.get(node.key, ()))
        name = f"[{plain(node.label)}]({site}{node.url})" if node.url else plain(node.label)
        said = ", ".join(filter(None, (node.kind, node.layer, f"{node.state} {node.since[:10]}".strip())))
        lines.append(f"| {name} | {plain(said)} | {plain(node.owner) or 'nobody'} | {links or 'none'} |")
    return lines


def _edge_table(window: Window) -> list[str]:
    lines = ["| From | To | Through | State | Last seen |", "|---|---|---|---|---|"]
    for src, edge, dst in table_rows(window):
        ends = f"| {plain(src.label)} | {plain(dst.label)} "
        lines.append(f"{ends}| {plain(', '.join(edge.jobs))} | {edge.word} | {edge.last_seen[:16]} |")
    return lines
