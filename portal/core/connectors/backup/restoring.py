"""Restoring one encrypted backup beside the live key store, to rehearse a restore: whom can anybody read in it now?

The copy of the key store lies in the folder of the store's own copies: a deletion that runs meanwhile shreds there too,
and so it does in what a killed rehearsal left behind.
"""

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from portal.core.connectors.backup import format as form
from portal.core.connectors.backup import keys, reader
from portal.core.connectors.base import Backup, ConnectorError, SystemConfig, Target
from portal.core.connectors.lake.folders import dataset_folder

ABANDONED_S = 6 * 3600.0


def backups(config: SystemConfig) -> list[Backup]:
    """Every whole backup by its path below `root`, the newest first; it is as old as its header says."""
    root = dataset_folder(config, ".")
    found = []
    for path in root.glob(f"*/*{form.SUFFIX}"):
        if path.name.startswith("."):
            continue
        try:
            header = form.header_of(path)
        except FileNotFoundError:
            continue
        found.append(Backup(str(path.relative_to(root)), header.made_at))
    return sorted(found, key=lambda each: each.taken_at, reverse=True)


@contextmanager
def scratch(config: SystemConfig, backup: str) -> Iterator[SystemConfig]:
    """A configuration over this backup alone and a copy of the live key store; both go at the end.

    Raises ConnectorError where there is no such backup or no key store.
    """
    if backup not in {each.name for each in backups(config)}:
        raise ConnectorError(f"{config.name} has no backup of this name in its `root`.")
    copies = keys.folder_of(config) / keys.COPIES
    copies.mkdir(exist_ok=True, mode=0o700)
    _remove_abandoned(copies)
    folder = copies / f"{keys.REHEARSAL}{secrets.token_hex(6)}"
    try:
        yield _made(config, backup, folder)
    finally:
        shutil.rmtree(folder)


def words(config: SystemConfig, target: Target) -> str:
    """How many records of the restored backups open, and how many nobody can read any more. Raises ConnectorError."""
    opened, sealed = reader.readable(config, target)
    if not opened + sealed:
        return ""
    return f"{opened:,} of {opened + sealed:,} records open; {sealed:,} are sealed for good, their keys were destroyed."


def _made(config: SystemConfig, backup: str, folder: Path) -> SystemConfig:
    live, root = keys.folder_of(config) / keys.STORE, dataset_folder(config, ".")
    if not live.exists():
        raise ConnectorError(f"{config.name} has no key store: nothing in its backups can be read.")
    (folder / "root").mkdir(parents=True, mode=0o700)
    for each in (path for path in root.iterdir() if path.is_dir()):
        (folder / "root" / each.name).mkdir()
    shutil.copyfile(root / backup, folder / "root" / backup)
    with keys.opened(live) as source, keys.opened(folder / keys.STORE, write=True) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    os.chmod(folder / keys.STORE, 0o600)
    return replace(config, settings={**config.settings, "root": str(folder / "root"), "directory": str(folder)})


def _remove_abandoned(copies: Path) -> None:
    """What rehearsals left behind that were killed; one that runs is younger."""
    for path in copies.glob(f"{keys.REHEARSAL}*"):
        if time.time() - path.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(path)
