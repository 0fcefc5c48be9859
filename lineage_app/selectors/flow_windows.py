"""The window of a declared flow: its datasets in their order, what proves each hop, and what only is declared."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise

from lineage_app.domain.coverage import HopState
from lineage_app.domain.window import Window, WindowEdge
from lineage_app.models import Dataset
from lineage_app.selectors.boxes import Place
from lineage_app.selectors.flows import FlowStanding
from lineage_app.selectors.view import View
from lineage_app.selectors.windows import Scene, picture

UNPROVED = (HopState.NEVER, HopState.FOREIGN, HopState.UNKNOWN)


def flow_window(standing: FlowStanding, view: View) -> Window:
    """Return the flow as a window: hops that no run ever proved are drawn as declared, by the flow itself.

    An asset that lineage does not know has no node; the list of hops says so.
    """
    claimed = _one_each([asset.pk for asset in standing.assets])
    places = {claimed[asset.pk]: Place(step) for step, asset in enumerate(standing.assets) if asset.pk in claimed}
    pairs: set[tuple[int, int]] = set()
    for step, hop in enumerate(standing.hops):
        way = hop.judged.way
        for node in way:
            places.setdefault(node, Place(step))
        pairs |= set(pairwise(way)) if way else _ends(hop.src.pk if hop.src else 0, hop.dst.pk, claimed)
    if not places:
        return picture(Scene("", {}), view)
    shown = picture(Scene(str(next(iter(places))), places, pairs=frozenset(pairs)), view)
    return _with_declared(shown, standing, claimed)


def _one_each(assets: Collection[int]) -> dict[int, int]:
    """One dataset for each asset that claims any: the first that came to be known."""
    rows = Dataset.objects.filter(asset__in=assets).order_by("-pk").values_list("asset", "pk", "root")
    return {asset: root or pk for asset, pk, root in rows}


def _ends(src: int, dst: int, claimed: dict[int, int]) -> set[tuple[int, int]]:
    return {(claimed[src], claimed[dst])} if src in claimed and dst in claimed else set()


def _with_declared(shown: Window, standing: FlowStanding, claimed: dict[int, int]) -> Window:
    """The window with an arrow for each hop that has none and whose ends are shown."""
    keys = {node.key for node in shown.nodes}
    drawn = {(edge.src, edge.dst) for edge in shown.edges}
    added = []
    for hop in standing.hops:
        for src, dst in _ends(hop.src.pk if hop.src else 0, hop.dst.pk, claimed):
            ends = str(src), str(dst)
            if hop.state in UNPROVED and ends not in drawn and keys >= set(ends):
                added.append(WindowEdge(*ends, state="declared"))
    return replace(shown, edges=(*shown.edges, *added))
