"""Erasing a person from lineage: events, archives, and everything that was derived from them.

Each batch is a short transaction of its own, and every step finds for itself what is left to do: a run that was killed
is finished by the next one. Identifiers are in memory only; logs, records and the ledger get counts and a reference.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.db import connection, transaction

from lineage_app.domain.redaction import Pattern, can_be_searched
from lineage_app.evidence_kinds import REDACTED
from lineage_app.models import RedactionRecord
from lineage_app.services import archives
from lineage_app.services.redaction import events, files, graph, tables
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record


class Redacted(NamedTuple):
    """How many events (in the database and in archives), archives, runs and other rows were changed."""

    events: int
    archives: int
    runs: int
    rows: int


class Mentions(NamedTuple):
    """How many events, archived events and other rows hold an identifier."""

    events: int
    archived: int
    rows: int

    @property
    def total(self) -> int:
        """All of them together."""
        return self.events + self.archived + self.rows


def redact(
    identifiers: Iterable[str], *, actor: Actor, reference: str, said: Callable[[str], object] = str
) -> Redacted:
    """Take a person's identifiers out of every event, archive and row of lineage; a second call finds nothing.

    `reference` says for what (a request's number); `said` is told the progress. Raises IdentifierRefused for what
    cannot be searched for, ValueError for a reference that itself holds an identifier, ArchiveBusy while archives are
    written. Events that arrive meanwhile are not looked at. Call outside a transaction, so that its batches are short.
    """
    pattern = Pattern(identifiers)
    if pattern.found_in(reference) or not reference.strip():
        raise ValueError("The reference is empty or holds an identifier: give the request's number.")
    with archives.alone():
        changed = events.redact_events(pattern, reference=reference, said=said)
        archived, rewritten = files.redact_archives(pattern, actor=actor, reference=reference, said=said)
        rows, runs = graph.redact_graph(pattern, said=said)
        done = Redacted(changed + archived, rewritten, runs, rows)
        _conclude(done, actor, reference)
    return done


def searchable(identifiers: Iterable[str]) -> list[str]:
    """Return those identifiers that `redact` can search for."""
    return sorted({each for each in identifiers if can_be_searched(each)})


def mentions(identifiers: Iterable[str]) -> Mentions:
    """Count what holds one of the identifiers, and change nothing; raises IdentifierRefused as `redact` does."""
    pattern = Pattern(identifiers)
    return Mentions(events.count_events(pattern), files.count_lines(pattern), tables.count_rows(pattern))


@transaction.atomic
def _conclude(done: Redacted, actor: Actor, reference: str) -> None:
    """Tell the ledger, once, what was changed under this reference; nothing was, nothing is told."""
    if any(done):
        payload: dict[str, str | int] = {
            "reference": reference, "events": done.events, "archives": done.archives, "rows": done.rows,
        }  # fmt: skip
        record(REDACTED, actor=actor, payload=payload)


def redacted_so_far(reference: str) -> int:
    """Return how many events were redacted under a reference, by all calls together."""
    return RedactionRecord.objects.filter(reference=reference).count()


def vacuum() -> None:
    """Free the old versions of redacted rows, whose bytes would else lie in the files until autovacuum comes."""
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            for table in tables.all_tables():
                cursor.execute(f'VACUUM (ANALYZE) "{table}"')
