"""What runs read and wrote, and what that adds to and takes from the column links."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import msgspec

from lineage_app.domain.columns import ColumnLink
from lineage_app.services.arrays import Row, execute, execute_rows
from lineage_app.services.known import Names
from lineage_app.services.runs import Saved
from lineage_app.services.statements import Statement, Use

_KNOWN = """
SELECT run_id, dataset_id, role, id, version, facets::text, columns_id, is_foreign
FROM lineage_app_runio WHERE run_id = ANY(%b::bigint[])
"""
_INSERT = """
INSERT INTO lineage_app_runio (run_id, dataset_id, role, version, facets, columns_id, is_foreign)
SELECT run, dataset, role, version, facets::jsonb, columns, is_foreign
FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::boolean[])
     u(run, dataset, role, version, facets, columns, is_foreign)
"""
_UPDATE = """
UPDATE lineage_app_runio r
SET version = u.version, facets = u.facets::jsonb, columns_id = u.columns, is_foreign = u.is_foreign
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::bigint[], %b::boolean[])
     u(id, version, facets, columns, is_foreign)
WHERE r.id = u.id
"""
_DELETE = "DELETE FROM lineage_app_runio WHERE id = ANY(%b::bigint[])"
_SAVE_SETS = """
INSERT INTO lineage_app_columnset (digest, links) SELECT digest, links::jsonb
FROM unnest(%b::text[], %b::text[]) u(digest, links) ON CONFLICT (digest) DO NOTHING
"""
_SETS = "SELECT digest, id FROM lineage_app_columnset WHERE digest = ANY(%b::text[])"


class ColumnUse(NamedTuple):
    """A job's runs said a set of column links about a dataset."""

    dataset: int
    job: int | None
    columns: int


@dataclass
class ColumnChanges:
    """What runs say of columns now, with first and last event time, and what they said and say no longer."""

    said: list[tuple[ColumnUse, datetime, datetime]] = field(default_factory=list)
    withdrawn: set[ColumnUse] = field(default_factory=set)


class _Kept(NamedTuple):
    pk: int
    version: str
    facets: str
    columns: int | None
    foreign: bool


class _Wanted(NamedTuple):
    version: str
    facets: dict[str, object]
    columns: int | None
    foreign: bool

    def row(self) -> tuple[str, str, int | None, bool]:
        return self.version, msgspec.json.encode(self.facets).decode(), self.columns, self.foreign

    def equals(self, kept: _Kept) -> bool:
        same = (self.version, self.columns, self.foreign) == (kept.version, kept.columns, kept.foreign)
        return same and self.facets == (msgspec.json.decode(kept.facets) if kept.facets != "{}" else {})


def save_io(statements: list[Statement], saved: dict[UUID, Saved], names: Names) -> ColumnChanges:
    """Bring the inputs and outputs of these runs in line, writing only what changed, and return what that means for
    columns.
    """
    sets = _save_sets(statements)
    known = _known(saved.values())
    changes = ColumnChanges()
    new: list[Row] = []
    changed: list[Row] = []
    for statement in statements:
        run = saved[statement.subject]
        kept = known.pop(run.pk, {})
        for (dataset, role), wanted in _wanted(statement, names, sets).items():
            old = kept.pop((dataset, role), None)
            if old is None:
                new.append((run.pk, dataset, role, *wanted.row()))
            elif not wanted.equals(old):
                changed.append((old.pk, *wanted.row()))
            _note(changes, run, dataset, wanted, old)
        known[run.pk] = kept
    gone = [(run, key, row) for run, rows in known.items() for key, row in rows.items()]
    by_pk = {run.pk: run for run in saved.values()}
    for pk, (dataset, _), row in gone:
        _note(changes, by_pk[pk], dataset, None, row)
    execute_rows(_INSERT, new)
    execute_rows(_UPDATE, changed)
    if gone:
        execute(_DELETE, [row.pk for _, _, row in gone])
    return changes


def _known(saved: Iterable[Saved]) -> dict[int, dict[tuple[int, str], _Kept]]:
    old = [run.pk for run in saved if run.before]
    found: dict[int, dict[tuple[int, str], _Kept]] = {pk: {} for pk in old}
    for run, dataset, role, *row in execute(_KNOWN, old) if old else ():
        found[run][dataset, role] = _Kept(*row)
    return found


def _wanted(statement: Statement, names: Names, sets: dict[str, int]) -> dict[tuple[int, str], _Wanted]:
    found = {(names.datasets[name].pk, "input"): _of(use, None) for name, use in statement.inputs.items()}
    for name, use in statement.written.items():
        links = statement.columns_into.get(name)
        columns = sets[_digest(tuple(links))] if links else None
        found[names.datasets[name].pk, "output"] = _of(use, columns)
    return found


def _of(use: Use, columns: int | None) -> _Wanted:
    return _Wanted(use.version, use.facets, columns, use.foreign)


def _note(changes: ColumnChanges, run: Saved, dataset: int, wanted: _Wanted | None, old: _Kept | None) -> None:
    """Note what a row says of columns now, and what it said before where that counts no longer, or for less time."""
    use = None
    if wanted and wanted.columns and not wanted.foreign:
        use = ColumnUse(dataset, run.now.job, wanted.columns)
        changes.said.append((use, run.now.first, run.now.last))
    if old and old.columns and not old.foreign and run.before:
        before = ColumnUse(dataset, run.before.job, old.columns)
        if before != use or run.now.first > run.before.first or run.now.last < run.before.last:
            changes.withdrawn.add(before)


def _save_sets(statements: Iterable[Statement]) -> dict[str, int]:
    """Store each set of links once and return the rows by digest."""
    sets = {_digest(tuple(links)): links for statement in statements for links in statement.columns_into.values()}
    if not sets:
        return {}
    found: dict[str, int] = dict(execute(_SETS, list(sets)))
    missing = sorted(sets.keys() - found.keys())
    if missing:
        execute_rows(_SAVE_SETS, [(digest, json.dumps(sets[digest])) for digest in missing])
        found |= dict(execute(_SETS, missing))
    return found


@lru_cache(1_024)
def _digest(links: tuple[ColumnLink, ...]) -> str:
    return hashlib.sha256(json.dumps(links).encode()).hexdigest()
