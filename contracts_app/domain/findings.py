"""What a check of a contract says: a reason with its line, column and, where one exists, the edit that mends it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

ERROR = "error"
WARNING = "warning"
MOST = 200  # findings of one document


@dataclass(frozen=True, slots=True)
class Fix:
    """One edit of the authored text: characters `start` to `end` become `text`.

    >>> Fix("Quote it", 4, 6, '"NO"').apply("a:  NO")
    'a:  "NO"'
    """

    label: str
    start: int
    end: int
    text: str

    def apply(self, source: str) -> str:
        """The text with this edit made."""
        return source[: self.start] + self.text + source[self.end :]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one place; `line` and `column` count from 1."""

    code: str
    message: str
    line: int
    column: int
    path: str = ""
    severity: str = ERROR
    fix: Fix | None = None

    @property
    def is_error(self) -> bool:
        """Whether this finding keeps the contract from being proposed."""
        return self.severity == ERROR

    def as_dict(self) -> dict[str, object]:
        """The finding as JSON can carry it."""
        return asdict(self)


def has_errors(findings: list[Finding]) -> bool:
    """Whether any finding is more than a warning."""
    return any(finding.is_error for finding in findings)


def in_order(findings: list[Finding]) -> list[Finding]:
    """Findings as a reader meets them, from top to bottom; of very many the errors first, and no more than are read."""
    if len(findings) > MOST:
        findings = sorted(findings, key=lambda found: not found.is_error)[:MOST]
    return sorted(findings, key=lambda found: (found.line, found.column, found.code))
