"""What outlives a run about jobs and datasets: their newest facets, and what those say of kind, layer, names, parent.

A row is written once a batch, and only where one of its facets was said at a later time than the one that is known.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from lineage_app.domain.aliases import read_symlinks
from lineage_app.domain.facts import facts_of_dataset
from lineage_app.domain.merging import Stamped, current, merge
from lineage_app.domain.names import Name
from lineage_app.domain.node_types import classify
from lineage_app.domain.projection import parent_of
from lineage_app.services import aliasing, facts
from lineage_app.services.arrays import execute, execute_rows
from lineage_app.services.known import Names, known_jobs

_READ = "SELECT id, facets::text FROM {} WHERE id = ANY(%b::bigint[])"
_READ_JOBS, _READ_DATASETS = _READ.format("lineage_app_job"), _READ.format("lineage_app_dataset")
_WRITE_DATASETS = """
UPDATE lineage_app_dataset d SET facets = u.facets::jsonb FROM unnest(%b::bigint[], %b::text[]) u(id, facets)
WHERE d.id = u.id
"""
_WRITE_TYPES = """
UPDATE lineage_app_dataset d
SET kind = u.kind, layer = u.layer, kind_rule = u.kind_rule, layer_rule = u.layer_rule
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[]) u(id, kind, layer, kind_rule, layer_rule)
WHERE d.id = u.id
"""
_WRITE_JOBS = """
UPDATE lineage_app_job j SET facets = u.facets::jsonb, parent_id = u.parent
FROM unnest(%b::bigint[], %b::text[], %b::bigint[]) u(id, facets, parent) WHERE j.id = u.id
"""
_READ_DRAFTS = "SELECT {owner}, facets::text FROM lineage_app_facetdraft WHERE {owner} = ANY(%b::bigint[])"
_WRITE_DRAFTS = """
INSERT INTO lineage_app_facetdraft ({owner}, facets)
SELECT id, facets::jsonb FROM unnest(%b::bigint[], %b::text[]) u(id, facets)
ON CONFLICT ({owner}) DO UPDATE SET facets = excluded.facets
"""
_decode = msgspec.json.Decoder(dict[str, list[Any]]).decode


def save_dataset_facets(sent: Mapping[Name, Stamped], names: Names) -> None:
    """Lay these facets over what is known of the datasets, type them, and join names where symlinks changed."""
    pks = {name: names.datasets[name].pk for name in sent}
    written, typed, rejoin, findable = [], [], {}, {}
    for name, before, after in _changed(_READ_DATASETS, sent, pks):
        written.append((pks[name], _text(after)))
        then, now = current(before), current(after)
        if then != now:
            typed.append((pks[name], *classify(name, now)))
            if (words := facts_of_dataset(now)) != facts_of_dataset(then):
                findable[pks[name]] = words
            links = read_symlinks(now.get("symlinks")) - {name}
            if links != read_symlinks(then.get("symlinks")) - {name}:
                rejoin[pks[name]] = links
    execute_rows(_WRITE_DATASETS, written)
    execute_rows(_WRITE_TYPES, typed)
    facts.save_dataset_facts(findable)
    if rejoin:
        aliasing.join(rejoin)
        names.refresh()


def save_job_facets(sent: Mapping[Name, Stamped], names: Names) -> None:
    """Lay these facets over what is known of the jobs, and set the parents that they tell."""
    changed = [
        (name, _text(after), parent_of(current(after))) for name, _, after in _changed(_READ_JOBS, sent, names.jobs)
    ]
    parents = {parent for _, _, parent in changed if parent}
    known = {**names.jobs, **known_jobs(parents - names.jobs.keys())}
    execute_rows(
        _WRITE_JOBS,
        [(known[name], text, known[parent] if parent and parent != name else None) for name, text, parent in changed],
    )


def note_drafts(of_jobs: Mapping[Name, Stamped], of_datasets: Mapping[Name, Stamped], names: Names) -> None:
    """Where a rebuild is under way, lay these facets over what it has read so far."""
    if not execute("SELECT id FROM lineage_app_rebuilding LIMIT 1"):
        return
    datasets = {name: names.datasets[name].pk for name in of_datasets}
    for owner, sent, pks in (("job_id", of_jobs, names.jobs), ("dataset_id", of_datasets, datasets)):
        found = _changed(_READ_DRAFTS.format(owner=owner), sent, pks)
        execute_rows(_WRITE_DRAFTS.format(owner=owner), [(pks[name], _text(after)) for name, _, after in found])


def _changed(
    statement: str, sent: Mapping[Name, Stamped], pks: Mapping[Name, int]
) -> Iterable[tuple[Name, Stamped, Stamped]]:
    """Return (name, facets before, facets after) of the rows that `sent` makes newer."""
    stored: dict[int, str] = dict(execute(statement, [pks[name] for name in sent])) if sent else {}
    for name, facets in sent.items():
        before: Stamped = _decode(stored.get(pks[name], "{}"))
        after = merge(before, facets)
        if after != before:
            yield name, before, after


def _text(facets: Stamped) -> str:
    return msgspec.json.encode(facets).decode()
