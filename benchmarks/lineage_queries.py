"""Lineage's questions at 1,000, 10,000 and 100,000 jobs, against a walk over arrays of jobs and rustworkx in memory.

Each size is planted anew by SQL (tests/lineage_estate), 2.8 edges a job, pipelines of 100, three runs a job; questions
start at datasets spread over the estate. The answers are compared as well: the closure has as many datasets as
rustworkx finds. Limits (design/lineage): closure of depth 20 at 100k jobs p95 < 50 ms, and over 1,000 times as fast as
the peer on the same data in the same run.

    python -m benchmarks.lineage_queries [jobs …]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.own_servers import installed_portal
from benchmarks.peers import lineage_by_jobs as peer
from benchmarks.peers.environment import HERE as PEERS
from benchmarks.peers.environment import PeerMissing, programs_of
from benchmarks.plot import bars
from benchmarks.report import report
from benchmarks.timing import percentile

SIZES = (1_000, 10_000, 100_000)
STARTS, ROUNDS = 40, 3
CLOSURE_LIMIT_MS, RATIO_LIMIT, ANSWER_LIMIT_MS = 50.0, 1_000.0, 300.0
PEER_STARTS = {1_000: 3, 10_000: 2}


@dataclass
class Measured:
    """Sorted milliseconds by question at one size, the peer's times and what it found, and rustworkx's answer."""

    jobs: int
    edges: int
    ours: dict[str, list[float]] = field(default_factory=dict)
    peer: list[float] = field(default_factory=list)
    stopped: bool = False
    memory: dict[str, Any] = field(default_factory=dict)


def main() -> int:
    """Measure every size and report the largest; 1 where a figure is past its limit or an answer is wrong."""
    sizes = tuple(int(text) for text in sys.argv[1:]) or SIZES
    with installed_portal():
        found = [at_size(jobs) for jobs in sizes]
    _draw(found)
    return _report(found[-1])


def at_size(jobs: int) -> Measured:
    """Plant, ask everything, ask the peers, compare."""
    from django.db import connection

    from tests.lineage_estate import clear, plant

    clear()
    began = time.perf_counter()
    planted = plant(jobs, runs_a_job=3)
    print(f"{jobs:,} jobs, {planted.edges:,} edges, planted in {time.perf_counter() - began:.0f} s")
    starts = _spread("dataset", "WHERE name LIKE '%%.out_%%'")
    measured = Measured(jobs, planted.edges)
    measured.ours = {name: _times(question, starts) for name, question in _questions(planted).items()}
    measured.memory = _in_memory(starts)
    _compare(starts, measured.memory)
    with connection.cursor() as cursor:
        peer.load(cursor)
        for job in _spread("job", "")[: PEER_STARTS.get(jobs, 1)]:
            taken, jobs_found = peer.lineage(cursor, job)
            measured.peer.append(taken)
            measured.stopped |= jobs_found is None
            print(f"  {peer.TITLE}, depth {peer.DEPTH}: {taken:,.0f} ms, {jobs_found or 'stopped'} jobs")
    return measured


def _questions(planted: Any) -> dict[str, Callable[[int], object]]:
    """What is asked, by name; each takes a dataset to start from."""
    from lineage_app.models import Dataset, Run
    from lineage_app.selectors.closure import reached, tree_of
    from lineage_app.selectors.moments import Moment
    from lineage_app.selectors.paths import ways_between
    from lineage_app.selectors.provenance import fed_by
    from lineage_app.selectors.search import search
    from lineage_app.selectors.view import View
    from lineage_app.selectors.windows import window

    def latest_run(dataset: int) -> Run:
        return Run.objects.filter(io__dataset=dataset, io__role="output").latest("last_at")

    datasets = Dataset.objects.in_bulk
    return {
        "closure down": lambda start: reached([start], down=True),
        "closure up": lambda start: reached([start], down=False),
        "closure down, distances and ways": lambda start: tree_of([start], down=True),
        "way between two datasets": lambda start: ways_between(planted.source, start, moment=Moment(), limit=150),
        "way along one pipeline": lambda _: ways_between(planted.source, planted.product, moment=Moment(), limit=150),
        "what fed a run, 10 runs back": lambda start: fed_by(latest_run(start), depth=10),
        "window, 3 hops each way": lambda start: window(datasets([start])[start], View(up=3, down=3)),
        "search: part of a name": lambda start: search(f"{start % 1000:05d}.out_0"),
        "search: what half the estate is called": lambda _: search("pipeline"),
        "search: git revision": lambda start: search(f"{start:x}"[:7]),
        "search: column": lambda start: search(f"amount_{start % 100}"),
    }


def _spread(table: str, where: str) -> list[int]:
    """STARTS rows of the table, evenly over the estate."""
    from lineage_app.selectors.steps import rows

    every = [pk for (pk,) in rows(f"SELECT id FROM lineage_app_{table} {where} ORDER BY id", {})]
    return every[len(every) // (2 * STARTS) :: max(len(every) // STARTS, 1)][:STARTS]


def _times(question: Callable[[int], object], starts: Sequence[int]) -> list[float]:
    """Milliseconds of every start, ROUNDS times, after one that is not counted; sorted."""
    times: list[float] = []
    question(starts[0])
    for _ in range(ROUNDS):
        for start in starts:
            began = time.perf_counter()
            question(start)
            times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def _in_memory(starts: Sequence[int]) -> dict[str, Any]:
    from lineage_app.selectors.steps import rows

    with tempfile.NamedTemporaryFile("w", suffix=".csv") as edges:
        edges.writelines(f"{src},{dst}\n" for src, dst in rows("SELECT src_id, dst_id FROM lineage_app_edge", {}))
        edges.flush()
        asked = json.dumps({"edges": edges.name, "starts": list(starts)})
        python = programs_of("lineage_graphs") / "python"
        done = subprocess.run(
            [python, PEERS / "lineage_in_memory.py"], input=asked, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise PeerMissing(f"rustworkx did not answer: {done.stderr[-300:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _compare(starts: Sequence[int], memory: dict[str, Any]) -> None:
    """Stop where the closure of a start has another size than rustworkx says: a fast wrong answer is no answer."""
    from lineage_app.selectors.closure import reached

    ours = [len(reached([start], down=True)) - 1 for start in starts]
    if ours != memory["sizes"]:
        sys.exit(f"The closures differ: {ours} here, {memory['sizes']} in rustworkx.")


def _draw(found: Sequence[Measured]) -> None:
    rows = [
        (f"{name}, {one.jobs:,} jobs", [("ours", max(median(one.ours[name]), 0.01))])
        for name in ("closure down, distances and ways", "what fed a run, 10 runs back", "window, 3 hops each way")
        for one in found
    ]
    rows += [
        (f"depth 20, {one.jobs:,} jobs", [("ours", median(one.ours["closure down"])), ("peer", median(one.peer))])
        for one in found
    ]
    bars("lineage_queries", f"Lineage by SQL, medians, against {peer.TITLE}", rows)


def _report(largest: Measured) -> int:
    """The figures at the largest size: the closure against the design, the others against a page."""
    size = f"{largest.jobs:,} jobs, {largest.edges:,} edges"
    memory = f"rustworkx {largest.memory['version']} in memory {median(largest.memory['ms']):.3f} ms"
    codes = []
    for name, times in largest.ours.items():
        closure = name in ("closure down", "closure up")
        codes.append(
            report(
                f"lineage, {name}, p95",
                percentile(times, 95),
                limit=CLOSURE_LIMIT_MS if closure else ANSWER_LIMIT_MS,
                unit="ms",
                against=f"the design's limit; {memory}" if closure else "the limit of a page",
                detail=f"{size}; p50 {median(times):.2f} ms, {len(times)} questions",
            )
        )
    ours, theirs = median(largest.ours["closure down"]), median(largest.peer)
    stopped = f", stopped after {peer.TIMEOUT_S} s" if largest.stopped else ""
    codes.append(
        report(
            "lineage, depth 20, as many times as fast",
            theirs / ours,
            limit=RATIO_LIMIT,
            at_least=True,
            against=f"{peer.TITLE}, same data, same server",
            detail=f"{size}; {theirs / 1000:.1f} s{stopped} and {ours:.2f} ms",
        )
    )
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
