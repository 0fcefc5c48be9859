"""Sessions on an SQLite file: busy ones are waited for, drivers' texts never leave, secure_delete is always on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from portal.core.connectors.base import ConnectorError, SystemConfig

BUSY_S = 20.0  # how long a lock is waited for; a writer's transaction is shorter
LATER = {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_RECOVERY"}
HEADER = b"SQLite format 3\0"


def database(config: SystemConfig) -> Path:
    """The database's file. Raises ConnectorError where none is declared, or where it is no SQLite database."""
    declared = config.settings.get("path")
    if not declared:
        raise ConnectorError(f"{config.name} has no `path` in its settings; add the database's file.")
    path = Path(str(declared)).resolve()
    try:
        with path.open("rb") as file:
            begins = file.read(len(HEADER))
    except OSError as error:
        said = f"The file of {config.name} cannot be read; correct its `path`, or its rights."
        raise ConnectorError(said, code=type(error).__name__) from None
    if begins not in (HEADER, b""):
        raise ConnectorError(f"The file of {config.name} is no SQLite database; correct its `path`.")
    return path


@contextmanager
def connected(config: SystemConfig, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    """A session without an open transaction. Raises ConnectorError, retryable where the database is busy."""
    address = f"file:{quote(str(database(config)))}?mode={'rw' if write else 'ro'}"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None)) as session:
            session.text_factory = lambda data: data.decode(errors="surrogateescape")
            session.execute("PRAGMA secure_delete = ON" if write else "PRAGMA query_only = ON")
            yield session
    except sqlite3.Error as error:
        raise _said(config, getattr(error, "sqlite_errorname", type(error).__name__)) from None


def _said(config: SystemConfig, code: str) -> ConnectorError:
    if code in LATER:
        said = f"The database {config.name} was busy for {BUSY_S:.0f} seconds; it is tried again later."
        return ConnectorError(said, code=code, retryable=True)
    if code.startswith("SQLITE_READONLY"):
        return ConnectorError(f"The database {config.name} may not be written; correct the file's rights.", code=code)
    if code.startswith("SQLITE_CONSTRAINT"):
        said = f"A row of {config.name} is still referred to by another table; erase from that one first."
        return ConnectorError(said, code=code)
    return ConnectorError(f"The database {config.name} did not do what was asked.", code=code)


def quoted(name: str) -> str:
    """A name as SQL.

    >>> quoted('an "odd" name')
    '"an ""odd"" name"'
    """
    return '"' + name.replace('"', '""') + '"'
