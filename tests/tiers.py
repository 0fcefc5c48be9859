"""Runs the suite tier by tier, prints each tier's count and seconds, and fails under the committed minimum.

Tiers stand in lanes that run side by side, each on servers of its own, as most tests wait as much as they compute. A
tier's output goes to var/test/TIER.log and is printed when it has ended, so that the lanes' words do not mix.
"""

import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parent
VAR = Path(os.environ.get("CUSTODY_VAR") or ROOT / "var")


class Ended(NamedTuple):
    """How a tier ended."""

    count: int
    good: bool


def main(file: Path = HERE / "tiers.json") -> int:
    """Exit 0 when every tier passed and none has fewer tests than `tiers.json` says; names choose some of them."""
    tiers = json.loads(file.read_text())
    wanted = {name: tier for name, tier in tiers.items() if not sys.argv[1:] or name in sys.argv[1:]}
    lanes: dict[int, list[str]] = {}
    for name, tier in wanted.items():
        lanes.setdefault(tier.get("lane", 1), []).append(name)
    with ThreadPoolExecutor(max(len(lanes), 1)) as pool:
        runs = pool.map(lambda lane: [_run(name, wanted[name], _folder(lane, lanes)) for name in lanes[lane]], lanes)
        results = list(chain.from_iterable(runs))
    passed, failed = sum(each.count for each in results), sum(not each.good for each in results)
    _say(f"{passed} passed, {failed} failed")
    return 1 if failed or not results else 0


def _folder(lane: int, lanes: Collection[int]) -> Path:
    return VAR / "test" / f"lane{lane}" if len(lanes) > 1 else VAR / "test"


def _run(name: str, tier: dict[str, Any], folder: Path) -> Ended:
    report = VAR / "test" / f"{name}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    _say(f"tests: {name} …")
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", f"--junit-xml={report}", *tier["arguments"]]
    environment = os.environ | {"CUSTODY_TEST_VAR": str(folder)}
    log = report.with_suffix(".log")
    with log.open("w") as words:
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=words, stderr=subprocess.STDOUT)
    count, skipped = _count(report)
    good = done.returncode == 0 and count >= tier["minimum"] and not skipped
    why = "" if good else f"  FAILED (exit {done.returncode}, minimum {tier['minimum']}, skipped {skipped})"
    _say(log.read_text().rstrip(), f"tests: {name}: {count} tests in {time.monotonic() - began:.0f} s{why}")
    return Ended(count, good)


def _count(report: Path) -> tuple[int, int]:
    if not report.exists():
        return 0, 0
    suites: Iterable[ET.Element] = ET.parse(report).getroot().iter("testsuite")
    found = [(int(s.get("tests", 0)), int(s.get("skipped", 0))) for s in suites]
    return sum(t for t, _ in found), sum(s for _, s in found)


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
