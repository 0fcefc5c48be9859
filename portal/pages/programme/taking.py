"""What the documents share when they take definitions in: one after the other, each refused by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from portal.pages.programme.definitions import DefinitionError
from portal.pages.programme.registry import Outcome, Word

Take = Callable[[dict[str, Any]], tuple[Word, str]]
REFUSALS = (PermissionDenied, ValidationError, ValueError, DatabaseError)
"""What a service raises for something that cannot be taken; a DatabaseError is a value that no column holds."""


def one_by_one(path: str, found: Iterable[tuple[int, dict[str, Any]]], take: Take) -> Iterator[Outcome]:
    """What became of each definition, in its own savepoint; a line that cannot be read ends the file."""
    try:
        for line, given in found:
            yield _one(path, line, given, take)
    except DefinitionError as error:
        yield Outcome(path, error.line, Word.REFUSED, str(error))


def _one(path: str, line: int, given: dict[str, Any], take: Take) -> Outcome:
    try:
        with transaction.atomic():
            return Outcome(path, line, *take(given))
    except REFUSALS as error:
        return Outcome(path, line, Word.REFUSED, sentence_of(error))


def sentence_of(error: Exception) -> str:
    """The refusal as a sentence on one line; of a database's own error only its kind, because it quotes values."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, DatabaseError):
        return f"The database cannot hold a value of it ({type(error).__name__})."
    return " ".join(str(error).split()) or type(error).__name__


def text_in(given: dict[str, Any], name: str, most: int, *, empty: bool = False) -> str:
    """The text of one key; ValueError where it is none, too long, or has signs that cannot be printed."""
    value = given.get(name, "")
    if not isinstance(value, str) or len(value) > most or not (value.strip() or empty):
        raise ValueError(f"`{name}` is a text of at most {most} signs.")
    if any(ord(char) < 32 for char in value):
        raise ValueError(f"`{name}` has control characters: write it on one line.")
    return value
