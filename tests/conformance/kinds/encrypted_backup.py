"""Test data of the kind encrypted_backup: nights of a customer table, and a key store that somebody has open."""

import hashlib
import hmac
import json
import shutil
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.core.connectors.backup import reader, writer
from portal.core.connectors.base import SystemConfig, Target
from tests.conformance.estate import Estate

SECRET = "the backups of the tests are wrapped by this text"
NIGHT = datetime(2026, 11, 20, 2, tzinfo=UTC)


class BackupEstate(Estate):
    """Two nights of the table, one copy of the key store; the writer adds a file for each person."""

    people = 300
    needs_a_directory = False
    lagging: ClassVar[tuple[str, str]] = ("key_copy_expiry_days", "copies of the key store elsewhere")

    def plant(self) -> None:
        self.vault = self.folder / "vault"
        self.vault.mkdir()
        self.backups = self.folder / "backups"
        self.backups.mkdir()
        settings = {
            "root": str(self.backups),
            "directory": str(self.vault),
            "backup_expiry_days": 90,
            "key_copy_expiry_days": 0,
        }
        self.config = SystemConfig("backups", "encrypted_backup", settings, SECRET)
        self.target = Target(
            "customers", {"identifiers": {"email": "email", "customer_id": "customer_id"}, "person": "customer_id"}
        )
        everybody = [*(self.control(number) for number in range(self.people)), self.theirs]
        writer.write(self.config, self.target, everybody, at=NIGHT)
        writer.copy_keys(self.config, at=NIGHT)
        writer.write(self.config, self.target, everybody, at=NIGHT + timedelta(days=1))
        self.left_behind = self.folder / "left-behind"
        with closing(sqlite3.connect(self.store)) as store:  # whole and by itself: no log beside it
            store.execute("VACUUM INTO ?", [str(self.left_behind)])
        self.held_open = sqlite3.connect(self.store, check_same_thread=False)
        self.held_open.execute("SELECT count(*) FROM keys").fetchall()

    @property
    def theirs(self) -> dict[str, Any]:
        note = {"text": f"mail to {self.email} bounced"}
        return {"customer_id": self.customer, "email": self.email, "score": 7, "note": note}

    @property
    def store(self) -> Path:
        return self.vault / "keys.sqlite"

    def write(self, number: int) -> None:
        writer.write(self.config, self.target, [self.control(number)], at=NIGHT + timedelta(days=2, seconds=number))

    def controls(self) -> set[tuple[str, str, int]]:
        files = sorted((self.backups / "customers").glob("*.cbk"))
        rows = (row for path in files for row in reader.restore(self.config, self.target, path))
        return {(row["customer_id"], row["email"], row["score"]) for row in rows if row["customer_id"] != self.customer}

    def everything(self) -> Iterator[bytes]:
        """Every file, and every record that opens with a key from any database in the key store's folder."""
        found = [path for path in self.folder.rglob("*") if path.is_file() and path != self.left_behind]
        yield from (path.read_bytes() for path in found)
        keys = dict(pair for path in found if path.is_relative_to(self.vault) for pair in keys_in(path))
        for path in (path for path in found if path.suffix == ".cbk"):
            yield from records_in(path.read_bytes(), keys)

    def leak(self) -> None:
        """Somebody's copy of the key store from before the deletion."""
        shutil.copy(self.left_behind, self.vault / "keys.sqlite.bak")

    def close(self) -> None:
        self.held_open.close()


def _derived(purpose: bytes, secret: str) -> bytes:
    """HKDF as RFC 5869 defines it, for one block."""
    extracted = hmac.digest(bytes(32), secret.encode(), hashlib.sha256)
    return hmac.digest(extracted, b"custody-backup 1 " + purpose + b"\x01", hashlib.sha256)


def keys_in(path: Path, secret: str = SECRET) -> list[tuple[bytes, bytes]]:
    """The keys of people in a database, by their ids; none where it is no key store."""
    if not path.read_bytes().startswith(b"SQLite format 3"):
        return []
    with closing(sqlite3.connect(path)) as store:
        if not store.execute("SELECT 1 FROM sqlite_master WHERE name = 'keys'").fetchone():
            return []
        rows = store.execute("SELECT id, wrapped FROM keys").fetchall()
    wrapping = AESGCM(_derived(b"wrapping", secret))
    return [(key, wrapping.decrypt(wrapped[:12], wrapped[12:], key)) for key, wrapped in rows]


def records_in(data: bytes, keys: dict[bytes, bytes]) -> Iterator[bytes]:
    """The records of a backup whose person's key is among these, opened."""
    magic, said, rest = data.split(b"\n", 2)
    assert magic == b"custody-backup 1"
    file_id = bytes.fromhex(json.loads(said)["id"])
    while not rest.startswith(bytes(16)):
        key, (size,) = rest[:16], struct.unpack(">I", rest[16:20])
        sealed, rest = rest[20 : 20 + size], rest[20 + size :]
        if key in keys:
            yield AESGCM(keys[key]).decrypt(sealed[:12], sealed[12:], file_id + key)


ESTATE = BackupEstate
