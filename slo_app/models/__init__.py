"""What the portal remembers of service levels: promises, measurements, alerts, incidents."""

from .alert import Alert
from .incident import Incident, Precedent, RunbookTick, TimelineEntry
from .measurement import Measurement
from .silence import Silence
from .slo import Slo

__all__ = ["Alert", "Incident", "Measurement", "Precedent", "RunbookTick", "Silence", "Slo", "TimelineEntry"]
