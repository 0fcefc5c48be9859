"""The audit log as files: CSV for spreadsheets, in which no cell acts as a formula, and one JSON object a line.

Both are written as they are read, a thousand entries at a time, newest first. The first line of the JSON holds the
newest checkpoint; each other line holds the leaf that the ledger commits to, so that a reader may hash it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import latest_checkpoint
from portal.core.web.spreadsheets import harmless
from portal.pages.audit.cursor import after
from portal.pages.evidence.forms import role_words
from portal.pages.evidence.related import reference_of
from portal.pages.evidence.selectors import with_actors

CHUNK = 1000
HEAD = ("number", "entry", "at", "who", "actor", "acted as", "kind", "about", "what happened")
Told = tuple[Entry, str, str]


class _Line:
    """What csv writes to: it gives each line back."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def as_csv(rows: QuerySet[Entry]) -> Iterator[str]:
    """The rows for a spreadsheet."""
    writer = csv.writer(_Line())
    yield writer.writerow(HEAD)
    for entry, sentence, who in told(rows):
        cells = (
            _number(entry), entry.pk, entry.created_at.isoformat(), who, entry.actor_id, role_words(entry.actor_role),
            entry.kind, reference_of(entry), sentence,
        )  # fmt: skip
        yield writer.writerow([harmless(cell) for cell in cells])


def as_ndjson(rows: QuerySet[Entry]) -> Iterator[str]:
    """The rows for programs."""
    head = latest_checkpoint()
    yield _dump({"checkpoint": head.note if head else None})
    for entry, sentence, who in told(rows):
        yield _dump(
            {"number": _number(entry), "entry": entry.pk, "who": who, "sentence": sentence, "leaf": entry.document()}
        )


def told(rows: QuerySet[Entry]) -> Iterator[Told]:
    """Each entry with its sentence and who acted, a chunk at a time: no query is open while a client reads slowly."""
    last: Entry | None = None
    while True:
        found = list((rows if last is None else after(rows, last))[:CHUNK])
        yield from with_actors(found)
        if len(found) < CHUNK:
            return
        last = found[-1]


def _number(entry: Entry) -> int | None:
    leaf = getattr(entry, "leaf", None)
    return leaf.index if leaf else None


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
