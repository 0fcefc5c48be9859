"""The projector as a process of its own: projects batch after batch and says what that cost, as JSON lines.

python -m benchmarks.lineage.projecting MARK…     ends when as many events as the last mark are projected
python -m benchmarks.lineage.projecting forever   until it is terminated
"""

import json
import os
import sys
import time
from pathlib import Path

import django

_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Project; at each mark print events, seconds, processor seconds here and in the database, resident MB."""
    django.setup()
    from django.db import connection

    from lineage_app.services import project_batch

    marks = [int(mark) for mark in sys.argv[1:] if mark.isdecimal()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    done, last = 0, 0
    clocks = _clocks(backend)
    while not marks or done < marks[-1]:
        settled = project_batch()
        done += settled
        if not settled:
            time.sleep(0.05)
        if any(last < mark <= done for mark in marks):
            now = _clocks(backend)
            names = ("seconds", "cpu_here", "cpu_database")
            spent = {name: round(b - a, 3) for name, a, b in zip(names, clocks, now, strict=True)}
            print(json.dumps({"events": done, "since": last, **spent, "rss_mb": round(rss_mb(), 1)}), flush=True)
            last, clocks = done, now


def _clocks(backend: int) -> tuple[float, float, float]:
    """Seconds by the clock, and of processor time of this process and of its database backend."""
    fields = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    return time.monotonic(), time.process_time(), (int(fields[11]) + int(fields[12])) / _TICKS


def rss_mb() -> float:
    """Resident memory of this process in MB."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
