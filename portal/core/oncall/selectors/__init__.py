"""Questions about who is on call and who was told."""

from .duty import on_call_of, receivers
from .pages import Told, told

__all__ = ["Told", "on_call_of", "receivers", "told"]
