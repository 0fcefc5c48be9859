"""What people fill in about service levels; one file a room."""

from .board import BoardForm
from .incidents import AcknowledgeForm, IncidentsForm, PostmortemForm, ResolveForm, SilenceForm

__all__ = ["AcknowledgeForm", "BoardForm", "IncidentsForm", "PostmortemForm", "ResolveForm", "SilenceForm"]
