"""Every write about service levels."""

from .alerts import Watch, advance
from .incidents import acknowledge, resolve, tick_step, write_postmortem
from .leases import ask_for_probe, lease_due
from .promises import adopt_promises
from .recording import lapse, record_look
from .silences import end_silence, make_silence, silence_incident
from .tending import tend

__all__ = [
    "Watch",
    "acknowledge",
    "adopt_promises",
    "advance",
    "ask_for_probe",
    "end_silence",
    "lapse",
    "lease_due",
    "make_silence",
    "record_look",
    "resolve",
    "silence_incident",
    "tend",
    "tick_step",
    "write_postmortem",
]
