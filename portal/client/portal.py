"""Asks the portal's API over HTTP: bounded in time and size, retried under one idempotency key, errors as sentences.

The token travels in the Authorization header only: never in an address, an error or a log, and never to where a
redirect points.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from portal.client.answers import PortalAway, PortalRefused, as_object

MAX_ANSWER = 20 * 1024 * 1024
AGAIN = frozenset({429, 502, 503, 504})
LONGEST_WAIT_S = 10.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token along; it is an error instead."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True)
class Answer:
    """What one look came to: `unchanged` where what the caller has still holds; header names in small letters."""

    unchanged: bool
    headers: Mapping[str, str]
    content: bytes

    def document(self) -> dict[str, Any]:
        """The JSON object in it; raises PortalAway for anything else."""
        return as_object(self.content)


@dataclass(frozen=True)
class Portal:
    """One portal and the token for it; raises ValueError with a sentence for an address or token that is no such."""

    server: str
    token: str = field(repr=False)
    timeout_s: float = 20.0
    tries: int = 3
    pause_s: float = 0.5

    def __post_init__(self) -> None:
        parts = urlsplit(self.server)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("The server must be an address such as https://custody.example.")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("The server's address must hold no name, password or query; the token goes into a file.")
        if not self.token or not self.token.isascii() or not self.token.isprintable() or " " in self.token:
            raise ValueError("The token is empty, or holds characters that no token has. Was it copied whole?")

    def get(self, path: str, *, accept: str = "application/json") -> bytes:
        """The body at `path` below /api/v1; raises PortalAway or PortalRefused."""
        return self._ask("GET", path, None, {"Accept": accept})

    def look(self, path: str, *, etag: str = "") -> Answer:
        """The answer at `path`, unchanged where it still bears `etag`; one try. Raises PortalAway or PortalRefused."""
        headers = {"Accept": "application/json"} | ({"If-None-Match": etag} if etag else {})
        try:
            with self._opened("GET", path, None, headers) as answer:
                return Answer(False, _small(answer.headers), answer.read(MAX_ANSWER))
        except urllib.error.HTTPError as error:
            if error.code == 304:
                with error:
                    return Answer(True, _small(error.headers), b"")
            raise PortalAway(self._answered(error, 0)[0]) from error
        except (OSError, ValueError) as error:
            raise PortalAway(f"{self.server} did not answer: {_why(error)}.") from error

    def post(self, path: str, body: bytes, media_type: str, *, key: str = "") -> bytes:
        """The body that a POST answers, the same key on every try; raises PortalAway or PortalRefused."""
        headers = {"Content-Type": media_type, "Idempotency-Key": key or str(uuid.uuid4())}
        return self._ask("POST", path, body, headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        last = ""
        for attempt in range(self.tries):
            try:
                return self._once(method, path, body, headers)
            except urllib.error.HTTPError as error:
                last, wait = self._answered(error, attempt)
            except (OSError, ValueError) as error:  # a refused connection, a time limit, a certificate, a broken answer
                last, wait = f"{self.server} did not answer: {_why(error)}.", self.pause_s * 2**attempt
            if attempt + 1 < self.tries:
                time.sleep(wait)
        raise PortalAway(last)

    def _once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        with self._opened(method, path, body, headers) as answer:
            content: bytes = answer.read(MAX_ANSWER + 1)
        if len(content) > MAX_ANSWER:
            raise ValueError(f"the answer has more than {MAX_ANSWER} bytes")
        return content

    def _opened(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Any:
        request = urllib.request.Request(  # noqa: S310  # http or https, checked above
            f"{self.server.rstrip('/')}/api/v1/{path}",
            data=body,
            method=method,
            headers={**headers, "Authorization": f"Bearer {self.token}", "User-Agent": "custody"},
        )
        return urllib.request.build_opener(_NoRedirect).open(request, timeout=self.timeout_s)

    def _answered(self, error: urllib.error.HTTPError, attempt: int) -> tuple[str, float]:
        """What an error answer says and how long to wait; raises PortalRefused where asking again is of no use."""
        with error:
            content = error.read(64 * 1024)
        if 300 <= error.code < 400:
            raise PortalAway(f"{self.server} redirects elsewhere ({error.code}). Name the address where it leads.")
        said = _sentence(error.code, content)
        if error.code not in AGAIN:
            if error.code >= 500:
                raise PortalAway(f"{self.server} failed: {said}")
            raise PortalRefused(error.code, said)
        after = error.headers.get("Retry-After", "")
        asked = float(after) if after.isdecimal() else self.pause_s * 2**attempt
        return f"{self.server} is busy: {said}", min(asked, LONGEST_WAIT_S)


def _sentence(status: int, content: bytes) -> str:
    """The sentence of a problem document (RFC 9457), or the bare status."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    detail = document.get("detail") or document.get("title") if isinstance(document, dict) else None
    return str(detail)[:2000] if detail else f"it answered {status} without saying why."


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason or type(error).__name__).rstrip(".")


def _small(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
