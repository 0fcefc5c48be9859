"""From POST to graph: what is sustained with web server, database and projector on the same machine, and what grows.

First the projection alone: the cost of an event, and the projector's memory, as the kept events grow. Then, on top of
those, batches are posted at a pace through granian on the loopback while the projector runs as a process of its own:
reported are events a second from the first POST until the last one is in the graph, and how far the graph was behind.
PostgreSQL is the benchmark's own, with fsync on. Exits 1 where a figure is past its limit.

    python -m benchmarks.projector [largest number of events, default 100000] [seconds of each pace, default 20]
"""

import json
import sys
import threading
import time
from typing import Any

from benchmarks.lineage.ground import Pace, keep, projector, servers, token
from benchmarks.plot import bars
from benchmarks.report import report

JOBS = 2_000
RATES = (2_000, 4_000)
MARKS = (1_000, 10_000, 100_000, 1_000_000)
BEHIND_S = 5.0
GROWTH = 2.0
MEMORY_MB = 64.0


def main() -> int:
    """Measure both and return the exit code."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 20.0
    with servers() as settings:
        code = _growth(settings, [mark for mark in MARKS if mark <= largest])
        return code | _sustained(settings, seconds)


def _sustained(settings: Any, seconds: float) -> int:
    from tests.clients.serving import granian

    plain, first, code = token(), 1_000_000, 0
    with granian(settings.DATABASE_URL, settings.REDIS_URL) as url, projector(settings, "forever"):
        Pace(url, plain, rate=1_000, seconds=4, jobs=JOBS, first_run=first).run()  # every job and dataset is known
        _drained()
        for rate in RATES:
            first += 1_000_000
            began = time.monotonic()
            watch = _Watch()
            pace = Pace(url, plain, rate=rate, seconds=seconds, jobs=JOBS, first_run=first)
            pace.run()
            _drained()
            reached = pace.accepted / (time.monotonic() - began)
            behind = watch.stop()
            print(
                f"pace {rate}/s: {pace.accepted} events, {reached:.0f}/s into the graph, {behind:.1f} s behind at most"
            )
            said = f"{reached:.0f} events/s into the graph"
            if rate == RATES[0]:
                code |= report(
                    "graph behind a batch ingest of 2,000 events/s", behind, limit=BEHIND_S, unit="s",
                    against="design: at least 2,000 events/s sustained", detail=said,
                )  # fmt: skip
            else:
                code |= report(
                    "batch ingest to graph", reached, limit=2_000, at_least=True, unit="events/s",
                    against=f"design; paced at {rate}/s, 2.8 kB an event", detail=f"{behind:.1f} s behind at most",
                )  # fmt: skip
    return code


class _Watch:
    """Looks twice a second how old the oldest waiting event is."""

    def __init__(self) -> None:
        self._most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> float:
        """Return the largest age in seconds that was seen."""
        self._over.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        from django.db import connection

        while not self._over.wait(0.5):
            self._most = max(self._most, _lag()[1])
        connection.close()


def _lag() -> tuple[int, float]:
    from lineage_app.selectors.lag import projection_lag
    from portal.core.clock.services import now

    lag = projection_lag(now())
    return lag.waiting, lag.oldest.total_seconds()


def _drained() -> None:
    while _lag()[0]:
        time.sleep(0.05)


def _growth(settings: Any, marks: list[int]) -> int:
    kept, lines = 0, []
    with projector(settings, *map(str, marks)) as process:
        assert process.stdout is not None
        for mark in marks:
            keep(mark - kept, jobs=JOBS, first_run=kept // 2)
            kept = mark
            lines.append(json.loads(process.stdout.readline()))
            print(json.dumps(lines[-1]), flush=True)
    costs = [_cost(line) for line in lines]
    bars(
        "projector",
        "Processor time to project an event, by the number kept",
        [
            (f"{line['events']:,} events, {line['rss_mb']:.0f} MB", [("projector", here), ("database", there)])
            for line, (here, there) in zip(lines, costs, strict=True)
        ],
    )
    first, last = sum(costs[1]), sum(costs[-1])
    detail = f"{first * 1000:.0f} µs an event until {marks[1]:,}, {last * 1000:.0f} µs until {marks[-1]:,}"
    code = report(
        "cost of projecting an event, growth", last / first, limit=GROWTH,
        against=f"itself at {marks[1]:,} events", detail=detail,
    )  # fmt: skip
    return code | report(
        "memory of the projector, growth", lines[-1]["rss_mb"] - lines[0]["rss_mb"], limit=MEMORY_MB, unit="MB",
        against=f"itself at {marks[0]:,} events", detail=f"{lines[-1]['rss_mb']:.0f} MB at {marks[-1]:,} events",
    )  # fmt: skip


def _cost(line: dict[str, float]) -> tuple[float, float]:
    """Milliseconds of processor time for an event, in the projector and in its database backend."""
    events = line["events"] - line["since"]
    return max(line["cpu_here"], 1e-3) / events * 1000, max(line["cpu_database"], 1e-3) / events * 1000


if __name__ == "__main__":
    sys.exit(main())
