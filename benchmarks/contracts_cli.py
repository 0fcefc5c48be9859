"""`custody lint` and `custody diff` against datacontract-cli: a fresh process and a warm one, 5 to 1,000 fields.

Both sides read the same content, written in their own format from one description, rounds interleaved. Our warm side
runs the whole command, its output included; the peer's runs the calls that its command makes, without the output.
Then the start of the console script, which a pre-commit hook or a CI job pays on every call.

    python -m benchmarks.contracts_cli [rounds of a fresh process, default 7]
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks import plot
from benchmarks.peers.environment import PeerMissing
from benchmarks.report import report
from benchmarks.twins.agreement import changed, sized
from benchmarks.twins.write import house, odcs
from portal.cli import main as custody

ROOT = Path(__file__).parents[1]
SIZES = (5, 100, 1_000)
WARM_ROUNDS = 9
AT_LEAST = 5  # times as fast as the peer, where the design names no time
# Source: the design's "Figures to reach": milliseconds by (command, mode, fields).
DESIGN = {
    ("lint", "fresh", 5): 200, ("lint", "warm", 5): 10,
    ("breaking", "fresh", 5): 200, ("breaking", "warm", 5): 10, ("breaking", "warm", 1_000): 150,
}  # fmt: skip
START_MS = 150
STARTS = (["--help"], ["lint", "FILE"], ["gate", "--offline", "--file", "custody.yaml"])
MANIFEST = """\
job: {namespace: demo, name: load_events}
writes: [{contract: events, version: 1.0.0, file: 5.old.yaml}]
reads: []
commit: 0123456789abcdef0123456789abcdef01234567
image: estate/pipelines:2026.11
"""


@dataclass
class Figure:
    """Milliseconds of one command in one mode at one size, ours and the peer's."""

    command: str
    mode: str
    fields: int
    ours: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"contract {self.command}, {self.mode} process, {self.fields:,} fields"


