"""What a connector raises: sentences that never carry an identifier, a predicate or a driver's own text."""

import re
from collections.abc import Callable

Fence = Callable[[], bool]
"""Answers whether the calling worker still holds the step (its fencing number is the newest)."""


class ConnectorError(Exception):
    """A data system could not do what was asked.

    The text is ours: drivers quote values in theirs ("Key (email)=(…) already exists"), so only `code`
    (an SQLSTATE or the name of an exception) is taken over. `retryable` says whether waiting may help. `detail` is
    the engine's first line with every quoted text and number taken out (`scrubbed`): for results that name a rule.
    `missing` says that the dataset itself is not there.
    """

    def __init__(
        self, sentence: str, *, code: str = "", retryable: bool = False, detail: str = "", missing: bool = False
    ) -> None:
        """Keep the sentence, and beside it what a machine may act on."""
        super().__init__(f"{sentence} (code {code})" if code else sentence)
        self.code = code
        self.retryable = retryable
        self.detail = detail
        self.missing = missing


class FencedOff(ConnectorError):
    """The step's lease went to another worker: this one may not replace or delete anything more."""

    def __init__(self) -> None:
        """One sentence for every kind of system."""
        super().__init__("This step is now held by another worker, so this one stopped before the change.")


def scrubbed(text: str) -> str:
    """The first line of an engine's message without what it may quote: texts, numbers, and what stands after a colon.

    >>> scrubbed('invalid input value for enum status: "gone"')
    'invalid input value for enum status'
    >>> scrubbed("Conversion Error: Could not convert string 'ann@example.com' to INT32")
    'Could not convert string … to INT32'
    """
    line = re.sub(r"^[A-Z][A-Za-z ]* Error: ", "", text.strip().split("\n", 1)[0])
    line = re.split(r":(?=\s|$)", re.sub(r"'[^']*'|\"[^\"]*\"", "…", line), maxsplit=1)[0]
    return re.sub(r"(?<![A-Za-z0-9])-?\d[\d.,:+e-]*", "…", line).strip()[:200]


def check_fence(still_mine: Fence) -> None:
    """Raise FencedOff unless the caller still holds the step; called right before every change."""
    if not still_mine():
        raise FencedOff
