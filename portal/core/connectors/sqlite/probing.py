"""The decode and byte probes of an SQLite database: its file, and all that lies beside it under its name."""

import sqlite3
from collections.abc import Iterator, Set
from pathlib import Path

from portal.core.connectors import scan
from portal.core.connectors.base import Probe
from portal.core.connectors.sqlite.pages import Pages, frames

WAL = "-wal"


def beside(path: Path) -> list[Path]:
    """The database's file, its write-ahead log and journals, and copies that begin with its name."""
    return sorted(each for each in path.parent.iterdir() if each.name.startswith(path.name) and each.is_file())


def of_others(session: sqlite3.Connection, table: str) -> Set[int]:
    """Pages of other tables and their indexes; empty where the library cannot tell (no DBSTAT).

    The file is one, and a subject may be in several of its tables, each a step of its own. Free pages, the schema's and
    the statistics' belong to every step.
    """
    if not session.execute("SELECT 1 FROM pragma_module_list WHERE name = 'dbstat'").fetchone():
        return frozenset()
    rows = session.execute(
        "SELECT pageno FROM dbstat JOIN sqlite_schema AS named ON named.name = dbstat.name"
        " WHERE tbl_name <> ? AND tbl_name NOT LIKE 'sqlite#_%' ESCAPE '#'",
        [table],
    ).fetchall()
    return {number for (number,) in rows}


def decoded(path: Path, needles: scan.Needles, without: Set[int]) -> Probe:
    """Pages in use and free, values that run on in overflow pages, and page images of the write-ahead log."""
    try:
        pages = Pages.of(path)
        wal = _read(path.with_name(path.name + WAL))
    except (OSError, ValueError) as error:
        return Probe.blind("decoded", f"The database's file cannot be read ({type(error).__name__}).")
    looked = encoded(needles, pages.encoding)
    hits = sum(scan.count(each, looked) for each in pages.buffers(without, max(looked.reach, 1)))
    hits += sum(scan.count(image, looked) for image in _images(wal, pages.size, without))
    return Probe("decoded", True, hits, needles.caveat)


def raw(path: Path, needles: scan.Needles, without: Set[int]) -> Probe:
    """Every byte of the database's files, but for pages of other tables."""
    if not needles.all:
        return Probe.blind("raw", needles.caveat)
    try:
        pages = Pages.of(path)
        hits = scan.search(beside(path), encoded(needles, pages.encoding))
        others = {path: set(_ours(pages, without)), path.with_name(path.name + WAL): set(_logged(path, pages, without))}
    except (OSError, ValueError) as error:
        return Probe.blind("raw", f"The database's files cannot be read ({type(error).__name__}).")
    left = [hit for hit in hits if not any(hit.offset in span for span in others.get(hit.path, ()))]
    return Probe("raw", True, len(left), needles.caveat)


def _ours(pages: Pages, without: Set[int]) -> Iterator[range]:
    """Where other tables' pages lie in the file."""
    return (range((number - 1) * pages.size, number * pages.size) for number in without)


def _logged(path: Path, pages: Pages, without: Set[int]) -> Iterator[range]:
    """Where their images lie in the write-ahead log."""
    wal = _read(path.with_name(path.name + WAL))
    return (range(at, at + pages.size) for number, at in frames(wal, pages.size) if number in without)


def _images(wal: bytes, size: int, without: Set[int]) -> Iterator[bytes]:
    return (wal[at : at + size] for number, at in frames(wal, size) if number not in without)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def encoded(needles: scan.Needles, encoding: str) -> scan.Needles:
    """Needles as the database spells text, beside their other forms: UTF-16 where it was made so."""
    if encoding == "utf-8":
        return needles
    also = [
        scan.Needle(wide, tuple(filter(None, (_wide(cover, encoding) for cover in each.covers))), each.caseless)
        for each in needles.all
        if (wide := _wide(each.value, encoding))
    ]
    return scan.Needles((*needles.all, *also), needles.too_short)


def _wide(value: bytes, encoding: str) -> bytes:
    """The text in another encoding; nothing for bytes that are no text."""
    try:
        return value.decode().encode(encoding)
    except UnicodeDecodeError:
        return b""
