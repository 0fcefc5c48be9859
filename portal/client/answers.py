"""What an answer of the portal, or the lack of one, comes to; apart from the HTTP library, which is slow to start."""

from __future__ import annotations

import json
from typing import Any


class PortalAway(Exception):
    """No answer could be had: the network, a time limit, or a server that is not the portal; the text says which."""


class PortalRefused(Exception):
    """The portal answered with a problem; the text is its own sentence."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def as_object(content: bytes) -> dict[str, Any]:
    """The JSON object in an answer; raises PortalAway for anything else, such as the page of a proxy."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise PortalAway("What answered is not the portal's API: it sent no JSON object. Check the server's address.")
    return found
