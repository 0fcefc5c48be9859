"""What somebody asks in one box: a run id, an output id, `namespace/name@time` or `model@version`. Plain Python.

A prefix (`run:`, `output:`, `dataset:`, `model:`) says which one is meant where the text alone leaves it open. What
stands behind the last "@" is a moment where it reads as one (ISO 8601; without a zone it is UTC, a day alone counts to
its end), else a version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum

LONGEST = 2000
YEARS = (1970, 2999)
_PRINTED = "%Y-%m-%dT%H:%M:%SZ"


class Kind(StrEnum):
    """What is asked about; ANY where the text alone may be a run, an output or a dataset."""

    ANY = "any"
    RUN = "run"
    OUTPUT = "output"
    DATASET = "dataset"
    MODEL = "model"


class BadQuestion(ValueError):
    """The text asks nothing that can be answered; the message is a sentence that repeats nothing of it."""


@dataclass(frozen=True)
class Question:
    """`name` is the id or the name that was asked for, `at` the moment or `version` the version behind the "@"."""

    kind: Kind
    name: str
    at: datetime | None = None
    version: str = ""

    def __str__(self) -> str:
        """The question as the box takes it again."""
        behind = f"@{self.at.astimezone(UTC):{_PRINTED}}" if self.at else f"@{self.version}" if self.version else ""
        return f"{'' if self.kind is Kind.ANY else self.kind + ':'}{self.name}{behind}"


def read(text: str) -> Question:
    """The question that `text` asks; raises BadQuestion.

    >>> read("lake/orders@2026-03-01T10:00").at.isoformat()
    '2026-03-01T10:00:00+00:00'
    >>> read("models/churn@1.4.0").version, read("run:4711").kind.value, read("lake/orders").kind.value
    ('1.4.0', 'run', 'any')
    >>> str(read("dataset:lake/orders@2026-03-01"))
    'dataset:lake/orders@2026-03-01T23:59:59Z'
    """
    words = text.strip()
    if not words:
        raise BadQuestion("Write a run id, an output id, a dataset with a time, or a model with its version.")
    if len(words) > LONGEST or not words.isprintable():
        raise BadQuestion(f"The text is longer than {LONGEST} signs, or holds signs that no id has.")
    kind, words = _prefix(words)
    if kind in (Kind.RUN, Kind.OUTPUT):
        return Question(kind, words)
    name, _, behind = words.rpartition("@") if "@" in words else (words, "", "")
    if not name.strip():
        raise BadQuestion("There is nothing before the @: write the name of the dataset or model there.")
    return _dated(kind, name.strip(), behind.strip())


def moment(text: str) -> datetime | None:
    """The moment that `text` means, aware; None where it is none.

    >>> moment("2026-03-01").isoformat(), moment("2026-03-01T10:00+02:00").isoformat(), moment("1.4.0")
    ('2026-03-01T23:59:59+00:00', '2026-03-01T10:00:00+02:00', None)
    """
    found: datetime | None = None
    try:
        if len(text) == 10:
            found = datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
        elif "-" in text:
            found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found is None or not YEARS[0] <= found.year <= YEARS[1]:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _prefix(words: str) -> tuple[Kind, str]:
    head, colon, rest = words.partition(":")
    known = {kind.value: kind for kind in Kind if kind is not Kind.ANY}
    if colon and head.lower() in known and rest.strip() and not rest.startswith("//"):
        return known[head.lower()], rest.strip()
    return Kind.ANY, words


def _dated(kind: Kind, name: str, behind: str) -> Question:
    at = moment(behind) if behind and kind is not Kind.MODEL else None
    if at is not None:
        return Question(Kind.DATASET, name, at=at)
    if behind and kind is Kind.DATASET:
        raise BadQuestion("What stands behind the @ is no time. Write it as 2026-03-01 or 2026-03-01T10:00Z.")
    if behind:
        return Question(Kind.MODEL, name, version=behind)
    return Question(kind, name)
