"""What the portal remembers of service levels: promises, measurements, alerts, incidents."""

from .alert import Alert
from .incident import Incident, RunbookTick, TimelineEntry
from .measurement import Measurement
from .slo import Slo

__all__ = ["Alert", "Incident", "Measurement", "RunbookTick", "Slo", "TimelineEntry"]
