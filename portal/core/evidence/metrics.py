"""What Prometheus is told of the ledger: its length, what waits for its number, the newest signed head and audit."""

from collections.abc import Iterator

from django.db.models import Max
from prometheus_client import Metric

from portal.core.evidence.models import AuditRun, Checkpoint, Leaf, Pending
from portal.core.web.metrics import Covers, Labels, gauge, metrics


@metrics(order=40)
def ledger(_covers: Covers) -> Iterator[Metric]:
    """Four short queries; the newest checkpoint and audit are absent until there is one."""
    newest = Leaf.objects.aggregate(newest=Max("index"))["newest"]
    size = 0 if newest is None else newest + 1
    yield gauge("custody_ledger_entries", "Entries in the tree: its head.", [({}, size)])
    yield gauge("custody_ledger_pending_entries", "Entries without a number yet.", [({}, Pending.objects.count())])
    signed = Checkpoint.objects.order_by("-size").values_list("size", "created_at").first()
    covered, at = (signed[0], signed[1].timestamp()) if signed else (None, None)
    yield gauge("custody_ledger_checkpoint_entries", "Entries under the newest signed head.", _one(covered))
    yield gauge("custody_ledger_checkpoint_timestamp_seconds", "When that head was signed.", _one(at))
    yield from _audit()


def _audit() -> Iterator[Metric]:
    audit = AuditRun.objects.order_by("-pk").first()
    at = audit.finished_at.timestamp() if audit else None
    faults = len(audit.faults) if audit else None
    yield gauge("custody_ledger_audit_timestamp_seconds", "When the ledger last checked itself whole.", _one(at))
    yield gauge("custody_ledger_audit_faults", "What that check found wrong.", _one(faults))


def _one(value: float | None) -> list[tuple[Labels, float]]:
    return [] if value is None else [({}, value)]
