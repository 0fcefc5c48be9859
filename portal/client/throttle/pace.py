"""What a rate factor comes to: how long a call waits, or whether it runs at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from portal.client.throttle.answer import Held

LONGEST_PAUSE_S = 300.0


class ThrottleDenied(Exception):
    """The portal denies reading now; `retry_after_s` says when to ask again, `held` holds the reasons."""

    def __init__(self, held: Held) -> None:
        """Keep the answer; the message says why."""
        super().__init__(f"Reading is denied for now. {held.why}".strip())
        self.held, self.retry_after_s = held, held.retry_after_s


class Pace:
    """Keeps a function at a share of its own speed; one for all threads.

    With a factor of 0.5 a call that took two seconds is followed by two seconds of pause, so that the function runs
    half of the time; with `per_second` the calls are spread to that rate times the factor instead.
    """

    def __init__(self, per_second: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without a pause."""
        self._per_second, self._clock = per_second, clock
        self._next, self._credit = 0.0, 1.0
        self._lock = threading.Lock()

    def pause(self, factor: float) -> float:
        """Seconds to wait before the call may start; a call with nothing to wait for takes its turn at once."""
        with self._lock:
            now = self._clock()
            if factor >= 1:
                return 0.0
            wait = max(0.0, self._next - now)
            if not wait and self._per_second:
                self._next = now + min(1 / (self._per_second * factor), LONGEST_PAUSE_S)
            return wait

    def done(self, took_s: float, factor: float) -> None:
        """Note how long a call took, which sets the pause after it."""
        if self._per_second or not 0 < factor < 1:
            return
        with self._lock:
            rest = min(took_s * (1 / factor - 1), LONGEST_PAUSE_S)
            self._next = max(self._next, self._clock()) + rest

    def takes(self, factor: float) -> bool:
        """Whether this call is one of the share `factor` that runs; evenly spread, the first one does.

        >>> pace = Pace()
        >>> [pace.takes(0.5) for _ in range(4)]
        [True, False, True, False]
        """
        with self._lock:
            if factor >= 1:
                return True
            runs = self._credit >= 1 - 1e-9
            self._credit += factor - (1 if runs else 0)
            return runs
