"""Events that could not be delivered, kept as files until they can: at least once, never in the pipeline's way.

One file an event, with its exact bytes, so that the portal recognises what it has already. A file is whole or not there
at all; two processes may resend the same one, which is harmless. `cat DIR/*.json` is NDJSON.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.client.answers import PortalAway
from portal.client.lineage.delivery import Delivery, EventRefused

MOST_EVENTS = 10_000


class SpoolFull(Exception):
    """The folder holds as many events as it may; the text says what to do."""


@dataclass(frozen=True)
class Resent:
    """What came of a resending: events taken, refused for good, and still waiting."""

    taken: int = 0
    refused: int = 0
    waiting: int = 0
    why: str = ""

    def plus(self, other: Resent) -> Resent:
        """Both together; why the first stopped goes before why the other did."""
        sums = (self.taken + other.taken, self.refused + other.refused, self.waiting + other.waiting)
        return Resent(*sums, self.why or other.why)


@dataclass(frozen=True)
class Spool:
    """A folder of waiting events; what was refused for good lies under `refused/` with the reason beside it."""

    folder: Path

    def keep(self, body: bytes) -> Path:
        """Put an event on disk; raises SpoolFull, or OSError where the folder cannot be written."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sum(1 for _ in self.waiting()) >= MOST_EVENTS:
            raise SpoolFull(f"{self.folder} holds {MOST_EVENTS:,} events: resend them with `custody resend`.")
        return _write(self.folder / _name(), body)

    def refuse(self, body: bytes, why: str) -> Path:
        """Put an event aside that no further try can deliver."""
        aside = self.folder / "refused"
        aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = _write(aside / _name(), body)
        _write(path.with_suffix(".txt"), why.encode())
        return path

    def waiting(self) -> Iterator[Path]:
        """The files of waiting events, in no order: the portal needs none."""
        return self.folder.glob("*.json")

    def resend(self, delivery: Delivery, most: int = MOST_EVENTS) -> Resent:
        """Send what waits, oldest first, up to `most`; stops where the portal is away or wants another token."""
        taken = refused = 0
        paths, why = sorted(self.waiting()), ""
        for path in paths[:most]:
            try:
                body = path.read_bytes().rstrip(b"\n")
            except FileNotFoundError:
                continue  # another process was quicker
            try:
                delivery.send(body)
                taken += 1
            except EventRefused as error:
                if error.mendable:
                    why = str(error)
                    break
                self.refuse(body, str(error))
                refused += 1
            except PortalAway as error:
                why = str(error)
                break
            path.unlink(missing_ok=True)
        return Resent(taken, refused, sum(1 for _ in self.waiting()), why)


def _name() -> str:
    """A file name that sorts by time and is nobody else's."""
    return f"{time.time_ns()}-{secrets.token_hex(4)}.json"


def _write(path: Path, body: bytes) -> Path:
    """All of it or nothing, also where the machine stops in between."""
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        file.write(body + b"\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
    return path
