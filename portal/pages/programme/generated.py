"""Documents that are only written: an import compares them and takes nothing."""

from __future__ import annotations

from itertools import zip_longest

from portal.pages.programme.registry import Outcome, Word


def compared(path: str, content: bytes, here: str) -> Outcome:
    """Kept where the file says what the portal says; else not taken, with the first line that differs."""
    theirs = content.decode()
    if theirs == here:
        return Outcome(path, 0, Word.KEPT, "It says what this portal does.")
    pairs = zip_longest(theirs.split("\n"), here.split("\n"))
    line = next(number for number, (a, b) in enumerate(pairs, 1) if a != b)
    said = "From here on it says something else than this portal, which writes it from code, settings and ledger."
    return Outcome(path, line, Word.TOLD, said)
