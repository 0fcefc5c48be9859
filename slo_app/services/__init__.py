"""Every write about service levels."""

from .incidents import acknowledge, resolve, silence, tick_step, write_postmortem
from .leases import ask_for_probe, lease_due
from .promises import adopt_promises
from .recording import lapse, record_look

__all__ = [
    "acknowledge",
    "adopt_promises",
    "ask_for_probe",
    "lapse",
    "lease_due",
    "record_look",
    "resolve",
    "silence",
    "tick_step",
    "write_postmortem",
]
