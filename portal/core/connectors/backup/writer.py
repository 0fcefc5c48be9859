"""Writing a backup: rows of a dataset, each under the key of the person it is about; and copying the key store."""

import os
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from portal.core.connectors.backup import format as form
from portal.core.connectors.backup import keys, sets
from portal.core.connectors.base import ConnectorError, SystemConfig, Target
from portal.core.connectors.values import Identifier

BATCH = 1000


def write(config: SystemConfig, target: Target, rows: Iterable[Mapping[str, Any]], *, at: datetime) -> Path:
    """Write one backup of the dataset; the file appears when it is whole. `at` is when the rows were read.

    A person's first row makes their key. Raises ConnectorError for a row that names no person: nobody could ever be
    erased from it.
    """
    secrets, person = keys.secrets_of(config), sets.person_of(target)
    store_path, header = keys.create(config), form.Header(os.urandom(form.ID), target.object_name, at)
    final = sets.path_for(config, target, header)
    part = final.with_name(f".{final.name}.part")
    count, all_rows = 0, iter(rows)
    try:
        with keys.opened(store_path, write=True) as store, part.open("wb") as file:
            form.write_header(file, header)
            while batch := list(islice(all_rows, BATCH)):
                for row, (key_id, key) in zip(batch, _keys(store, secrets, target, person, batch), strict=True):
                    file.write(form.seal(key, key_id, header.id, row))
                count += len(batch)
            form.write_end(file, count)
            file.flush()
            os.fsync(file.fileno())
        part.replace(final)
    finally:
        part.unlink(missing_ok=True)
    return final


def _keys(
    store: sqlite3.Connection, secrets: keys.Secrets, target: Target, person: str, rows: list[Mapping[str, Any]]
) -> list[tuple[bytes, bytes]]:
    """The key of each row, made where the person has none; names and keys change in one transaction."""
    store.execute("BEGIN IMMEDIATE")
    try:
        found = [_key(store, secrets, target, person, row) for row in rows]
    except BaseException:
        store.execute("ROLLBACK")
        raise
    store.execute("COMMIT")
    return found


def _key(
    store: sqlite3.Connection, secrets: keys.Secrets, target: Target, person: str, row: Mapping[str, Any]
) -> tuple[bytes, bytes]:
    """The key of one row's person; every identifier of the row becomes a name of it."""
    held = {kind: row.get(column) for kind, column in target.columns.items()}
    if held[person] in (None, ""):
        raise ConnectorError(f"A row of the backup has no {person}: nobody could be erased from it, so it is refused.")
    names = {
        kind: secrets.name(Identifier(kind, str(value))) for kind, value in held.items() if value not in (None, "")
    }
    query = "SELECT keys.id, wrapped FROM names JOIN keys ON keys.id = names.key WHERE name = ?"
    row_found = store.execute(query, [names[person]]).fetchone()
    if row_found:
        key_id, key = row_found[0], secrets.unwrap(row_found[0], row_found[1])
    else:
        key_id, key = os.urandom(form.ID), os.urandom(32)
        store.execute("INSERT INTO keys VALUES (?, ?)", [key_id, secrets.wrap(key_id, key)])
    store.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", [(name, key_id) for name in names.values()])
    return key_id, key


def copy_keys(config: SystemConfig, *, at: datetime) -> Path:
    """A copy of the key store in its folder `copies`: keep it for a shorter time than any backup of the data."""
    folder = keys.folder_of(config) / keys.COPIES
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / f"keys-{at:%Y%m%dT%H%M%SZ}.sqlite"
    with keys.opened(keys.create(config)) as source, keys.opened(path, write=True) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    path.chmod(0o600)
    return path


def expire(config: SystemConfig, target: Target, *, at: datetime) -> list[Path]:
    """Remove the backups and the copies of the key store whose declared days are over; what was removed."""
    old = [path for path in sets.files(config, target) if sets.age(path, at) >= sets.limits(config).data]
    copies = (keys.folder_of(config) / keys.COPIES).glob("*.sqlite")
    old += [path for path in copies if sets.age(path, at) >= sets.limits(config).keys]
    for path in old:
        path.unlink(missing_ok=True)
    return old