def main() -> int:
    """Exit 1 where a figure is past its limit, or where the peer could not be measured."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory(prefix="custody-bench-") as folder:
        files = _written(Path(folder))
        figures = [Figure(c, m, n) for c in ("lint", "breaking") for m in ("fresh", "warm") for n in SIZES]
        _ours_warm(figures, files)
        title, missing = _peer(figures, files, rounds)
        worst = max(_reported(figure, title) for figure in figures)
        worst = max(worst, *(_start(arguments, files) for arguments in STARTS))
    if missing:
        print(missing)
        return 1
    shown = [(f.label.removeprefix("contract "), [("ours", median(f.ours)), (title, median(f.peer))]) for f in figures]
    plot.bars("contracts_cli", f"Contracts: time of a command, ours and {title} (logarithmic)", shown)
    return worst


def _written(folder: Path) -> dict[str, Path]:
    """`5 old`, `5 new`, `5 old odcs` and so on: the files of both sides."""
    files = {}
    for size in SIZES:
        old = sized(size)
        for age, agreement in (("old", old), ("new", changed(old))):
            for name, text in ((f"{size} {age}", house(agreement)), (f"{size} {age} odcs", odcs(agreement))):
                files[name] = folder / f"{name.replace(' ', '.')}.yaml"
                files[name].write_text(text)
    files["custody.yaml"] = folder / "custody.yaml"
    files["custody.yaml"].write_text(MANIFEST)
    return files


def _ours_warm(figures: list[Figure], files: dict[str, Path]) -> None:
    for figure in (one for one in figures if one.mode == "warm"):
        arguments = _ours(figure, files)
        for _ in range(WARM_ROUNDS + 1):
            with contextlib.redirect_stdout(io.StringIO()) as told:
                began = perf_counter()
                code = custody(arguments)
                figure.ours.append((perf_counter() - began) * 1000)
        assert code == 0, told.getvalue()[-500:]
        del figure.ours[0]  # the first one warms the caches


def _ours(figure: Figure, files: dict[str, Path]) -> list[str]:
    old, new = (str(files[f"{figure.fields} {age}"]) for age in ("old", "new"))
    return ["lint", old] if figure.command == "lint" else ["diff", old, new]


def _peer(figures: list[Figure], files: dict[str, Path], rounds: int) -> tuple[str, str]:
    """Fill in the peer's side and the fresh processes of both; the peer's title, and why it is missing."""
    from benchmarks.peers import datacontract_cli as peer

    try:
        program: Path | None = peer.command()
        missing = ""
    except PeerMissing as error:
        program, missing = None, str(error)
    for figure in (one for one in figures if one.mode == "fresh"):
        for _ in range(rounds):
            figure.ours.append(_fresh([_script(), *_ours(figure, files)], 0))
            if program:
                figure.peer.append(_fresh([program, *_theirs(figure, files)], int(figure.command == "breaking")))
    if program:
        with peer.Warm() as warm:
            for figure in (one for one in figures if one.mode == "warm"):
                asked = {"what": figure.command, "files": _theirs(figure, files)[1:], "rounds": WARM_ROUNDS}
                answer = warm.ask(do="time", **asked)
                assert answer["found"] == "passed" or answer["found"] >= 2, answer
                figure.peer += [seconds * 1000 for seconds in answer["seconds"]]
    return peer.TITLE, missing


def _theirs(figure: Figure, files: dict[str, Path]) -> list[str]:
    old, new = (str(files[f"{figure.fields} {age} odcs"]) for age in ("old", "new"))
    return ["lint", old] if figure.command == "lint" else ["breaking", old, new]


def _script() -> Path:
    return Path(sys.executable).parent / "custody"


def _fresh(command: Sequence[str | Path], code: int) -> float:
    """Milliseconds of one process from its start to its end; it must end with `code`."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}  # the tree that is measured, wherever `custody` was installed from
    began = perf_counter()
    done = subprocess.run([str(part) for part in command], env=env, capture_output=True, text=True, check=False)
    took = (perf_counter() - began) * 1000
    assert done.returncode == code, (command, done.stdout[-500:], done.stderr[-500:])
    return took


def _reported(figure: Figure, title: str) -> int:
    ours = median(figure.ours)
    limit = DESIGN.get((figure.command, figure.mode, figure.fields))
    against = (
        f"the design's limit; {title} {_ratio(figure)}" if limit else f"a {AT_LEAST}th of {title} {_ratio(figure)}"
    )
    if limit is None and not figure.peer:
        return 0  # without the peer there is nothing to hold it against, and main says that it is missing
    limit = limit or median(figure.peer) / AT_LEAST
    detail = f"medians of {len(figure.ours)} and {len(figure.peer)} rounds; old and new differ in a tenth of the fields"
    return report(figure.label, ours, limit=round(limit, 3), unit="ms", against=against, detail=detail)


def _ratio(figure: Figure) -> str:
    if not figure.peer:
        return "could not be installed"
    theirs = median(figure.peer)
    return f"takes {plot.said(theirs)}, {theirs / median(figure.ours):.3g} times as long"


def _start(arguments: list[str], files: dict[str, Path]) -> int:
    """The console script from nothing to its end, beside an empty Python in turn."""
    places = files | {"FILE": files["5 old"]}
    command = [str(places.get(part, part)) for part in arguments]
    ours, bare = [], []
    for _ in range(15):
        bare.append(_fresh([sys.executable, "-c", "pass"], 0))
        ours.append(_fresh([_script(), *command], 0))
    name = f"start of `custody {' '.join(arguments)}`"
    detail = f"medians of 15 processes; an empty Python starts in {median(bare):.3g} ms"
    return report(name, median(ours), limit=START_MS, unit="ms", against="the design's limit", detail=detail)


if __name__ == "__main__":
    sys.exit(main())
