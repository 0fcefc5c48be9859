"""Every write about who is on call and who is told."""

from .escalating import escalate_due
from .pages import acknowledge, hold, page, reopen, resolve, tell

__all__ = ["acknowledge", "escalate_due", "hold", "page", "reopen", "resolve", "tell"]
