"""Taking the programme's tree in: with one person's rights, in one transaction, all of it or nothing.

Nothing is ever signed by it: contracts become drafts. What is here already is kept untouched, so a second import
changes nothing and leaves no trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.pages.programme.evidence_kinds import IMPORTED
from portal.pages.programme.registry import Document, Outcome, Word, documents
from portal.pages.programme.taking import REFUSALS, sentence_of
from portal.pages.programme.tree import Tree

if TYPE_CHECKING:
    from portal.core.identity.models import User

MAX_OUTCOMES = 100_000


@dataclass(frozen=True)
class Report:
    """What became of every file and definition, and whether it was kept (`done`) or taken back."""

    outcomes: list[Outcome]
    done: bool

    def number(self, word: Word) -> int:
        """How many have this word."""
        return self.counts[word]

    @property
    def counts(self) -> Counter[Word]:
        """How many of each word."""
        return Counter(each.word for each in self.outcomes)


@transaction.atomic
def import_tree(*, user: User, tree: Tree, dry_run: bool = False, skip_refused: bool = False) -> Report:
    """Take the tree in as `user` may. Where something is refused nothing is kept, unless `skip_refused`.

    A dry run does everything and takes it back.
    """
    outcomes = list(tree.refused)
    for each in documents():
        for path, content in sorted(tree.files.items()):
            if each.owns(path):
                outcomes += _file(each, user, path, content)
    report = Report(outcomes, done=not dry_run and (skip_refused or Word.REFUSED not in {o.word for o in outcomes}))
    if not report.done:
        transaction.set_rollback(True)
    elif report.number(Word.CREATED) or report.number(Word.CHANGED):
        _record(user, tree, report)
    return report


def _file(each: Document, user: User, path: str, content: bytes) -> list[Outcome]:
    """One file in its own savepoint: what refuses it as a whole takes back what it did before."""
    try:
        with transaction.atomic():
            return _bounded(each.take(user, path, content))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return [Outcome(path, line, Word.REFUSED, "It is not UTF-8 text.")]
    except REFUSALS as error:
        return [Outcome(path, 0, Word.REFUSED, sentence_of(error))]


def _bounded(found: Iterator[Outcome]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for each in found:
        outcomes.append(each)
        if len(outcomes) > MAX_OUTCOMES:
            raise ValueError(f"It holds over {MAX_OUTCOMES:,} definitions: split it.")
    return outcomes


def _record(user: User, tree: Tree, report: Report) -> None:
    named = {path: digest(content) for path, content in tree.files.items()}
    record(
        IMPORTED,
        actor=actor_of(user),
        payload={
            "tree": digest(canonical_bytes(named)),
            "files": len(tree.files),
            "created": report.number(Word.CREATED),
            "changed": report.number(Word.CHANGED),
            "kept": report.number(Word.KEPT) + report.number(Word.TOLD),
            "refused": report.number(Word.REFUSED),
        },
    )
