"""Questions to the service levels; those that a person asks check rights first."""

from .boards import Place, Row, board, incident_for, open_incidents, shown_rows, slo_for, slos_of
from .bounds import budgets_of, standings_of
from .pages import SloPage, slo_page

__all__ = [
    "Place",
    "Row",
    "SloPage",
    "board",
    "budgets_of",
    "incident_for",
    "open_incidents",
    "shown_rows",
    "slo_for",
    "slo_page",
    "slos_of",
    "standings_of",
]
