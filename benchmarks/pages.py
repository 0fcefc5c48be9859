"""The first page of each app, with 100 and with 1,000 rows of every kind: time in the server, p50 and p95.

Limit (design/portal): 300 ms. Requests go through the whole stack of the portal in this process, on a private
PostgreSQL and Valkey that are started for this run; what the network and the browser add is not in it.
"""

import sys
import time
from typing import Any

from benchmarks.own_servers import installed_portal
from benchmarks.report import report
from benchmarks.timing import page_times, percentile

SMALL, LARGE = 100, 1_000
LIMIT_MS = 300.0


def main() -> int:
    """Plant and measure twice; print a line a page and size, exit 1 where a p95 with more rows is past the limit."""
    with installed_portal():
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
    return {page: page_times(page, world.client(who), address) for page, (who, address) in pages.items()}


def _report(page: str, small: list[float], large: list[float]) -> int:
    return report(
        f"page: {page}, p95",
        percentile(large, 95),
        limit=LIMIT_MS,
        unit="ms",
        against="the design's limit",
        detail=f"{LARGE:,} rows of every kind: p50 {percentile(large, 50):.0f} ms; "
        f"{SMALL:,} rows: p50 {percentile(small, 50):.0f} ms, p95 {percentile(small, 95):.0f} ms",
    )


if __name__ == "__main__":
    sys.exit(main())
