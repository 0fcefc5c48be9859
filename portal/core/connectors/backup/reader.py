"""Reading backups: everybody's rows for whom there is a key, and nobody else's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.core.connectors.backup import format as form
from portal.core.connectors.backup import keys, sets
from portal.core.connectors.base import SystemConfig, Target


def restore(config: SystemConfig, target: Target, path: Path | None = None) -> Iterator[dict[str, Any]]:
    """The rows of one backup, the newest where none is named, without those whose key was shredded.

    Restored data goes live only after the suppression list was replayed over it. Raises ConnectorError for a file that
    was cut off or altered.
    """
    chosen = [path] if path else sets.files(config, target)[-1:]
    yield from rows(config, chosen)


def rows(config: SystemConfig, files: list[Path]) -> Iterator[dict[str, Any]]:
    """Every row that opens, of all these files; a backup that expires meanwhile is passed over."""
    known = _known(config)
    for path in files:
        try:
            header, records = form.read(path)
        except FileNotFoundError:
            continue
        for record in records:
            if key := known.get(record.key_id):
                yield form.opened(record, key, header.id)


def readable(config: SystemConfig, target: Target) -> tuple[int, int]:
    """How many records of the dataset's backups open, and how many have no key any more. Opens every one."""
    known, opened, sealed = _known(config), 0, 0
    for path in sets.files(config, target):
        header, records = form.read(path)
        for record in records:
            if key := known.get(record.key_id):
                form.opened(record, key, header.id)
                opened += 1
            else:
                sealed += 1
    return opened, sealed


def count(files: list[Path], key_ids: set[bytes]) -> int:
    """How many records lie under these keys."""
    found = 0
    for path in files:
        try:
            _, records = form.read(path)
        except FileNotFoundError:
            continue
        found += sum(record.key_id in key_ids for record in records)
    return found


def _known(config: SystemConfig) -> dict[bytes, bytes]:
    """Every key of the live store by its id; none where no backup was ever written."""
    live = keys.folder_of(config) / keys.STORE
    if not live.exists():
        return {}
    with keys.opened(live) as store:
        return keys.keys_in(store, keys.secrets_of(config))
