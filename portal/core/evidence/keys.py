"""The portal's signing key: an Ed25519 private key in a PEM file that only the portal's user can read."""

import base64
import contextlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.core.evidence import verify
from portal.core.evidence.domain import notes


@dataclass(frozen=True)
class ServerKey:
    """The private key in use, with the names under which others know its public half."""

    private: Ed25519PrivateKey
    name: str

    @property
    def public(self) -> bytes:
        """The 32 bytes of RFC 8032."""
        return self.private.public_key().public_bytes_raw()

    @property
    def key_id(self) -> str:
        """Name and key id as C2SP writes them: "origin+01234567"."""
        return f"{self.name}+{notes.key_id(self.name, self.public).hex()}"


def fingerprint(public: bytes) -> str:
    """What people compare: SHA-256 of the key's DER (openssl pkey -pubin -outform DER | sha256sum)."""
    return verify.digest(verify.SPKI + public)


def public_pem(public: bytes) -> bytes:
    """The public key as openssl reads it."""
    body = base64.b64encode(verify.SPKI + public).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n".encode()


def server_key() -> ServerKey:
    """The key from EVIDENCE_KEY_FILE, else the one under VAR_DIR, which is made at the first use."""
    given = settings.EVIDENCE_KEY_FILE
    path = Path(given) if given else default_path()
    if given and not path.is_file():
        raise ImproperlyConfigured(
            "EVIDENCE_KEY_FILE names no file. Make one with: openssl genpkey -algorithm ed25519 -out FILE"
        )
    if not path.exists():
        make(path)
    return _load(path, _version(path), settings.EVIDENCE_ORIGIN)


def default_path() -> Path:
    """Where the key lies that the portal makes for itself."""
    return Path(settings.VAR_DIR) / "keys" / "evidence.ed25519"


def _version(path: Path) -> tuple[int, int]:
    """Changes when another file is put in its place, so that every process signs with the new key at once."""
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns


def server_sign(data: bytes) -> tuple[str, bytes]:
    """(key id, Ed25519 signature of 64 bytes) over `data`."""
    key = server_key()
    return key.key_id, key.private.sign(data)


@cache
def _load(path: Path, version: tuple[int, int], name: str) -> ServerKey:
    del version  # part of the cache's key only
    private = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ImproperlyConfigured(
            "The evidence key is not an Ed25519 key. Make one: openssl genpkey -algorithm ed25519"
        )
    return ServerKey(private, notes.check_name(name))


def make(path: Path) -> None:
    """Write a new key so that of several processes that start at once exactly one wins, and none reads half a file.

    A file that is there already is left as it is.
    """
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was first: its key is the one
        os.link(draft, path)
    draft.unlink()
