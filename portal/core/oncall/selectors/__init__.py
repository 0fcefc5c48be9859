"""Questions about who is on call and who was told."""

from .duty import on_call_of, on_call_of_teams, receivers
from .pages import Line, Told, story, told

__all__ = ["Line", "Told", "on_call_of", "on_call_of_teams", "receivers", "story", "told"]
