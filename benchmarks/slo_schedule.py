"""Ten thousand SLOs, each due every minute: what leasing and handing out cost of one core, the look itself left out.

Real rows, the real lease statement and real messages to a real broker. Processor time is counted of this process and
of every PostgreSQL backend and the broker, over some simulated minutes of ticks every five seconds; between two ticks
the batches are finished by one statement outside of the count, as workers would. None may be skipped: each SLO is
leased once for each point of its own grid.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from benchmarks.own_servers import installed_portal
from benchmarks.report import report

SLOS = int(sys.argv[1]) if sys.argv[1:] else 10_000  # fewer for a short look at the benchmark itself
SYSTEMS, MINUTES, TICK_S = 40, 3, 5
LIMIT_PERCENT = 10.0
MINUTE = timedelta(minutes=1)


def main() -> int:
    """Exit 1 where it takes more than a tenth of a core, or where an SLO was skipped or leased twice."""
    with installed_portal() as folder:
        start = plant()
        leased, seconds = run(start, folder)
        missed = check(leased)
    share = 100 * seconds / (60 * MINUTES)
    late = report(
        f"schedule: lease and dispatch, {SLOS:,} SLOs a minute",
        share,
        limit=LIMIT_PERCENT,
        unit="% of a core",
        against="the design's limit",
        detail=f"{MINUTES} minutes of ticks every {TICK_S} s, {SYSTEMS} systems; Python, PostgreSQL and broker",
    )
    lost = report(
        "schedule: SLOs skipped or leased twice",
        missed,
        limit=0,
        unit="SLOs",
        against="each point of each SLO's grid",
        detail=f"{sum(leased.values()):,} leases",
    )
    return max(late, lost)


def plant() -> datetime:
    """The SLOs, each due at the next point of its grid; returns the start."""
    from portal.core.catalog.models import Asset, DataSystem
    from portal.core.clock.services import now
    from slo_app.models import Slo

    start = now().replace(microsecond=0)
    wide = {"probes_at_once": 20}
    systems = [
        DataSystem.objects.create(name=f"s{n}", kind="postgresql", settings=wide, created_at=start)
        for n in range(SYSTEMS)
    ]
    asset = Asset.objects.create(namespace="bench", name="events", kind="table")
    terms = {
        "asset": asset, "kind": "freshness", "target_op": "<=", "target_value": 15, "alert_op": ">",
        "alert_value": 20, "hold": MINUTE, "clear_for": MINUTE, "interval": MINUTE, "objective": Decimal("0.99"),
        "runbook": [{"phase": "Fix", "text": "Rerun the job."}] * 10, "created_at": start, "next_due_at": start,
    }  # fmt: skip
    Slo.objects.bulk_create(
        (Slo(name=str(n), system=systems[n % SYSTEMS], **terms) for n in range(SLOS)), batch_size=1000
    )
    finish(list(Slo.objects.values_list("pk", flat=True)), start)
    return start


def run(start: datetime, folder: Path) -> tuple[Counter[int], float]:
    """How often each SLO was leased, and the seconds of processor time that leasing and handing out took."""
    from slo_app import tasks
    from slo_app.services import leases

    leased: Counter[int] = Counter()
    at, seconds = start, 0.0
    leases.now = lambda: at  # the clock of the schedule, not of the machine  # type: ignore[assignment]
    for _ in range(MINUTES * 60 // TICK_S + 1):
        before = spent(folder)
        batches = leases.lease_batches()
        for batch in batches:
            tasks.probe_batch.delay(batch.pairs)
        seconds += spent(folder) - before
        leased.update(pk for batch in batches for pk, _ in batch.pairs)
        finish([pk for batch in batches for pk, _ in batch.pairs], at)
        at += timedelta(seconds=TICK_S)
    return leased, seconds


def finish(pks: list[int], at: datetime) -> None:
    """What recording does to the schedule: the lease is gone, and the next look is the next point of the grid."""
    from django.db import connection

    from slo_app.domain.schedule import next_point, phase

    due = [next_point(at, MINUTE, phase(pk, MINUTE)) for pk in pks]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE slo_app_slo AS slo SET next_due_at = done.due, leased_until = NULL, lease_batch = NULL"
            " FROM unnest(%s::bigint[], %s::timestamptz[]) AS done (id, due) WHERE slo.id = done.id",
            [pks, due],
        )


def check(leased: Counter[int]) -> int:
    """How many were not leased exactly once a minute; the last tick may see a further point."""
    wrong = [pk for pk, times in leased.items() if times not in (MINUTES, MINUTES + 1)]
    return len(wrong) + SLOS - len(leased)


def spent(folder: Path) -> float:
    """Seconds of processor time so far: this process, and every server that runs in the folder."""
    own = sum(os.times()[:2])
    return own + sum(seconds_of(pid) for pid in servers(folder))


def servers(folder: Path) -> list[int]:
    """The processes of the private servers: the backends of PostgreSQL, and the broker."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if str(folder) in os.readlink(entry / "cwd") or str(folder) in (entry / "cmdline").read_text():
                    found.append(int(entry.name))
            except OSError:
                continue  # it ended while it was looked at, or is somebody else's
    return found


def seconds_of(pid: int) -> float:
    """User and system time of one process; 0 where it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
