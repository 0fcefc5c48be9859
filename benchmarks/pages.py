"""The first page of each app, with 100 and with 1,000 rows of every kind: time in the server, p50 and p95.

Limit (design/portal): 300 ms. Requests go through the whole stack of the portal in this process, on a private
PostgreSQL and Valkey that are started for this run; what the network and the browser add is not in it.
"""

import logging
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.report import report
from portal.embedded.servers import Servers

SMALL, LARGE = 100, 1_000
ROUNDS, LEAST_ROUNDS, WARM_UP = 20, 6, 2
SECONDS_A_PAGE = 3.0
LIMIT_MS = 300.0


def main() -> int:
    """Print a line a page and size; exit 1 where a p95 with the larger number of rows is past the limit."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as another account when this runs as root
        os.environ |= {"CUSTODY_VAR": folder, "DJANGO_SETTINGS_MODULE": "portal.settings", "CUSTODY_DEMO": ""}
        for name in ("DATABASE_URL", "REDIS_URL", "BASE_URL"):
            os.environ.pop(name, None)
        with Servers(Path(folder)):
            return measure()


def measure() -> int:
    """Install into the empty servers, plant, and measure twice."""
    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)

    from portal.core.clock.services import now
    from tests.many_rows import Ground
    from tests.people import build_world

    world = build_world()
    ground = Ground(team=world.platform, owner=world.ana, signer=world.pia, at=now())
    small = at_size(world, ground, range(SMALL))
    large = at_size(world, ground, range(SMALL, LARGE))
    return max(_report(page, small[page], large[page]) for page in large)


def at_size(world: Any, ground: Any, numbers: range) -> dict[str, list[float]]:
    """Add rows up to the end of `numbers`, then the milliseconds of every page, sorted."""
    from django.db import connection
    from django.urls import reverse

    from lineage_app.models import Dataset
    from tests.many_rows import plant

    began = time.perf_counter()
    plant(ground, numbers)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"  {numbers.stop:,} rows of every kind, planted in {time.perf_counter() - began:.1f} s")
    dataset = Dataset.objects.get(name="dataset_000000").get_absolute_url()
    pages = {
        "home of an owner": ("ana", "/"),
        "home of a privacy officer": ("pia", "/"),
        "contracts": ("ana", reverse("contracts:list")),
        "lineage": ("ana", reverse("lineage:index")),
        "lineage of one dataset, 3 hops": ("ana", f"{dataset}?up=3&down=3"),
        "SLO board": ("dan", reverse("slos:board")),
        "privacy inbox": ("pia", reverse("privacy:inbox")),
        "evidence": ("aud", reverse("evidence:list")),
    }
    return {page: _times(page, world.client(who), address) for page, (who, address) in pages.items()}


def _times(page: str, client: Any, address: str) -> list[float]:
    """At most ROUNDS, fewer where the page is slow: the whole run stays near a minute."""
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
    print(f"  {page:<32} p50 {_p(times, 50):6.0f} ms   p95 {_p(times, 95):6.0f} ms   {len(answer.content):>9,} bytes")
    return times


def _p(times: list[float], percent: int) -> float:
    return times[min(len(times) - 1, len(times) * percent // 100)]


def _report(page: str, small: list[float], large: list[float]) -> int:
    return report(
        f"page: {page}, p95",
        _p(large, 95),
        limit=LIMIT_MS,
        unit="ms",
        against="the design's limit",
        detail=f"{LARGE:,} rows of every kind: p50 {_p(large, 50):.0f} ms; "
        f"{SMALL:,} rows: p50 {_p(small, 50):.0f} ms, p95 {_p(small, 95):.0f} ms",
    )


if __name__ == "__main__":
    sys.exit(main())
