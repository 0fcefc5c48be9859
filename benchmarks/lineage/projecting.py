"""The projector as a process of its own: projects batch after batch and prints what it did, as JSON lines.

python -m benchmarks.lineage.projecting MARK…     ends when as many events as the last mark are projected
python -m benchmarks.lineage.projecting forever   until it is terminated
"""

import json
import sys
import time
from pathlib import Path

import django


def main() -> None:
    """Project; at each mark print events, seconds since the last mark, resident memory in MB."""
    django.setup()
    from lineage_app.services import project_batch

    marks = [] if sys.argv[1:] == ["forever"] else [int(mark) for mark in sys.argv[1:]]
    done, since, began = 0, 0, time.monotonic()
    print(json.dumps({"events": 0, "seconds": 0, "rss_mb": rss_mb()}), flush=True)
    while not sys.argv[1:] or not marks or done < marks[-1]:
        settled = project_batch()
        done += settled
        if not settled:
            time.sleep(0.05)
        if marks and any(since < mark <= done for mark in marks):
            line = {"events": done, "since": since, "seconds": time.monotonic() - began, "rss_mb": rss_mb()}
            print(json.dumps(line), flush=True)
            since, began = done, time.monotonic()


def rss_mb() -> float:
    """Resident memory of this process in MB."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
