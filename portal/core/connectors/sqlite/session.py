"""Sessions on an SQLite file: busy ones are waited for, drivers' texts never leave, secure_delete is always on."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from portal.core.connectors.base import ConnectorError, SystemConfig

BUSY_S = 20.0  # how long a lock is waited for; a writer's transaction is shorter
PAUSE_S = 0.01
LATER = {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_RECOVERY"}
UNFINISHED = "SQLITE_READONLY_ROLLBACK"
HEADER = b"SQLite format 3\0"


class Reader(sqlite3.Connection):
    """A connection that never writes, and so may not roll back what a writer left half done.

    SQLite takes the journal of a writer that is just ending for one that was left behind, and refuses a reader at once:
    its busy timeout does not hold for that refusal, so it is waited for here.
    """

    def execute(self, *statement: Any) -> sqlite3.Cursor:
        """As the driver's. Raises sqlite3.OperationalError where the journal is still there after BUSY_S seconds."""
        until = time.monotonic() + BUSY_S
        while True:
            try:
                return super().execute(*statement)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != UNFINISHED or time.monotonic() > until:
                    raise
            time.sleep(PAUSE_S)


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
        kind = sqlite3.Connection if write else Reader
        with closing(sqlite3.connect(address, BUSY_S, factory=kind, uri=True, isolation_level=None)) as session:
            session.text_factory = lambda data: data.decode(errors="surrogateescape")
            session.execute("PRAGMA secure_delete = ON" if write else "PRAGMA query_only = ON")
            yield session
    except sqlite3.Error as error:
        raise _said(config, getattr(error, "sqlite_errorname", type(error).__name__)) from None


def _said(config: SystemConfig, code: str) -> ConnectorError:
    if code in LATER:
        said = f"The database {config.name} was busy for {BUSY_S:.0f} seconds; it is tried again later."
        return ConnectorError(said, code=code, retryable=True)
    if code == UNFINISHED:
        said = f"A writer of {config.name} ended in the middle; start its application, which takes the half back."
        return ConnectorError(f"{said} It is tried again later.", code=code, retryable=True)
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
