"""Tells lineage from Python: `traced` wraps a function, `Emitter.run` a block; the standard library is all it needs.

Events follow the OpenLineage specification 2-0-2 and its published facets, so that any server that takes OpenLineage
takes them. Delivery is at least once: an event is sent again with the same bytes, which the portal recognises.
"""

from portal.client.lineage.columns import Source, aggregated, computed, copied, filtered, grouped, joined, masked, same
from portal.client.lineage.datasets import Dataset
from portal.client.lineage.decorator import traced
from portal.client.lineage.emitter import Away, EmitFailedError, Emitter, emitter_from_environment
from portal.client.lineage.outputs import Output
from portal.client.lineage.runs import Run, current_run

__all__ = [
    "Away",
    "Dataset",
    "EmitFailedError",
    "Emitter",
    "Output",
    "Run",
    "Source",
    "aggregated",
    "computed",
    "copied",
    "current_run",
    "emitter_from_environment",
    "filtered",
    "grouped",
    "joined",
    "masked",
    "same",
    "traced",
]
