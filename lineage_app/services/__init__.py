"""Writes of lineage: keep an event, project it, rebuild the graph, keep partitions ahead."""

from lineage_app.services.adoption import adopt
from lineage_app.services.archives import ArchiveBusy, archive_old, due_months
from lineage_app.services.coverage import count_days, keep_latest
from lineage_app.services.expectations import accept_rhythm, expect_no_more, expect_runs
from lineage_app.services.findings import acknowledge, mute, unmute
from lineage_app.services.ingest import keep, keep_many
from lineage_app.services.naming import link_assets
from lineage_app.services.partitions import ensure_partitions
from lineage_app.services.projector import project_all, project_batch, retry_set_aside
from lineage_app.services.pruning import remove_archives, remove_due
from lineage_app.services.rebuild import rebuild
from lineage_app.services.redaction import mentions, redact, redacted_so_far, searchable, vacuum
from lineage_app.services.redaction.naming import datasets_beside, masker
from lineage_app.services.redoing import redo_all
from lineage_app.services.watch import look

__all__ = [
    "ArchiveBusy",
    "accept_rhythm",
    "acknowledge",
    "adopt",
    "archive_old",
    "count_days",
    "datasets_beside",
    "due_months",
    "ensure_partitions",
    "expect_no_more",
    "expect_runs",
    "keep",
    "keep_latest",
    "keep_many",
    "link_assets",
    "look",
    "masker",
    "mentions",
    "mute",
    "project_all",
    "project_batch",
    "rebuild",
    "redact",
    "redacted_so_far",
    "redo_all",
    "remove_archives",
    "remove_due",
    "retry_set_aside",
    "searchable",
    "unmute",
    "vacuum",
]
