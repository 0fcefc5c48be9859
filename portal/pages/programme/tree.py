"""Reading a tree that somebody brought, a folder or a ZIP: hostile until shown otherwise.

Nothing outside of it is opened: links are named and refused, not followed; a path that is no document's is named and
refused. Files, their sizes and their sum are bounded before anything is read.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from portal.pages.programme.registry import Outcome, Word, document_of

MAX_FILES = 20_000
MAX_FILE = 64 * 1024 * 1024
MAX_TREE = 512 * 1024 * 1024
MAX_DEPTH = 3
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class TreeRefused(ValueError):
    """The tree as a whole cannot be read; the sentence says why."""


@dataclass
class Tree:
    """What was found: the files by their path, and what was refused before it was read."""

    files: dict[str, bytes] = field(default_factory=dict)
    refused: list[Outcome] = field(default_factory=list)
    size: int = 0

    def refuse(self, path: str, why: str) -> None:
        """Name one path, printable, that is not read."""
        shown = "".join(char if char.isprintable() else "?" for char in path)[:300]
        self.refused.append(Outcome(shown, 0, Word.REFUSED, why))
        if len(self.refused) > MAX_FILES:
            raise TreeRefused(
                f"Over {MAX_FILES:,} paths in it are no files of the programme. Is this the right folder?"
            )

    def keep(self, path: str, content: bytes) -> None:
        """Keep one file, within the bounds of the tree."""
        self.size += len(content)
        if len(self.files) >= MAX_FILES or self.size > MAX_TREE:
            raise TreeRefused(f"The tree is too large: at most {MAX_FILES:,} files and {MAX_TREE >> 20} MB are read.")
        self.files[path] = content


def read_tree(path: Path) -> Tree:
    """The files of a folder or of a ZIP. Raises TreeRefused."""
    if path.is_symlink():
        raise TreeRefused(f"{path} is a link. Name the folder itself.")
    if path.is_dir():
        return _folder(path)
    if path.is_file():
        return _archive(path)
    raise TreeRefused(f"There is no folder and no ZIP at {path}.")


def _folder(root: Path) -> Tree:
    tree = Tree()
    for entry, name in _entries(root, ""):
        if entry.is_symlink():
            tree.refuse(name, "It is a link; links are not followed.")
        elif not entry.is_file(follow_symlinks=False):
            tree.refuse(name, "It is neither a file nor a folder of the tree.")
        elif not _is_document(name):
            tree.refuse(name, NOT_OURS)
        else:
            _read(tree, entry.path, name)
    return tree


NOT_OURS = "It is no file of the programme's tree; README.md of an export says which there are."


def _is_document(name: str) -> bool:
    return name.isprintable() and document_of(name) is not None


def _entries(folder: str | Path, prefix: str, depth: int = 1) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Every entry with its path from the root, by name; a folder that is too deep stands for itself."""
    with os.scandir(folder) as found:
        listed = sorted(found, key=lambda entry: entry.name)
    for entry in listed:
        name = f"{prefix}{entry.name}"
        if entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
            yield from _entries(entry.path, f"{name}/", depth + 1)
        else:
            yield entry, name


def _read(tree: Tree, path: str, name: str) -> None:
    """One file, opened without following a link that was put in its place meanwhile."""
    try:
        with os.fdopen(os.open(path, _OPEN), "rb") as file:
            content = file.read(MAX_FILE + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
    except OSError as error:
        return tree.refuse(name, f"It cannot be read: {error.strerror}.")
    if content is None:
        return tree.refuse(name, "It is no plain file.")
    if len(content) > MAX_FILE:
        return tree.refuse(name, f"It is larger than {MAX_FILE >> 20} MB.")
    return tree.keep(name, content)


def _archive(path: Path) -> Tree:
    tree = Tree()
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_FILES or sum(each.file_size for each in members) > MAX_TREE:
                raise TreeRefused(f"The ZIP is too large: at most {MAX_FILES:,} files, {MAX_TREE >> 20} MB unpacked.")
            for member in sorted(members, key=lambda each: each.filename):
                _member(tree, archive, member)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise TreeRefused(f"{path} is no ZIP that can be read: {type(error).__name__}.") from error
    return tree


def _member(tree: Tree, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    name = member.filename
    if name.endswith("/"):
        return None
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG) or member.flag_bits & 1:
        return tree.refuse(name, "It is a link, encrypted, or no plain file.")
    if not _is_document(name):
        return tree.refuse(name, NOT_OURS)
    if name in tree.files:
        return tree.refuse(name, "It stands in the ZIP twice.")
    if member.file_size > MAX_FILE:
        return tree.refuse(name, f"It is larger than {MAX_FILE >> 20} MB.")
    with archive.open(member) as file:
        content = file.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        return tree.refuse(name, f"It is larger than it says, and than {MAX_FILE >> 20} MB.")
    return tree.keep(name, content)
