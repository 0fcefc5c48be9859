"""The keys of requests, in files outside PostgreSQL: a dump of the database alone opens no identifier.

One folder, VAR_DIR/keystore, holds a wrapping key, one wrapped key a request, the look-up key and the versioned
suppression keys. Back it up apart from the database and expire those backups first, else an old key reopens what was
shredded. Keys are wrapped as RFC 3394 says.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.conf import settings


class KeyShredded(RuntimeError):
    """The key of this request was destroyed at the end of its appeal window: its identifiers are gone."""


@dataclass(frozen=True, repr=False)
class RequestKeys:
    """One request's two keys: `sealing` encrypts its identifiers, `pseudonym` makes the tokens of its proof."""

    sealing: bytes
    pseudonym: bytes


def make_keys(name: str) -> RequestKeys:
    """New random keys for the request `name`; raises FileExistsError where it has some already."""
    plain = os.urandom(64)
    _write(_path(name), aes_key_wrap(_lasting("wrapping"), plain))
    return RequestKeys(plain[:32], plain[32:])


def keys_of(name: str) -> RequestKeys:
    """The keys of the request `name`; raises KeyShredded once they are destroyed."""
    try:
        wrapped = _path(name).read_bytes()
    except FileNotFoundError:
        raise KeyShredded("The key of this request was destroyed; its identifiers can no longer be read.") from None
    plain = aes_key_unwrap(_lasting("wrapping"), wrapped)
    return RequestKeys(plain[:32], plain[32:])


def shred(name: str) -> bool:
    """Overwrite and remove the keys of the request `name`; False where they were gone already."""
    path = _path(name)
    if not path.exists():
        return False
    _overwrite(path)
    return True


def exists(name: str) -> bool:
    """Whether the request `name` still has its keys."""
    return _path(name).exists()


def names() -> list[str]:
    """The requests that have keys in the store."""
    return sorted(path.name.split(".")[1] for path in _folder().glob("request.*.key"))


def lookup_key() -> bytes:
    """The key of look-up columns: tells whether two requests name the same identifier, nothing more."""
    return _lasting("lookup")


def suppression_key(version: int) -> bytes:
    """One version of the long-lived key of the suppression list."""
    return _lasting(f"suppression.v{version}")


def suppression_versions() -> list[int]:
    """The versions that exist, the oldest first; the newest makes new tokens, the others are still compared."""
    names = (path.name.split(".") for path in _folder().glob("suppression.v*.key"))
    return sorted(int(name[1].removeprefix("v")) for name in names) or [1]


def rotate_suppression() -> int:
    """Make the next version of the suppression key; raises FileExistsError where somebody was quicker."""
    current = suppression_versions()[-1]
    suppression_key(current)  # the first one is made when it is first needed
    _write(_folder() / f"suppression.v{current + 1}.key", os.urandom(32))
    return current + 1


def destroy_suppression(version: int) -> bool:
    """Overwrite and remove an old version; the newest is never destroyed. False where there is nothing to do."""
    versions = suppression_versions()
    path = _folder() / f"suppression.v{version}.key"
    if version == versions[-1] or not path.exists():
        return False
    _overwrite(path)
    return True


def _lasting(name: str) -> bytes:
    path = _folder() / f"{name}.key"
    if not path.exists():
        _write(path, os.urandom(32), tolerate=True)
    return path.read_bytes()


def _path(name: str) -> Path:
    if not name.replace("-", "").isalnum():
        raise ValueError("A key is named by its request's reference, in letters, digits and hyphens.")
    return _folder() / f"request.{name}.key"


def _folder() -> Path:
    folder = Path(settings.VAR_DIR) / "keystore"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _overwrite(path: Path) -> None:
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _write(path: Path, data: bytes, *, tolerate: bool = False) -> None:
    """Write a key so that it is either wholly there, on disk, or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    except FileExistsError:
        if not tolerate:  # else another process of the same start was first: its key counts
            raise
    finally:
        part.unlink(missing_ok=True)
