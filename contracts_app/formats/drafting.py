"""Turns imported data into the YAML of a draft: the house style, with what to fill in as comments at its place."""

from __future__ import annotations

from typing import Any

from contracts_app.domain.document import load
from contracts_app.domain.formats.notes import ADD, FormatError, Imported, Note
from contracts_app.domain.formats.writing import ORDER, write


def draft(data: dict[str, Any], notes: list[Note], *, origin: str) -> Imported:
    """The draft; raises FormatError where the portal could not read it again (too deep, too large)."""
    comments: dict[tuple[str, ...], list[str]] = {(): [f"Made from {origin}. Check it, then propose it."]}
    for note in notes:
        if note.kind == ADD and note.path in ORDER:
            lines = comments.setdefault((note.path,), [])
            lines.append(_one_line(note.text))
            if note.path not in data:
                lines.append(f"{note.path}:")
    text = write(data, comments)
    loaded = load(text)
    broken = next((found for found in loaded.findings if found.code.startswith("yaml.")), None)
    if broken or loaded.document is None:
        raise FormatError(f"The contract made of it cannot be kept: {broken.message if broken else 'it is empty'}")
    return Imported(text, notes)


def _one_line(text: str) -> str:
    """A comment must not end early, whatever the source called its fields."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
