"""Raw events as received, and the graph that a worker derives from them; everything but RawEvent can be rebuilt."""

from lineage_app.models.archives import ArchivedSubject, LineageArchive, LineageHorizon, RedactionRecord
from lineage_app.models.coverage import CoverageDay, LatestCoverage
from lineage_app.models.edges import ColumnEdge, Edge, EdgeState, RunEdge
from lineage_app.models.events import Inbox, RawEvent
from lineage_app.models.names import DatasetLife, Declaration, Merge, Redoing, RedoSubject, RewriteRule
from lineage_app.models.nodes import Dataset, DatasetLink, Job
from lineage_app.models.producers import OutsideNamespace, Producer, Receipt, RefusedEvent, Tally
from lineage_app.models.rebuilding import FacetDraft, Rebuilding
from lineage_app.models.runs import ColumnSet, ColumnUse, Run, RunIO
from lineage_app.models.search import Fact, JobUse
from lineage_app.models.watch import Expectation, RunFinding, WatchGap, WatchState

__all__ = [
    "ArchivedSubject",
    "ColumnEdge",
    "ColumnSet",
    "ColumnUse",
    "CoverageDay",
    "Dataset",
    "DatasetLife",
    "DatasetLink",
    "Declaration",
    "Edge",
    "EdgeState",
    "Expectation",
    "FacetDraft",
    "Fact",
    "Inbox",
    "Job",
    "JobUse",
    "LatestCoverage",
    "LineageArchive",
    "LineageHorizon",
    "Merge",
    "OutsideNamespace",
    "Producer",
    "RawEvent",
    "Rebuilding",
    "Receipt",
    "RedactionRecord",
    "RedoSubject",
    "Redoing",
    "RefusedEvent",
    "RewriteRule",
    "Run",
    "RunEdge",
    "RunFinding",
    "RunIO",
    "Tally",
    "WatchGap",
    "WatchState",
]
