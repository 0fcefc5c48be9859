"""The files of archives: named by their SHA-256, appearing whole or not at all, read-only.

They lie beside the ledger's artifacts and not among them: an artifact cannot go before its time, an archive has to be
rewritten when a person's data is erased.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from lineage_app.domain.archive import Line, Member, members, packed, unpacked

_SUFFIX = ".ndjson.gz"
_PIECE = 256 * 1024


class ArchiveDamaged(RuntimeError):
    """An archive's file is missing or not what was written; the sentence says what to restore."""


class Written(NamedTuple):
    """A file that is on disk: "sha256:<hex>" of its bytes, and how many they are."""

    digest: str
    size: int


def path_of(digest: str) -> Path:
    """Return where the archive with this digest lies."""
    return _folder() / f"{digest.removeprefix('sha256:')}{_SUFFIX}"


def write(lines: Iterable[Line]) -> Written:
    """Write sorted lines to a file and return it once it is durable; equal lines give the same file."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=folder, prefix="draft-")
    hashed, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as file:
        for data in packed(lines):
            file.write(data)
            hashed.update(data)
            size += len(data)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), 0o400)
    digest = f"sha256:{hashed.hexdigest()}"
    os.replace(draft, path_of(digest))
    _sync(folder)
    return Written(digest, size)


def checked_members(digest: str) -> Iterator[Member]:
    """Return an archive's members one after another; ArchiveDamaged when its bytes do not give its digest."""
    with opened(digest) as file:
        hashed = hashlib.file_digest(file, "sha256").hexdigest()
        if f"sha256:{hashed}" != digest:
            raise ArchiveDamaged(f"The archive {digest} is damaged: restore {path_of(digest).name} from the backup.")
        file.seek(0)
        yield from members(file)


def lines_of(digest: str) -> Iterator[Line]:
    """Return an archive's lines in their order."""
    for member in checked_members(digest):
        yield from member.lines


def lines_between(digest: str, ranges: Iterable[tuple[int, int]]) -> Iterator[Line]:
    """Return the lines in some ranges of whole members."""
    with opened(digest) as file:
        for start, end in ranges:
            file.seek(start)
            yield from unpacked(file.read(end - start))


def chunks(digest: str) -> Iterator[bytes]:
    """Return an archive's bytes as they lie there, piece by piece."""
    with opened(digest) as file:
        while piece := file.read(_PIECE):
            yield piece


def opened(digest: str) -> BufferedReader:
    """Return an archive's file, open for reading; ArchiveDamaged when it is not there."""
    path = path_of(digest)
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise ArchiveDamaged(f"The archive {digest} has no file: restore {path.name} from the backup.") from error


def sweep(keep: Iterable[str]) -> list[str]:
    """Remove drafts and archives that no row names, and return their names; call while nobody writes archives."""
    kept = {path_of(digest).name for digest in keep}
    gone = [path for path in _folder().glob("*") if path.name not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return sorted(path.name for path in gone)


def _folder() -> Path:
    return Path(settings.LINEAGE_ARCHIVES)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
