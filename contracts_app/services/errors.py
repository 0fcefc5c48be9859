"""Why a write was refused, as sentences for the person who asked for it."""

from __future__ import annotations


class Refused(Exception):
    """A write that the rules do not allow; `reasons` are sentences."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


class DraftConflict(Refused):
    """Somebody else saved the draft first; `theirs` is what stands there now, under `token`."""

    def __init__(self, *, who: str, theirs: str, token: int) -> None:
        super().__init__(f"{who} saved this draft after you had opened it. Nothing of yours was saved.")
        self.theirs = theirs
        self.token = token
