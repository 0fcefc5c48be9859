"""Runs every benchmark, one process each, and writes benchmarks/results.json and benchmarks/results.md."""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
HELPERS = {"__init__", "__main__", "deletion_plants", "own_servers", "plot", "report", "timing"}


def main() -> int:
    """Exit 1 where a benchmark is past its limit or did not end; names on the command line choose some."""
    scripts = [p for p in sorted(HERE.glob("*.py")) if p.stem not in HELPERS]
    chosen = [p for p in scripts if not sys.argv[1:] or p.stem in sys.argv[1:]]
    failed = [p.stem for p in chosen if _run(p.stem)]
    _write_table()
    if failed:
        print(f"past their limit, or not ended: {', '.join(failed)}")
    return 1 if failed else 0


def _run(name: str) -> int:
    print(f"benchmark: {name} …", flush=True)
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=HERE.parent, check=False).returncode


def _write_table() -> None:
    path = HERE / "results.json"
    figures = json.loads(path.read_text()) if path.exists() else {}
    lines = [
        "# Benchmarks",
        "",
        f"Written {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, Python {platform.python_version()}.",
        "Ratios count; single times on a shared machine do not.",
        "",
        "| figure | measured | limit | against | detail | load |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(name, figure) for name, figure in sorted(figures.items())]
    lines += ["", *(f"![{p.stem}](plots/{p.name})" for p in sorted((HERE / "plots").glob("*.svg")))]
    (HERE / "results.md").write_text("\n".join(lines) + "\n")


def _row(name: str, f: dict) -> str:
    limit = f"{f['sense']} {f['limit']:g}"
    return (
        f"| {name} | {f['measured']:g} {f['unit']} | {limit} | {f['against']} | {f['detail']} | {f.get('load', '')} |"
    )


if __name__ == "__main__":
    sys.exit(main())
