"""What people fill in about service levels; one file a room."""

from .board import BoardForm
from .incidents import PostmortemForm, ResolveForm, SilenceForm

__all__ = ["BoardForm", "PostmortemForm", "ResolveForm", "SilenceForm"]
