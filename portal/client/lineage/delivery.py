"""One event over HTTP: the same bytes on every try, Retry-After honoured, never longer than the patience allows.

What another try cannot mend is EventRefused at once; what it can is tried again, then PortalAway. A redirect is never
followed: it would turn POST into GET, and the event would be lost without an error.
"""

from __future__ import annotations

import gzip
import http.client
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from portal.client.answers import PortalAway
from portal.client.lineage.facets import ADAPTER_VERSION

PATH = "api/v1/lineage"
OUTPUTS = "api/v1/outputs"
MAX_ANSWER = 1024 * 1024
GZIP_FROM = 16 * 1024
AGAIN = frozenset({429, 500, 502, 503, 504})
MENDABLE = frozenset({401, 403, 404, 405})  # a token or an address can be set right; the event is none the worse


class EventRefused(Exception):
    """The server took the event for no good; `mendable` says whether setting token or address right would do."""

    def __init__(self, status: int, answer: str) -> None:
        super().__init__(f"The portal refused the event ({status}): {answer}")
        self.mendable = status in MENDABLE


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True)
class Delivery:
    """Where events go; `url` may have a path before it, as behind a proxy, and `patience_s` caps all tries of one.

    `path` is what of the API takes them.
    """

    url: str
    token: str = field(default="", repr=False)
    timeout_s: float = 5.0
    tries: int = 5
    patience_s: float = 15.0
    path: str = PATH

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise ValueError("The portal's address must be such as https://custody.example/.")

    @property
    def endpoint(self) -> str:
        """The address that events are posted to."""
        base = self.url.rstrip("/").removesuffix(PATH).rstrip("/")
        return f"{base}/{self.path}"

    def send(self, body: bytes) -> bytes:
        """Return what the server answered once it took the event; raises EventRefused or PortalAway."""
        end, said = time.monotonic() + self.patience_s, ""
        for attempt in range(self.tries):
            said, wait, answer = self._try(body, 0.3 * 2**attempt)
            if not said:
                return answer
            if attempt + 1 == self.tries or time.monotonic() + wait > end:
                break
            time.sleep(wait)
        raise PortalAway(f"The portal could not be reached after {attempt + 1} tries: {said}")

    def _try(self, body: bytes, pause_s: float) -> tuple[str, float, bytes]:
        """Nothing and the answer where it was taken, else what was wrong and how long to wait."""
        try:
            return "", 0.0, self.post(body)
        except urllib.error.HTTPError as error:
            with error:
                answer = error.read(2000).decode(errors="replace")
            if 300 <= error.code < 400:
                raise PortalAway(
                    f"{self.endpoint} redirects ({error.code}). Name the address where it leads."
                ) from None
            if error.code not in AGAIN:
                raise EventRefused(error.code, answer) from None
            after = error.headers.get("Retry-After", "")
            return f"it answered {error.code}", float(after) if after.isdecimal() else pause_s, b""
        except (OSError, http.client.HTTPException) as error:
            return f"{getattr(error, 'reason', None) or error or type(error).__name__}", pause_s, b""

    def post(self, body: bytes) -> bytes:
        """One try; raises HTTPError or another OSError."""
        headers = {"Content-Type": "application/json", "User-Agent": f"custody-client/{ADAPTER_VERSION}"}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        packed = len(body) >= GZIP_FROM and self.path == PATH
        headers |= {"Content-Encoding": "gzip"} if packed else {}
        data = gzip.compress(body, 3, mtime=0) if packed else body
        request = urllib.request.Request(self.endpoint, data=data, headers=headers)  # noqa: S310 - http or https, above
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=self.timeout_s) as answer:
            content: bytes = answer.read(MAX_ANSWER)
        return content
