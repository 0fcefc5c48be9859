"""The ledger as it grows: numbering entries, proving one, proving that it only grew, and recomputing the whole tree.

python -m benchmarks.ledger [SIZE …]     1,000 10,000 100,000 1,000,000 by default; the last needs about 2 GB of disk

Against the tree alone, in memory, by the same code (what hashing costs without a database), and against pymerkle 7.0.0,
whose SQLite tree did 44 appends a second on such a machine (field notes; it is GPL, so it is not installed here).
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks.own_servers import installed_portal
from benchmarks.report import report

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PYMERKLE_SQLITE = 44
PROOFS = 100
BATCH = 5_000
AT = datetime(2026, 9, 6, tzinfo=UTC)


def main() -> int:
    """Grow one ledger through the sizes, and return 1 where a figure is past its limit."""
    sizes = sorted(int(each) for each in sys.argv[1:]) or SIZES
    figures = {}
    with installed_portal():
        reached = 0
        for size in sizes:
            figures[size] = _at(reached, size)
            reached = size
    return _judge(figures)


def _at(reached: int, size: int) -> dict[str, float]:
    """Grow to `size` and measure there: appends a second, milliseconds of a proof, entries audited a second."""
    from portal.core.evidence import selectors
    from portal.core.evidence.services import audit_tree, sequence_all

    plant(reached, size)
    began = time.perf_counter()
    sequence_all()
    seconds = time.perf_counter() - began
    head = selectors.latest_checkpoint()
    assert head is not None
    assert head.size == size, "the ledger has another size than was planted"
    chance = random.Random(size)
    places = [chance.randrange(size) for _ in range(PROOFS)]
    inclusion = _median_ms([lambda at=at: selectors.inclusion_proof(at, head) for at in places])
    consistency = _median_ms([lambda at=at: selectors.consistency_proof(at + 1, head) for at in places])
    began = time.perf_counter()
    counted, faults = audit_tree()
    audit = time.perf_counter() - began
    assert (counted, faults) == (size, []), faults[:1]
    figure = {
        "append": (size - reached) / seconds,
        "inclusion": inclusion,
        "consistency": consistency,
        "audit": size / audit,
        "bytes": len(selectors.inclusion_proof(size // 2, head)),
    }
    print(f"  {size:>9,} entries  " + "   ".join(f"{name} {value:,.2f}" for name, value in figure.items()), flush=True)
    return figure


def plant(reached: int, size: int) -> None:
    """Entries that wait for their number, as `record` leaves them, without a transaction each."""
    from portal.core.evidence.models import Entry, Pending

    for first in range(reached, size, BATCH):
        rows = [
            Entry(kind="bench:fact:noted", payload={"number": number}, actor_id="u-1", created_at=AT)
            for number in range(first, min(first + BATCH, size))
        ]
        Entry.objects.bulk_create(rows)
        Pending.objects.bulk_create(Pending(entry=row) for row in rows)


def _median_ms(calls: list[Callable[[], object]]) -> float:
    times = []
    for call in calls:
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def bare(size: int) -> float:
    """Appends a second of the tree alone."""
    from portal.core.evidence.domain import merkle

    peaks: list[bytes] = []
    began = time.perf_counter()
    for number in range(size):
        peaks, _ = merkle.grow(number, peaks, merkle.leaf_hash(b"%d" % number))
    return size / (time.perf_counter() - began)


def _judge(figures: dict[int, dict[str, float]]) -> int:
    small, large = min(figures), max(figures)
    first, last = figures[small], figures[large]
    tree = bare(min(large, 100_000))
    span = f"{small:,} to {large:,} entries"
    told = f"{last['append']:,.0f} entries a second at {large:,}; the tree alone in memory {tree:,.0f}"
    code = report(
        "ledger_append", last["append"] / PYMERKLE_SQLITE, limit=10, at_least=True,
        against="pymerkle 7.0.0 SqliteTree, 44/s (field notes)", detail=told,
    )  # fmt: skip
    for name in ("inclusion", "consistency"):
        code |= report(
            f"ledger_{name}_growth", last[name] / max(first[name], 0.01), limit=4,
            against=f"the same proof at {small:,} entries",
            detail=f"{first[name]:.2f} ms to {last[name]:.2f} ms over {span}; {last['bytes']:.0f} bytes of proof text",
        )  # fmt: skip
    return code | report(
        "ledger_audit", last["audit"], limit=3_000, at_least=True, unit="entries/s",
        against="a million entries recomputed within six minutes of a night",
        detail=f"{large:,} entries read, hashed and compared with their stored nodes",
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
