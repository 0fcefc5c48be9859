"""Peers in virtual environments of their own, made by their hash-locked file when they are missing.

They lie under `var/peers/` and are named by the lock's hash: another lock is another environment.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


class PeerMissing(Exception):
    """A peer that could not be installed; the sentence says why. A figure against it is left out, not guessed."""


def programs_of(name: str, locks: Path = HERE) -> Path:
    """The folder with the programs of the peer that `<name>.txt` locks; installs it when it is not there yet."""
    lock = locks / f"{name}.txt"
    var = Path(os.environ.get("CUSTODY_VAR") or HERE.parents[1] / "var")
    place = var / "peers" / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    done = place / "installed"
    if not done.exists():
        print(f"installing the peer of {lock.name} (once) …", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        _uv("venv", "--quiet", "--python", sys.executable, str(place))
        _uv("pip", "install", "--quiet", "--python", str(place / "bin/python"), "--require-hashes", "-r", str(lock))
        done.touch()
    return place / "bin"


def version_of(name: str, package: str) -> str:
    """The version of a package that the lock pins."""
    pinned = next(line for line in (HERE / f"{name}.txt").read_text().splitlines() if line.startswith(f"{package}=="))
    return pinned.removeprefix(f"{package}==").split()[0]


def _uv(*arguments: str) -> None:
    uv = shutil.which("uv")
    if uv is None:
        raise PeerMissing("uv is missing, so the peer was not installed; `make setup` installs it.")
    done = subprocess.run([uv, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PeerMissing(f"The peer could not be installed: {done.stderr.strip()[-400:]}")
