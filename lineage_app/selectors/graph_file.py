"""The programme's `lineage/graph.md`: every declared flow as a section with its drawing, hops and evidence links.

The file is the same for the same state: it is dated by the newest event in it, not by the clock. One drawing a flow
and never one of the whole estate: nobody can read that, and Mermaid would not draw it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from lineage_app.domain.exports import as_markdown, plain
from lineage_app.domain.metadata import run_metadata
from lineage_app.models import Dataset
from lineage_app.selectors.coverage import coverage
from lineage_app.selectors.flow_windows import flow_window
from lineage_app.selectors.flows import FlowStanding, flows_like, jobs_of_hops, runs_of_hops, standing_of
from lineage_app.selectors.projected import graph_version
from lineage_app.selectors.proofs import proofs_of
from lineage_app.selectors.view import View
from portal.core.catalog.selectors import assets, flow_ways

CHUNK = 50


def graph_file(at: datetime, *, site: str = "") -> Iterator[str]:
    """Return the file section by section, flows by name; `site` goes in front of own paths.

    A section costs a constant number of queries, and no more than CHUNK flows are in memory at a time.
    """
    yield _head(at)
    found = flows_like()
    yield _shown(found)
    for start in range(0, found.count(), CHUNK):
        for standing in standing_of(found[start : start + CHUNK], at):
            yield "\n" + _section(standing, site)


def _head(at: datetime) -> str:
    share = coverage(at).share
    lines = ["# Lineage of the declared flows", "", f"The graph at {graph_version()}."]
    if share.total:
        lines.append(f"Completed runs proved {share.covered} of {share.total} hops of tier-1 flows within seven days.")
    else:
        lines.append("No flow of tier 1 is declared, so there is no coverage to tell.")
    return "\n".join(lines) + "\n"


def declared_assets() -> QuerySet[Any]:
    """The assets that stand in a declared flow, with their owners, by namespace and name."""
    steps = {asset for _, _, way in flow_ways().values() for asset in way}
    return assets().filter(pk__in=steps).order_by("namespace", "name")


def _shown(found: QuerySet[Any]) -> str:
    """What of the whole graph stands in the file: nobody should take it for all of it."""
    known = Dataset.objects.filter(root=None)
    drawn = known.filter(asset__in=declared_assets().values("pk")).count()
    told = f"Shown: {found.count()} flows over {declared_assets().count()} assets, which are {drawn} of the "
    return f"\n{told}{known.count()} datasets that events have named; the others are in the portal's explorer.\n"


def _section(standing: FlowStanding, site: str) -> str:
    share, flow = standing.share, standing.flow
    said = f"{share.covered} of {share.total} hops proved within seven days. Owner: {flow.owner_team.name}."
    window = flow_window(standing, View())
    if window.hidden_up or window.hidden_down:
        said += f" Not drawn for want of room: {window.hidden_up + window.hidden_down} datasets."
    if window.nodes:
        drawn = as_markdown(window, f"Flow {flow.name}", said, site=site, proofs=proofs_of(window))
        return drawn + "".join(_runs(standing, site))
    names = ", ".join(plain(asset.key) for asset in standing.assets)
    return f"## {plain(f'Flow {flow.name}')}\n\n{plain(said)} No event has named any of its assets: {names}.\n"


def _runs(standing: FlowStanding, site: str) -> Iterator[str]:
    """The newest run that proved each hop, with the code and the image that it told; nothing where none did."""
    proved = [hop for hop in standing.hops if hop.src and hop.judged.job and hop.judged.seen]
    runs, jobs = runs_of_hops(proved), jobs_of_hops(proved)
    if proved:
        yield "\n| From | To | Job | Newest run | Revision | Image | Took |\n|---|---|---|---|---|---|---|\n"
    for hop in proved:
        run, job = runs.get((hop.judged.job, hop.judged.seen)), jobs.get(hop.judged.job)  # type: ignore[arg-type]
        said = dict(run_metadata(run.facets, run.job_facets)) if run else {}
        cells = (
            plain(hop.src.name if hop.src else ""),
            plain(hop.dst.name),
            plain(job.name) if job else "unknown",
            f"[{plain(run.run_id)}]({site}{run.get_absolute_url()})" if run else "archived",
            plain(said.get("Revision", "")) or "not told",
            plain(said.get("Image", "")) or "not told",
            f"{run.took.total_seconds():g} s" if run and run.took is not None else "not told",
        )
        yield f"| {' | '.join(cells)} |\n"
