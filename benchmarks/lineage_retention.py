"""Archiving a month of lineage, looking a run up in it, and searching everything for a person.

python -m benchmarks.lineage_retention [EVENTS]     100,000 by default; 1,000,000 needs about 6 GB of disk

Against what the machine does at least: the same events copied out of PostgreSQL and packed by zlib at the same level;
one sequential ILIKE over the same table.
"""

import random
import statistics
import sys
import time
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.lineage.events import events
from benchmarks.own_servers import installed_portal
from benchmarks.report import report

PERSON = ["ana.muster@example.com", "Ana Müster", "47110815"]
HITS = 100
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def main() -> int:
    """Measure, and return 1 where a figure is past its limit."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with installed_portal():
        plant(count)
        return search(count) | archive()


def plant(count: int) -> None:
    """Keep the events as ingest does, in one partition."""
    from django.db import connection

    from lineage_app.domain.events import parse
    from lineage_app.services.ingest import Sent, keep_many
    from lineage_app.services.partitions import ensure_partition

    class Anybody:
        pk = None

        def covers(self, namespace: str) -> bool:
            return bool(namespace)

    ensure_partition(date(2026, 3, 1))
    every = count // HITS
    for number, batch in enumerate(_chunks(events(count, jobs=1_000), 1_000)):
        bodies = [_named(body, number * 1_000 + place, every) for place, body in enumerate(batch)]
        keep_many([Sent(parse(body), body) for body in bodies], token=Anybody(), at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE lineage_app_inbox, lineage_app_receipt")  # nothing is projected here
        cursor.execute("VACUUM (ANALYZE) lineage_app_rawevent")


def _chunks(items: Any, size: int) -> Any:
    chunk = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _named(body: bytes, place: int, every: int) -> bytes:
    return body if place % every else body.replace(b'"producer"', b'"x": "Ana.Muster%40example.com", "producer"', 1)


def search(count: int) -> int:
    """Count and redact; the peer is one ILIKE for each identifier over the same rows."""
    from lineage_app.services import mentions, redact
    from portal.core.identity.actors import system_actor

    bare = _seconds(lambda: _ilike())
    found, ours = _timed(lambda: mentions(PERSON))
    assert found.events >= HITS * 0.9, found
    print(f"{count} events: ILIKE {bare:.2f} s, search in any writing {ours:.2f} s, {found.events} found")
    done, redacting = _timed(lambda: redact(PERSON, actor=system_actor("benchmark"), reference="DEL-1"))
    print(f"redacting {done.events} events {redacting:.2f} s ({redacting / count * 1e6:.0f} s a million)")
    again = _seconds(lambda: mentions(PERSON))
    return report(
        "lineage_search_for_a_person", again / bare, limit=3.0,
        against="one sequential ILIKE ANY over the same rows",
        detail=f"{count} events; a million take {again / count * 1e6:.0f} s, redacted {redacting / count * 1e6:.0f} s",
    )  # fmt: skip


def _ilike() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM lineage_app_rawevent WHERE body ILIKE ANY (%s)", [[f"%{each}%" for each in PERSON]]
        )
        cursor.fetchone()


def archive() -> int:
    """Archive the month; the peer copies the same bodies out and packs them. Then look single runs up."""
    from lineage_app.models import ArchivedSubject
    from lineage_app.services import archive_old
    from lineage_app.services.reading import read_subjects

    bare = _seconds(_copy_and_pack)
    (made,), ours = _timed(lambda: archive_old(NOW))
    rss = int(next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM")).split()[1])
    print(f"archived {made.events} events, {made.size / 1e6:.0f} MB, {ours:.1f} s; peak memory {rss / 1024:.0f} MB")
    subjects = list(ArchivedSubject.objects.values_list("subject", flat=True))
    looks = sorted(
        _seconds(lambda one=one: read_subjects([one])) * 1e3 for one in random.Random(1).choices(subjects, k=200)
    )
    detail = f"{made.events} events, {made.events / ours:.0f}/s, peak memory {rss / 1024:.0f} MB"
    code = report(
        "lineage_archive", ours / bare, limit=6.0, against="COPY of the bodies and zlib level 6", detail=detail
    )
    return code | report(
        "lineage_archive_lookup", looks[int(len(looks) * 0.95)], limit=50.0, unit="ms", against="limit of our own",
        detail=f"p95 of 200 archived runs, median {statistics.median(looks):.1f} ms",
    )  # fmt: skip


def _copy_and_pack() -> None:
    from django.db import connection

    packer = zlib.compressobj(6)
    with connection.cursor() as cursor, cursor.copy("COPY (SELECT body FROM lineage_app_rawevent) TO STDOUT") as copy:
        for piece in copy:
            packer.compress(piece)
    packer.flush()


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.monotonic()
    return work(), time.monotonic() - began


def _seconds(work: Callable[[], Any]) -> float:
    return _timed(work)[1]


if __name__ == "__main__":
    sys.exit(main())
