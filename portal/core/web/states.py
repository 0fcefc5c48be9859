"""States as a word, an icon and a colour together; never a colour alone."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.core.web.icons import icon

KINDS = ("ok", "warn", "bad", "wait", "info", "off")
"""Kept; needs care; broken; somebody's turn; worth knowing; not running (draft, retired, not probed)."""


def state(word: object, kind: str) -> SafeString:
    """The mark of a state. Raises ValueError for an unknown kind, so that a typo never shows as a harmless grey."""
    if kind not in KINDS:
        raise ValueError(f"A state is one of {', '.join(KINDS)}, not {kind!r}.")
    return format_html('<span class="state state--{}">{}<span>{}</span></span>', kind, icon(kind), word)
