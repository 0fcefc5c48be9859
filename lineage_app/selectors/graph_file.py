"""The programme's `lineage/graph.md`: every declared flow as a section with its drawing, hops and evidence links.

One drawing a flow and never one of the whole estate: nobody can read that, and Mermaid would not draw it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lineage_app.domain.exports import as_markdown, plain
from lineage_app.selectors.coverage import coverage
from lineage_app.selectors.flow_windows import flow_window
from lineage_app.selectors.flows import FlowStanding, flows_like, standing_of
from lineage_app.selectors.proofs import proofs_of
from lineage_app.selectors.view import View

CHUNK = 50


def graph_file(at: datetime, *, site: str = "") -> Iterator[str]:
    """Return the file section by section, flows by name; `site` goes in front of own paths.

    A section costs a constant number of queries, and no more than CHUNK flows are in memory at a time.
    """
    yield _head(at)
    found = flows_like()
    for start in range(0, found.count(), CHUNK):
        for standing in standing_of(found[start : start + CHUNK], at):
            yield "\n" + _section(standing, site)


def _head(at: datetime) -> str:
    share = coverage(at).share
    lines = ["# Lineage of the declared flows", "", f"As of {at:%Y-%m-%d %H:%M} UTC."]
    if share.total:
        lines.append(f"Completed runs proved {share.covered} of {share.total} hops of tier-1 flows within seven days.")
    else:
        lines.append("No flow of tier 1 is declared, so there is no coverage to tell.")
    return "\n".join(lines) + "\n"


def _section(standing: FlowStanding, site: str) -> str:
    share, flow = standing.share, standing.flow
    said = f"{share.covered} of {share.total} hops proved within seven days. Owner: {flow.owner_team.name}."
    window = flow_window(standing, View())
    if window.nodes:
        return as_markdown(window, f"Flow {flow.name}", said, site=site, proofs=proofs_of(window))
    names = ", ".join(plain(asset.key) for asset in standing.assets)
    return f"## {plain(f'Flow {flow.name}')}\n\n{plain(said)} No event has named any of its assets: {names}.\n"
