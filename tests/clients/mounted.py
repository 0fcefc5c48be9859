"""The portal below a path, as behind a proxy that keeps `/portal` for it: a WSGI application for granian."""

from collections.abc import Callable, Iterable
from typing import Any

from portal.wsgi import application as portal

PREFIX = "/portal"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Pass on what lies below the prefix; anything else is not there."""
    path = environ["PATH_INFO"]
    if not path.startswith(f"{PREFIX}/"):
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"Nothing here."]
    inside = environ | {"PATH_INFO": path.removeprefix(PREFIX), "SCRIPT_NAME": PREFIX}
    return portal(inside, start_response)
