"""The key store: one wrapped key a person in SQLite, found by keyed hashes of identifiers and never by a plain one.

`keys(id, wrapped)` holds AES-256 keys sealed with AES-256-GCM (nonce first, bound to the id; RFC 3394 as this machine's
library has it takes a hundred times as long); `names(name, key)` leads from HMAC-SHA-256 of an
identifier to the key. Both keys of the store itself, for wrapping and for naming, come from the system's secret by
HKDF (RFC 5869): the store alone opens nothing and names nobody.
"""

import hmac
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.core.connectors import spelling
from portal.core.connectors.base import ConnectorError, Subject, SystemConfig
from portal.core.connectors.values import Identifier

STORE = "keys.sqlite"
COPIES = "copies"
REHEARSAL = "rehearsal-"
PATIENCE_S = 10
START = 12
SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (id BLOB PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS names (name BLOB, key BLOB, PRIMARY KEY (name, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS names_of_key ON names (key);
"""


@dataclass(frozen=True, repr=False)
class Secrets:
    """What the system's secret yields: `wrapping` for keys, `naming` for names."""

    wrapping: bytes
    naming: bytes

    def name(self, identifier: Identifier) -> bytes:
        """The keyed hash under which a key is found: of the form in which identifiers of its kind are compared."""
        return self.spelled(identifier.kind, spelling.folded(identifier.kind, identifier.value))

    def spelled(self, kind: str, value: str) -> bytes:
        """The keyed hash of a value as it is written: key stores of before letter case was folded hold such names."""
        return hmac.digest(self.naming, f"{kind}\0{value}".encode(), "sha256")

    def wrap(self, key_id: bytes, key: bytes) -> bytes:
        """A key as the store holds it."""
        nonce = os.urandom(START)
        return nonce + AESGCM(self.wrapping).encrypt(nonce, key, key_id)

    def unwrap(self, key_id: bytes, wrapped: bytes) -> bytes:
        """The key itself. Raises ConnectorError where the secret is another one."""
        try:
            return AESGCM(self.wrapping).decrypt(wrapped[:START], wrapped[START:], key_id)
        except InvalidTag:
            raise ConnectorError("The key store's keys do not open with the given secret.") from None


@dataclass(frozen=True, repr=False)
class Traces:
    """What must be gone from the key store: ids of keys, the first bytes of their wrapped form, and names.

    Of a wrapped key only the nonce is kept: enough to recognise it, useless to open it.
    """

    ids: tuple[bytes, ...] = ()
    starts: tuple[bytes, ...] = ()
    names: tuple[bytes, ...] = ()

    @property
    def all(self) -> tuple[bytes, ...]:
        """Each of them, once."""
        return tuple(dict.fromkeys((*self.ids, *self.starts, *self.names)))


def secrets_of(config: SystemConfig) -> Secrets:
    """The keys of the store. Raises ConnectorError where the secret is missing or too short to be a key."""
    secret = (config.secret or "").encode()
    if len(secret) < 32:
        raise ConnectorError(
            f"{config.name} needs a secret of at least 32 characters: it wraps the keys of the backups."
        )
    return Secrets(_derived(secret, b"wrapping"), _derived(secret, b"naming"))


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"custody-backup 1 " + purpose).derive(secret)


def folder_of(config: SystemConfig) -> Path:
    """The folder of the key store. Raises ConnectorError where none is declared or there is none."""
    if not config.settings.get("directory"):
        raise ConnectorError(f"{config.name} declares no `directory` for its key store; add it.")
    folder = Path(config.settings["directory"])
    if not folder.is_dir():
        raise ConnectorError(f"The key store's folder of {config.name} does not exist; correct `directory`.")
    return folder


def stores(config: SystemConfig) -> list[Path]:
    """The live key store first, then the copies of it that lie beside it, those of rehearsals too."""
    folder = folder_of(config)
    live, beside = folder / STORE, folder / COPIES
    copies = sorted((*beside.glob("*.sqlite"), *beside.glob(f"{REHEARSAL}*/{STORE}")))
    return [path for path in (live, *copies) if path.exists()]


@contextmanager
def opened(path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection that overwrites what it deletes. Raises ConnectorError in our own words."""
    try:
        mode = "rwc" if write else "ro"
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=PATIENCE_S)
        try:
            connection.isolation_level = None
            connection.execute("PRAGMA secure_delete = ON")
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        busy = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
        code = type(error).__name__
        raise ConnectorError("The key store of the backups could not be used.", code=code, retryable=busy) from None


def create(config: SystemConfig) -> Path:
    """The live key store, made where it does not exist yet."""
    path = folder_of(config) / STORE
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    with opened(path, write=True) as store:
        store.execute("PRAGMA journal_mode = WAL")
        store.executescript(SCHEMA)
    return path


def keys_in(store: sqlite3.Connection, secrets: Secrets) -> dict[bytes, bytes]:
    """Every key of the store, unwrapped, by its id."""
    return {
        key_id: secrets.unwrap(key_id, wrapped) for key_id, wrapped in store.execute("SELECT id, wrapped FROM keys")
    }


def theirs(store: sqlite3.Connection, secrets: Secrets, subject: Subject, person: str) -> dict[bytes, bytes]:
    """The subject's wrapped keys by id. A name that stands for several people (a family's device) opens nobody's.

    Raises ConnectorError where there are only such names: the kind `person` is needed to tell people apart.
    """
    found: set[bytes] = set()
    shared = False
    for name in names_of(secrets, subject):
        keys = [key for (key,) in store.execute("SELECT key FROM names WHERE name = ?", [name])]
        shared = shared or len(keys) > 1
        found.update(keys if len(keys) == 1 else ())
    if shared and not found:
        raise ConnectorError(f"In the backups these identifiers stand for several people; find the {person} first.")
    rows = (store.execute("SELECT id, wrapped FROM keys WHERE id = ?", [key]).fetchone() for key in sorted(found))
    return {row[0]: row[1] for row in rows if row}


def names_of(secrets: Secrets, subject: Subject) -> list[bytes]:
    """The keyed hashes of all identifiers of a subject, folded and as they are written, sorted."""
    both = {
        name
        for kind in subject.identifiers
        for value in subject.values(kind)
        for name in (secrets.name(Identifier(kind, value)), secrets.spelled(kind, value))
    }
    return sorted(both)


def texts(keys: dict[bytes, bytes]) -> tuple[str, ...]:
    """Keys as `Found.keys` holds them: id and the start of the wrapped form, in hex."""
    return tuple(sorted((key_id + wrapped[:START]).hex() for key_id, wrapped in keys.items()))


def traces(found: Iterable[str], names: Iterable[bytes]) -> Traces:
    """What to look for after a shredding."""
    both = [bytes.fromhex(text) for text in found]
    return Traces(tuple(each[:16] for each in both), tuple(each[16:] for each in both), tuple(names))
