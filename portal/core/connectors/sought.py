"""A subject's bytes as they are looked for: bare at first, and told from others' only where they are found.

Whose longer identifier contains one of the subject's is a question to the whole dataset. It takes hits away and never
adds one, so where nothing is found it need not be asked.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from portal.core.connectors import scan
from portal.core.connectors.values import Found, Subject


class Sought:
    """What is looked for after a subject; `neighbours` gives the live identifiers of others that contain one of it."""

    def __init__(self, subject: Subject, found: Found, neighbours: Callable[[], Iterable[str]] = tuple) -> None:
        """Ask nobody yet."""
        self.bare = scan.needles_of(subject, found)
        self._told_apart: Callable[[], scan.Needles] = lambda: scan.needles_of(subject, found, neighbours())

    @cached_property
    def told_apart(self) -> scan.Needles:
        """The same, none of it a hit inside a neighbour's identifier; asked once."""
        return self._told_apart()

    def count(self, data: bytes) -> int:
        """How often they occur in decoded data, as `scan.count`."""
        return scan.count(data, self.told_apart) if scan.count(data, self.bare) else 0

    def search(self, files: Iterable[Path], limit: int = 10_000) -> list[scan.Hit]:
        """Every place where they lie, at most `limit`, as `scan.search`."""
        hits: list[scan.Hit] = []
        for path in files:
            if "told_apart" in vars(self) or scan.search([path], self.bare, limit=1):
                hits += scan.search([path], self.told_apart, limit - len(hits))
            if len(hits) >= limit:
                break
        return hits
