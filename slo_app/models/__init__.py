"""What the portal remembers of service levels: promises, measurements, budgets, alerts, incidents."""

from .alert import Alert
from .baseline import Baseline
from .burn import BurnAlert
from .drill import Drill
from .finding import Attestation, Finding
from .incident import Incident, Precedent, RunbookTick, TimelineEntry
from .measurement import Measurement
from .runbook import Runbook, RunbookVersion
from .silence import Silence
from .slo import Slo
from .tally import Grain, Pulse, Tally
from .throttle import Consumer, ConsumerClass, ThrottleLevel, ThrottleOverride, ThrottleReach, ThrottleSource
from .window import JudgedWindow

__all__ = [
    "Alert",
    "Attestation",
    "Baseline",
    "BurnAlert",
    "Consumer",
    "ConsumerClass",
    "Drill",
    "Finding",
    "Grain",
    "Incident",
    "JudgedWindow",
    "Measurement",
    "Precedent",
    "Pulse",
    "Runbook",
    "RunbookTick",
    "RunbookVersion",
    "Silence",
    "Slo",
    "Tally",
    "ThrottleLevel",
    "ThrottleOverride",
    "ThrottleReach",
    "ThrottleSource",
    "TimelineEntry",
]
