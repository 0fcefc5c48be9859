"""What a connector raises: sentences that never carry an identifier, a predicate or a driver's own text."""

from collections.abc import Callable

Fence = Callable[[], bool]
"""Answers whether the calling worker still holds the step (its fencing number is the newest)."""


class ConnectorError(Exception):
    """A data system could not do what was asked.

    The text is ours: drivers quote values in theirs ("Key (email)=(…) already exists"), so only `code`
    (an SQLSTATE or the name of an exception) is taken over. `retryable` says whether waiting may help.
    """

    def __init__(self, sentence: str, *, code: str = "", retryable: bool = False) -> None:
        """Keep the sentence, and beside it what a machine may act on."""
        super().__init__(f"{sentence} (code {code})" if code else sentence)
        self.code = code
        self.retryable = retryable


class FencedOff(ConnectorError):
    """The step's lease went to another worker: this one may not replace or delete anything more."""

    def __init__(self) -> None:
        """One sentence for every kind of system."""
        super().__init__("This step is now held by another worker, so this one stopped before the change.")


def check_fence(still_mine: Fence) -> None:
    """Raise FencedOff unless the caller still holds the step; called right before every change."""
    if not still_mine():
        raise FencedOff
