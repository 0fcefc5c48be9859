"""Questions to the service levels; those that a person asks check rights first."""

from .boards import Row, board, incident_for, open_incidents, slo_for, slos_of, with_history
from .pages import SloPage, slo_page

__all__ = [
    "Row",
    "SloPage",
    "board",
    "incident_for",
    "open_incidents",
    "slo_for",
    "slo_page",
    "slos_of",
    "with_history",
]
