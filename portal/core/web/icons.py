"""Icons, written into the page from one sprite, so that they follow the text's colour and print."""

import re
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

SPRITE = Path(__file__).resolve().parents[2] / "static" / "custody" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([a-z-]+)">(.*?)</symbol>', re.DOTALL)


@cache
def drawings() -> dict[str, str]:
    """Name to inner markup of every icon in the sprite."""
    return {name: " ".join(body.split()) for name, body in _SYMBOL.findall(SPRITE.read_text())}


def icon(name: str) -> SafeString:
    """The icon as an inline SVG that assistive technology passes over, since a word always stands beside it.

    Raises KeyError for a name that the sprite does not hold.
    """
    drawn = drawings()[name]
    return mark_safe(  # noqa: S308 - the markup is the sprite's own
        f'<svg class="icon icon--{name}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{drawn}</svg>'
    )
