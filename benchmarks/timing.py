"""What benchmarks of pages share: how long a page takes in the server, and the percentile of a list of times."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

ROUNDS, LEAST_ROUNDS, WARM_UP = 60, 6, 2
SECONDS_A_PAGE = 8.0


def page_times(page: str, client: Any, address: str) -> list[float]:
    """Milliseconds of at most ROUNDS requests, sorted; fewer where the page is slow. Exits where it is no 200."""
    from portal.wsgi import settle_heap

    settle_heap()  # as the web server does before its first request
    times: list[float] = []
    while len(times) < WARM_UP + ROUNDS:
        if sum(times) > SECONDS_A_PAGE * 1000 and len(times) >= WARM_UP + LEAST_ROUNDS:
            break
        began = time.perf_counter()
        answer = client.get(address, headers={"host": "localhost"})
        times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            sys.exit(f"{page}: {address} answered {answer.status_code}")
    times = sorted(times[WARM_UP:])
    shown = f"p50 {percentile(times, 50):6.0f} ms   p95 {percentile(times, 95):6.0f} ms"
    print(f"  {page:<38} {shown}   {len(answer.content):>9,} bytes")
    return times


def percentile(times: Sequence[float], percent: int) -> float:
    """The least of the sorted times that `percent` of them do not exceed (nearest rank).

    >>> percentile(range(1, 21), 95), percentile(range(1, 21), 50), percentile([7], 95)
    (19, 10, 7)
    """
    return times[max(0, -(-len(times) * percent // 100) - 1)]
