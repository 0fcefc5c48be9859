"""Runs the suite tier by tier, prints each tier's count and seconds, and fails under the committed minimum."""

import json
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent


def main(file: Path = HERE / "tiers.json") -> int:
    """Exit 0 when every tier passed and none has fewer tests than `tiers.json` says."""
    tiers = json.loads(file.read_text())
    only = sys.argv[1:]
    results = [_run(name, tier) for name, tier in tiers.items() if not only or name in only]
    passed = sum(count for count, _ in results)
    failed = sum(1 for _, good in results if not good)
    sys.stdout.write(f"{passed} passed, {failed} failed\n")
    return 1 if failed else 0


def _run(name: str, tier: dict) -> tuple[int, bool]:
    report = ROOT / "var" / "test" / f"{name}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    sys.stdout.write(f"tests: {name} …\n")
    sys.stdout.flush()
    began = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--no-header",
        f"--junit-xml={report}",
        *tier["arguments"],
    ]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    count, skipped = _count(report)
    enough = count >= tier["minimum"]
    good = code == 0 and enough and not skipped
    why = "" if good else f"  FAILED (exit {code}, minimum {tier['minimum']}, skipped {skipped})"
    sys.stdout.write(f"tests: {name}: {count} tests in {time.monotonic() - began:.0f} s{why}\n")
    sys.stdout.flush()
    return count, good


def _count(report: Path) -> tuple[int, int]:
    if not report.exists():
        return 0, 0
    suites = ET.parse(report).getroot().iter("testsuite")
    found = [(int(s.get("tests", 0)), int(s.get("skipped", 0))) for s in suites]
    return sum(t for t, _ in found), sum(s for _, s in found)


if __name__ == "__main__":
    sys.exit(main())
