"""The contracts as the programme's tree has them: one file for each, with what the ledger holds of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Case, IntegerField, QuerySet, Value, When

from contracts_app import evidence_kinds
from contracts_app.domain.lifecycle import State
from contracts_app.models import Version
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import entries_naming

STANDING = (State.ACTIVE, State.SCHEDULED, State.PROPOSED, State.DRAFT, State.DEPRECATED)
"""The version that stands for a contract is the first of these that it has."""
TOLD = (evidence_kinds.SIGNED.name, evidence_kinds.ACTIVATED.name)
CHUNK = 200


def standing_versions() -> QuerySet[Version]:
    """For each contract that is not over the version that stands for it, by the contract's name."""
    rank = Case(*(When(state=state, then=Value(at)) for at, state in enumerate(STANDING)), output_field=IntegerField())
    found = Version.objects.filter(state__in=STANDING).annotate(rank=rank)
    return found.order_by("contract__name", "rank", "-pk").distinct("contract__name")


def standing_files() -> Iterator[tuple[str, bytes]]:
    """Path and authored bytes of each, by name."""
    for version in standing_versions().select_related("contract").iterator(CHUNK):
        yield version.contract.repository_path, bytes(version.authored)


def standing_rows() -> Iterator[tuple[Version, list[Entry]]]:
    """Each without its document, and the entries about exactly these bytes, oldest first; a few queries a chunk."""
    found = standing_versions().select_related("contract__owner_team").defer("authored", "data", "report", "readiness")
    rows: list[Version] = []
    for version in found.iterator(CHUNK):
        rows.append(version)
        if len(rows) == CHUNK:
            yield from _with_entries(rows)
            rows = []
    yield from _with_entries(rows)


def version_with_bytes(name: str, content: bytes) -> Version | None:
    """The version of the contract `name` whose authored bytes are exactly these; one that stands before others."""
    rank = Case(*(When(state=state, then=Value(at)) for at, state in enumerate(STANDING)), default=Value(len(STANDING)))
    found = Version.objects.filter(contract__name=name, authored=content).annotate(rank=rank)
    return found.select_related("contract").order_by("rank", "-pk").first()


def _with_entries(rows: Collection[Version]) -> Iterator[tuple[Version, list[Entry]]]:
    by_digest: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries_naming(TOLD, "digest", sorted({row.digest for row in rows if row.digest})):
        by_digest.setdefault((entry.payload["contract"], entry.payload["digest"]), []).append(entry)
    for row in rows:
        yield row, by_digest.get((row.contract.name, row.digest), [])
