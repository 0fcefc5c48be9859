"""Questions to the service levels; those that a person asks check rights first."""

from .boards import Row, slo_for, slos_of
from .bounds import standings_of
from .budgets import Spent, budget_of, budgets_at, budgets_of, spent_of
from .incidents import incident_for, incidents, open_incidents
from .naming import slos_called
from .pages import SloPage, slo_page
from .places import Board, Place, board, shown_rows
from .throttle import decision

__all__ = [
    "Board",
    "Place",
    "Row",
    "SloPage",
    "Spent",
    "board",
    "budget_of",
    "budgets_at",
    "budgets_of",
    "decision",
    "incident_for",
    "incidents",
    "open_incidents",
    "shown_rows",
    "slo_for",
    "slo_page",
    "slos_called",
    "slos_of",
    "spent_of",
    "standings_of",
]
