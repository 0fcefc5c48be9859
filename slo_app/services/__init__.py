"""Every write about service levels."""

from .alerts import Watch, advance
from .drills import follow_drills, start_drill
from .incidents import acknowledge, resolve, tick_step
from .leases import ask_for_probe, hand_back, lease_batches, lease_due, take_up, waiting
from .postmortems import remind_of_postmortems, write_postmortem
from .promises import adopt_promises
from .pulse import beat
from .recording import lapse, record_look
from .relating import relate_incidents
from .silences import end_silence, make_silence, silence_incident
from .tending import make_rounds, tend
from .upkeep import keep_house

__all__ = [
    "Watch",
    "acknowledge",
    "adopt_promises",
    "advance",
    "ask_for_probe",
    "beat",
    "end_silence",
    "follow_drills",
    "hand_back",
    "keep_house",
    "lapse",
    "lease_batches",
    "lease_due",
    "make_rounds",
    "make_silence",
    "record_look",
    "relate_incidents",
    "remind_of_postmortems",
    "resolve",
    "silence_incident",
    "start_drill",
    "take_up",
    "tend",
    "tick_step",
    "waiting",
    "write_postmortem",
]
