"""What Prometheus is told of lineage: how far the graph is behind the events."""

from collections.abc import Iterator

from prometheus_client import Metric

from lineage_app.selectors.lag import projection_lag
from portal.core.clock.services import now
from portal.core.web.metrics import Covers, gauge, metrics


@metrics(order=20)
def lineage(_covers: Covers) -> Iterator[Metric]:
    """The line before the projector; it is cheap at a million events."""
    lag = projection_lag(now())
    yield gauge("custody_lineage_waiting_events", "Lineage events not in the graph yet.", [({}, lag.waiting)])
    yield gauge("custody_lineage_lag_seconds", "Age of the oldest of them.", [({}, lag.oldest.total_seconds())])
