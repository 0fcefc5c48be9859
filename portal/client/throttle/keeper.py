"""Asks the portal how much may be read, keeps each answer for as long as it holds, and lives without the portal."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from portal.client.throttle.answer import Held, Kept, held_of, keep, unknown

if TYPE_CHECKING:
    from portal.client.portal import Portal

REST_S = 10.0
"""After a failure nobody is asked for so long, so that a job does not wait for a time limit at every call."""
_log = logging.getLogger("custody.throttle")


class Throttle:
    """What one consumer (`namespace/name` of its job) may read. Safe to share between threads.

    An answer is asked for anew only when its max-age is over, by one thread; the others go on with the old one. Where
    the portal is away, the last answer holds for its stale-if-error, then its `on_unknown`; before the first answer
    everything is allowed, or nothing with `fail_closed`. Asking never raises.
    """

    def __init__(
        self,
        url: str,
        token: str,
        consumer: str,
        *,
        fail_closed: bool = False,
        timeout_s: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep the address; raises ValueError with a sentence for an address or token that is none."""
        self.consumer, self.fail_closed = consumer, fail_closed
        self._portal = _portal(url, token, timeout_s) if url else None
        self._clock = clock
        self._kept: dict[str, Kept] = {}
        self._resting: dict[str, float] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()
        if not url:
            _log.warning("Nothing is throttled: set CUSTODY_URL to the portal's address.")

    def ask(self, *assets: str) -> Held:
        """What holds for reading all of these assets (`namespace/name`): the strictest answer."""
        return min((self._one(asset) for asset in assets), key=lambda held: held.rate_factor)

    def _one(self, asset: str) -> Held:
        now, kept = self._clock(), self._kept.get(asset)
        if kept is not None and now < kept.fresh_until:
            return kept.held
        if self._portal is None or now < self._resting.get(asset, 0.0):
            return self._without(kept, now)
        with self._lock:
            lock = self._locks.setdefault(asset, threading.Lock())
        if not lock.acquire(blocking=kept is None):
            return self._without(kept, now)  # another thread is asking
        try:
            return self._asked(asset)
        finally:
            lock.release()

    def _asked(self, asset: str) -> Held:
        """Ask, unless another thread has done so meanwhile."""
        now, kept = self._clock(), self._kept.get(asset)
        if kept is not None and now < kept.fresh_until:
            return kept.held
        try:
            self._kept[asset] = kept = self._fetched(asset, kept)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with the portal, the job goes on; it is logged
            if now >= self._resting.get(asset, 0.0):
                _log.warning("The throttle of %s could not be asked: %s", asset, error)
            self._resting[asset] = self._clock() + REST_S
            return self._without(kept, self._clock())
        return kept.held

    def _fetched(self, asset: str, kept: Kept | None) -> Kept:
        assert self._portal is not None
        path = f"throttle/{quote(asset)}?{urlencode({'consumer': self.consumer})}"
        answer = self._portal.look(path, etag=kept.etag if kept else "")
        now = self._clock()
        if answer.unchanged and kept is not None:
            return kept.again(answer.headers, now)
        return keep(held_of(answer.document(), answer.headers), answer.headers.get("etag", ""), answer.headers, now)

    def _without(self, kept: Kept | None, now: float) -> Held:
        if kept is None:
            return unknown("deny" if self.fail_closed else "allow", "default")
        return kept.at(now)


def _portal(url: str, token: str, timeout_s: float) -> Portal:
    from portal.client.portal import Portal

    return Portal(url, token, timeout_s=timeout_s, tries=1)


def throttle_from_environment(
    job: str, *, fail_closed: bool = False, environment: Mapping[str, str] = os.environ
) -> Throttle:
    """A Throttle for the job of this name by CUSTODY_URL, CUSTODY_TOKEN or CUSTODY_TOKEN_FILE, and CUSTODY_NAMESPACE.

    Raises ValueError with a sentence for a setting that is none.
    """
    file = environment.get("CUSTODY_TOKEN_FILE", "")
    token = Path(file).read_text(encoding="ascii").strip() if file else environment.get("CUSTODY_TOKEN", "")
    namespace = environment.get("CUSTODY_NAMESPACE", "") or "default"
    return Throttle(environment.get("CUSTODY_URL", ""), token, f"{namespace}/{job}", fail_closed=fail_closed)
