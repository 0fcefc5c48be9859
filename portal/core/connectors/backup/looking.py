"""The three ways to look for a person in backups and in the key store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.core.connectors import scan
from portal.core.connectors.backup import keys, reader, sets
from portal.core.connectors.backup.format import MAGIC
from portal.core.connectors.base import Found, Probe, Subject, SystemConfig, Target
from portal.core.connectors.lake.folders import all_files, dataset_folder

SEALED = "What is sealed is invisible to a byte scan; the decode probe opens every record that still has a key."


def still_open(config: SystemConfig, target: Target, subject: Subject) -> tuple[int, dict[bytes, bytes]]:
    """How many of the subject's records can be opened, and by which wrapped keys."""
    files, secrets = sets.files(config, target), keys.secrets_of(config)
    live = keys.folder_of(config) / keys.STORE
    if not live.exists():
        return 0, {}
    with keys.opened(live) as store:
        theirs = keys.theirs(store, secrets, subject, sets.person_of(target))
    return reader.count(files, set(theirs)), theirs


def decoded(config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
    """Rows of the key store and of its copies, and every record that still opens, whoever's it is."""
    sought = keys.traces(found.keys, ())
    hits = sum(_rows(path, sought) for path in keys.stores(config))
    needles = scan.needles_of(subject, Found(0))
    in_records = _in_records(config, target, needles)
    if in_records:
        in_records = _in_records(config, target, scan.needles_of(subject, Found(0), _longer(config, target, subject)))
    return Probe("decoded", True, hits + in_records, needles.caveat)


def raw(config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
    """Identifiers in clear in any file; in the key store's folder the keys, their ids and their names as well."""
    needles = scan.needles_of(subject, Found(0))
    store = all_files(keys.folder_of(config))
    places = (*all_files(dataset_folder(config, target.object_name)), *store)
    try:
        hits = scan.search(places, needles)
        if hits:
            hits = scan.search(places, scan.needles_of(subject, Found(0), _longer(config, target, subject)))
        hits += _search_keys(store, _traces(config, subject, found))
    except OSError as error:
        return Probe.blind("raw", f"The files cannot be read ({type(error).__name__}).")
    return Probe("raw", True, len(hits), " ".join(filter(None, (SEALED, needles.caveat))))


def _search_keys(store: list[Path], sought: keys.Traces) -> list[scan.Hit]:
    """Where the key store's folder holds a trace; a backup that lies in it for a rehearsal names each record's key id.

    An id opens nothing, and stands in the backups for as long as they are kept; the wrapped key and the names do not.
    """
    backups = [path for path in store if _is_backup(path)]
    others = [path for path in store if path not in backups]
    hits = scan.search(others, scan.Needles(tuple(map(scan.Needle, sought.all))))
    return [*hits, *scan.search(backups, scan.Needles(tuple(map(scan.Needle, (*sought.starts, *sought.names)))))]


def _is_backup(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def values(config: SystemConfig, target: Target, kind: str) -> Iterator[str]:
    """Every distinct value of one kind in the records that open."""
    column, seen = target.columns.get(kind), set[str]()
    if column is None:
        return
    for row in reader.rows(config, sets.files(config, target)):
        value = row.get(column)
        if value not in (None, "") and str(value) not in seen:
            seen.add(str(value))
            yield str(value)


def _traces(config: SystemConfig, subject: Subject, found: Found) -> keys.Traces:
    """The subject's keys, and those of its names that lead to nobody else's (a family's device stays another's)."""
    names, sought = keys.names_of(keys.secrets_of(config), subject), keys.traces(found.keys, ())
    live = keys.folder_of(config) / keys.STORE
    if not live.exists():
        return keys.traces(found.keys, names)
    query = "SELECT key FROM names WHERE name = ?"
    with keys.opened(live) as store:
        own = [name for name in names if {key for (key,) in store.execute(query, [name])} <= set(sought.ids)]
    return keys.traces(found.keys, own)


def _rows(path: Path, sought: keys.Traces) -> int:
    """Rows of one store that hold a sought key, or lead to it."""
    count = "SELECT (SELECT count(*) FROM keys WHERE id = ?1) + (SELECT count(*) FROM names WHERE key = ?1)"
    with keys.opened(path) as store:
        return sum(int(store.execute(count, [each]).fetchone()[0]) for each in sought.ids)


def _in_records(config: SystemConfig, target: Target, needles: scan.Needles) -> int:
    rows = reader.rows(config, sets.files(config, target))
    return sum(scan.count(text.encode(), needles) for row in rows for text in _texts(row))


def _longer(config: SystemConfig, target: Target, subject: Subject) -> list[str]:
    """Identifiers that contain one of the subject's: others' are not hits."""
    parts = subject.parts()
    rows = reader.rows(config, sets.files(config, target))
    seen = {str(row.get(column)) for row in rows for column in target.columns.values()}
    return sorted(value for value in seen if any(part in value.lower() for part in parts))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a row, however deep; numbers as they are written."""
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, bytes):
        yield value.decode("latin-1")
    else:
        yield str(value)
