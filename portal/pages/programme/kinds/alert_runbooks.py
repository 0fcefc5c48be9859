"""`runbooks/alerts.md`: every runbook, who is paged and which SLOs follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import transaction

from portal.pages.programme.registry import Document, File, Outcome, Scene, Word, document
from portal.pages.programme.taking import REFUSALS, sentence_of
from slo_app.selectors.runbooks import alerts_file, runbook_number
from slo_app.services.runbooks import entries_of, import_runbook, owner_named

if TYPE_CHECKING:
    from portal.core.identity.models import User

_HEADING = re.compile(r"##\s+[^#\s]")


@document("alert_runbooks")
class AlertRunbooks(Document):
    """The runbooks. Who is paged and what follows them are written for people; text, owner and use are read back."""

    path = r"runbooks/alerts\.md"
    label = "runbooks/alerts.md"
    about = (
        "Who gets paged, what to do, how to roll back. Imported, a text that differs is a new version of its runbook."
    )
    order = 30

    def count(self) -> int:
        """One a runbook."""
        return runbook_number()

    def files(self, scene: Scene) -> Iterator[File]:
        """One file."""
        del scene
        yield File("runbooks/alerts.md", iter([alerts_file().encode()]))

    def take(self, user: User, path: str, content: bytes) -> Iterator[Outcome]:
        """Each runbook by its key: what reads the same as here is kept."""
        text = content.decode()
        if not any(_HEADING.match(line) for line in text.split("\n")):
            yield Outcome(path, 0, Word.KEPT, "It holds no runbook.")
            return
        here = _by_key(entries_of(alerts_file())) if runbook_number() else {}
        for line, entry in zip(_lines(text), entries_of(text), strict=True):
            yield _one(user, path, line, entry, here)


def _by_key(entries: list[Any]) -> dict[str, Any]:
    return {entry.key: entry for entry in entries}


def _lines(text: str) -> list[int]:
    """Where the runbooks begin."""
    return [number for number, line in enumerate(text.split("\n"), 1) if _HEADING.match(line)]


def _one(user: User, path: str, line: int, entry: Any, here: dict[str, Any]) -> Outcome:
    known = here.get(entry.key)
    if known == entry:
        return Outcome(path, line, Word.KEPT, f"The runbook {entry.key} reads the same here.")
    try:
        with transaction.atomic():
            team = owner_named(entry.owner)
            if team is None:
                raise ValueError(f"The runbook {entry.key} names no team that is here as its owner.")
            made = import_runbook(user=user, entry=entry, owner_team=team)
    except REFUSALS as error:
        return Outcome(path, line, Word.REFUSED, sentence_of(error))
    said = f"The runbook {entry.key} has version {made.number} now."
    return Outcome(path, line, Word.CHANGED if known else Word.CREATED, said)
