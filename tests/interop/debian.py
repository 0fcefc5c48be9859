"""Debian's own Prometheus and Alertmanager: those that are installed, else unpacked into a place of their own.

`apt-get download` checks the archive's signatures; `dpkg -x` runs nothing of the packages and starts no service.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGES = ("prometheus", "prometheus-alertmanager")
PROGRAMS = ("prometheus", "promtool", "prometheus-alertmanager", "amtool")


class ProgramsMissing(Exception):
    """The programs are not here and cannot be had; the sentence says what to do."""


def programs() -> Path:
    """The folder with the four programs; downloads and unpacks them once."""
    found = [shutil.which(name) for name in PROGRAMS]
    if all(found):
        return Path(str(found[0])).parent
    place = unpacked()
    if not (place / "whole").exists():
        _unpack(place)
    return place / "usr/bin"


def unpacked() -> Path:
    """Where they lie when they are not installed."""
    var = Path(os.environ.get("CUSTODY_VAR") or Path(__file__).resolve().parents[2] / "var")
    return var / "peers" / "debian-monitoring"


def command(program: str, *arguments: str) -> list[str]:
    """How a program is started: unpacked, it sees its own `/usr/share`, where Alertmanager looks for its templates.

    A mount namespace of this one process, for which no rights are needed; nothing of the machine changes.
    """
    path = programs() / program
    if unpacked() not in path.parents:
        return [str(path), *arguments]
    inside = 'mount --bind "$0" /usr/share && exec "$@"'
    own = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", inside, str(unpacked() / "usr/share")]
    return [*own, str(path), *arguments]


def _unpack(place: Path) -> None:
    sys.stderr.write("downloading Debian's Prometheus and Alertmanager (once) …\n")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        _run(["apt-get", "download", *PACKAGES], place)
    except ProgramsMissing:
        _run(["apt-get", "update", "-qq"], place)  # the lists are too old, or were never there
        _run(["apt-get", "download", *PACKAGES], place)
    for package in place.glob("*.deb"):
        _run(["dpkg", "-x", package.name, "."], place)
    (place / "whole").touch()


def _run(order: list[str], place: Path) -> None:
    try:
        done = subprocess.run(order, cwd=place, capture_output=True, text=True, check=False, timeout=300)
    except FileNotFoundError as error:
        raise ProgramsMissing(f"{order[0]} is missing: install prometheus and prometheus-alertmanager.") from error
    if done.returncode:
        raise ProgramsMissing(f"{' '.join(order)}: {done.stderr.strip()[-400:]}")


def run(program: str, *arguments: str, here: Path, given: str = "") -> str:
    """What a program prints; fails with its own words."""
    path = str(programs() / program)
    done = subprocess.run(
        [path, *arguments], cwd=here, input=given, capture_output=True, text=True, check=False, timeout=120
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{program} {' '.join(arguments)}: {said[-3000:]}"
    return said


@contextmanager
def serving(program: str, *arguments: str, here: Path, ready: str) -> Iterator[None]:
    """Run a server until the block ends; it has 60 s to answer at `ready`."""
    log = here / f"{program}.log"
    with (
        log.open("w") as out,
        subprocess.Popen(command(program, *arguments), cwd=here, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        try:
            _wait(ready, process, log)
            yield
        finally:
            process.terminate()
            process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer within 60 s: {log.read_text()[-3000:]}")
