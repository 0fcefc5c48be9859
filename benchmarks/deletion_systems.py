"""One subject out of eight systems with 100,000 subjects each: logical delete, purge and three probes, timed apart.

Limits (design/privacy): 0.4 s for the logical delete on one PostgreSQL target (fides 2.78 needed 0.42-0.61 s where it
was measured, and left the e-mail on disk); 30 s of machine time for all systems end to end. What a plan shows as
approved apart (Delta's history) is approved. `SUBJECTS=10000` measures one size alone.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.deletion_plants import PLANTS, person
from benchmarks.report import report
from portal.core.connectors import registry
from portal.core.connectors.base import Erasable, Subject, SystemConfig, Target
from portal.embedded.servers import Servers

SIZES = (1_000, 10_000, 100_000)  # ten times each, so that growth is seen
LIMIT_LOGICAL_S, LIMIT_ALL_S = 0.4, 30.0
PROBES = ("logical", "decoded", "raw")


def main() -> int:
    """Print a line a system and size; exit 1 past a limit, or when a byte is left, judged at the largest size."""
    sizes = [int(os.environ["SUBJECTS"])] if os.environ.get("SUBJECTS") else SIZES
    for people in sizes:
        results = run(people)
    total = sum(seconds for steps in results.values() for seconds in steps.values())
    postgresql = results["postgresql"]
    probing = sum(postgresql[name] for name in PROBES)
    logical = report(
        "deletion: logical delete, PostgreSQL",
        postgresql["delete"],
        limit=LIMIT_LOGICAL_S,
        unit="s",
        against="fides 2.78, 0.42-0.61 s measured earlier on the same kind of target",
        detail=f"{people:,} rows, two indexed identifiers, durable commit; apart from it: purge"
        f" {postgresql['purge']:.2f} s, three probes {probing:.2f} s",
    )
    slowest = max(results, key=lambda name: sum(results[name].values()))
    whole = report(
        "deletion: eight systems end to end",
        total,
        limit=LIMIT_ALL_S,
        unit="s",
        against="the design's limit",
        detail=f"discover, delete, purge, three probes; {people:,} subjects each; slowest: {slowest},"
        f" {sum(results[slowest].values()):.1f} s",
    )
    return max(logical, whole)


def run(people: int) -> dict[str, dict[str, float]]:
    """Seconds by system and step, on servers of its own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as another account when this runs as root
        with Servers(Path(folder) / "servers", estate=True, durable=True) as servers:
            began = time.perf_counter()
            estates = [(name, *plant(servers, Path(folder), people)) for name, plant in PLANTS.items()]
            planted = time.perf_counter() - began
            print(f"  {people:,} people in each of {len(PLANTS)} systems, planted in {planted:.0f} s")
            cases = [Case(name, config, target, people // 2) for name, config, target in estates]
            for case in cases:
                case.erase()
            for case in cases:  # two datasets lie in one Valkey: its files are clean when both are
                case.look()
            return {case.name: case.seconds for case in cases}


class Case:
    """One system, its subject, and the seconds of each step."""

    def __init__(self, name: str, config: SystemConfig, target: Target, chosen: int) -> None:
        """Nothing is done yet."""
        customer, email, _ = person(chosen)
        self.name, self.config, self.target = name, config, target
        self.subject = Subject({"customer_id": frozenset({customer}), "email": frozenset({email})})
        self.kind = registry.capable(config.kind, Erasable)
        self.seconds: dict[str, float] = {}

    def timed(self, step: str, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call a method of the connector, and keep how long it took."""
        began = time.perf_counter()
        answer = call(self.config, self.target, *arguments, **options)
        self.seconds[step] = time.perf_counter() - began
        return answer

    def erase(self) -> None:
        """Look, plan, delete and purge."""
        subject, still_mine = self.subject, (lambda: True)
        self.found = self.timed("discover", self.kind.discover, subject)
        apart = self.timed("plan", self.kind.plan, self.found).approved_apart
        self.deleted = self.timed("delete", self.kind.delete, subject, still_mine=still_mine)
        self.timed("purge", self.kind.purge, subject, self.found, allow_exclusive=apart, still_mine=still_mine)

    def look(self) -> None:
        """The three probes; stops the benchmark when one still finds the subject."""
        answers = [self.timed("logical", self.kind.verify_logical, self.subject)]
        answers += [self.timed("decoded", self.kind.verify_decoded, self.subject, self.found)]
        answers += [self.timed("raw", self.kind.verify_raw, self.subject, self.found)]
        steps = " ".join(f"{step} {value:.3f} s" for step, value in self.seconds.items())
        print(f"  {self.name:<17}{steps}", flush=True)
        if self.deleted.rows != 1 or any(not answer.ran or answer.hits for answer in answers):
            sys.exit(f"{self.name}: the subject is not gone: {self.deleted.rows} rows deleted, {answers}")


if __name__ == "__main__":
    sys.exit(main())
