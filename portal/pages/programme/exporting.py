"""Writing the programme's tree: to a folder for a repository, or to a ZIP; file by file, never held in memory."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.pages.programme.registry import File, Scene, documents

Say = Callable[[int, int], None]
EPOCH = (1980, 1, 1, 0, 0, 0)


class ExportRefused(ValueError):
    """The folder cannot be written to; the sentence says why."""


@dataclass
class Written:
    """The digest of each file that was written, by path, and which of them were the same before."""

    files: dict[str, str] = field(default_factory=dict)
    same: set[str] = field(default_factory=set)

    @property
    def tree(self) -> str:
        """One digest over all of them: the same tree, the same digest."""
        return digest(canonical_bytes(self.files))


def scene_now() -> Scene:
    """The present moment, and the portal's public address."""
    return Scene(now(), settings.BASE_URL)


def total() -> int:
    """How many pieces an export has, about."""
    return sum(each.count() for each in documents())


def export_folder(root: Path, scene: Scene) -> Written:
    """Write the tree into a folder, each file whole or not at all. Links in it are refused, other files left alone."""
    written = Written()
    for file in _files(scene):
        path = _place(root, file.path)
        draft = path.with_name(f".{path.name}.part")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as out:
            written.files[file.path] = _copy(file.pieces, out.write)
        if path.exists() and path.read_bytes() == draft.read_bytes():
            written.same.add(file.path)
        draft.replace(path)
    return written


def strangers(root: Path, written: Written) -> list[str]:
    """The contracts in the folder that the portal does not have: over, renamed, or never its own."""
    found = (path.relative_to(root).as_posix() for path in sorted((root / "data_contracts").glob("*.yaml")))
    return [each for each in found if each not in written.files]


def export_zip(path: Path, scene: Scene, say: Say) -> Written:
    """Write the tree as a ZIP that is the same for the same tree; `say(done, total)` hears how far it is."""
    written, whole = Written(), total()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for file in _files(scene, lambda done: say(min(done, whole), whole)):
            info = zipfile.ZipInfo(file.path, EPOCH)
            info.external_attr, info.compress_type = 0o100644 << 16, zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as out:
                written.files[file.path] = _copy(file.pieces, out.write)
    say(whole, whole)
    return written


def _files(scene: Scene, say: Callable[[int], None] = lambda _: None) -> Iterator[File]:
    """Every file of every document, all read from one snapshot of the database where no transaction runs yet."""
    if connection.in_atomic_block:
        yield from _counted(scene, say)
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield from _counted(scene, say)


def _counted(scene: Scene, say: Callable[[int], None]) -> Iterator[File]:
    done = 0
    for each in documents():
        for number, file in enumerate(each.files(scene)):
            yield File(file.path, _heard(file.pieces, done + number, say))
        done += each.count()


def _heard(pieces: Iterator[bytes], before: int, say: Callable[[int], None]) -> Iterator[bytes]:
    for number, piece in enumerate(pieces, 1):
        yield piece
        if number % 50 == 1:
            say(before + number)


def _copy(pieces: Iterator[bytes], write: Callable[[bytes], object]) -> str:
    hashed = hashlib.sha256()
    for piece in pieces:
        hashed.update(piece)
        write(piece)
    return f"sha256:{hashed.hexdigest()}"


def _place(root: Path, name: str) -> Path:
    """Where a file goes: below the folder, with no link on the way."""
    path = root
    for part in name.split("/"):
        path = path / part
        if path.is_symlink():
            raise ExportRefused(f"{path} is a link: nothing is written through links. Remove it first.")
    if path.is_dir():
        raise ExportRefused(f"{path} is a folder where a file belongs. Remove it first.")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
