"""Destroying a person's key: their rows stay in every backup, and nobody can ever read them again.

NIST SP 800-88 calls it cryptographic erase. It holds only if the key is gone from everywhere: from the store's live
rows, from its free pages and its write-ahead log, and from every copy of the store.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from portal.core.connectors.backup import keys
from portal.core.connectors.base import ConnectorError, Fence, check_fence


def destroy(path: Path, key_ids: Iterable[bytes], still_mine: Fence) -> int:
    """Delete keys with all their names, overwriting what is deleted (`secure_delete`); how many keys there were."""
    with keys.opened(path, write=True) as store:
        store.execute("BEGIN IMMEDIATE")
        try:
            check_fence(still_mine)
            gone = sum(_destroy(store, key_id) for key_id in key_ids)
        except BaseException:
            store.execute("ROLLBACK")
            raise
        store.execute("COMMIT")
    return gone


def _destroy(store: sqlite3.Connection, key_id: bytes) -> int:
    store.execute("DELETE FROM names WHERE key = ?", [key_id])
    return store.execute("DELETE FROM keys WHERE id = ?", [key_id]).rowcount


def empty_free_space(path: Path, still_mine: Fence) -> None:
    """Write the store anew and empty its write-ahead log, in which old pages lie. Raises ConnectorError while read."""
    check_fence(still_mine)
    with keys.opened(path, write=True) as store:
        _checkpoint(store)
        check_fence(still_mine)
        store.execute("VACUUM")
        _checkpoint(store)


def _checkpoint(store: sqlite3.Connection) -> None:
    busy, _, _ = store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise ConnectorError("The key store is being read, so its log could not be emptied; try later.", retryable=True)
