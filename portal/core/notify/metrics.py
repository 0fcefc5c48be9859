"""What Prometheus is told of the outbox: what waits to be delivered, by channel."""

from collections.abc import Iterator

from django.db.models import Count, Min
from prometheus_client import Metric

from portal.core.clock.services import now
from portal.core.notify.models import Message
from portal.core.notify.registry import channels
from portal.core.web.metrics import Covers, gauge, label, metrics


@metrics(order=30)
def outbox(_covers: Covers) -> Iterator[Metric]:
    """One query over the index of what waits; a channel with nothing to tell reads 0."""
    waiting = Message.objects.filter(state=Message.State.WAITING).order_by().values("channel")
    found = {row["channel"]: row for row in waiting.annotate(count=Count("pk"), oldest=Min("created_at"))}
    counts = {name: found[name]["count"] if name in found else 0 for name in sorted({*channels(), *found})}
    yield gauge(
        "custody_outbox_waiting",
        "Messages that wait to be delivered.",
        [({"channel": label(name)}, count) for name, count in counts.items()],
    )
    oldest = min((row["oldest"] for row in found.values()), default=None)
    age = max((now() - oldest).total_seconds(), 0.0) if oldest else 0.0
    yield gauge("custody_outbox_oldest_seconds", "Age of the oldest message that waits.", [({}, age)])
