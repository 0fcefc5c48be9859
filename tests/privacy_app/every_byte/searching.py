"""Searching every byte of every file of a folder, and what is inside the files that compress or wrap their content.

Written for the test alone: it shares no code with the connectors' probes but the readers of two formats (PostgreSQL's
pages, the LZF strings of Valkey's snapshots).
"""

import base64
import gzip
import io
import mmap
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pyarrow.parquet as pq
import redis

from portal.core.connectors.postgres import pages
from portal.core.connectors.valkey import rdb
from tests.conformance.kinds.encrypted_backup import SECRET, keys_in, records_in

STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
LAYOUT = "SELECT attlen, attalign FROM pg_attribute WHERE attrelid = %s AND attnum > 0 ORDER BY attnum"
RELATIONS = """
SELECT oid, relkind::text, relname, pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'm', 't')
"""
TABLES = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
HOLDS = """
WITH lines AS MATERIALIZED (SELECT lower(line::text) AS said FROM {} AS line)
SELECT DISTINCT wanted FROM lines, unnest(%s::text[]) AS wanted WHERE strpos(said, wanted) > 0
"""
ALIGN = {"c": 1, "s": 2, "i": 4, "d": 8}
DEPTH = 4


@dataclass(frozen=True, order=True)
class Hit:
    """Which planted value lies where, and inside what."""

    path: str
    what: str
    inside: str = ""


def forms(value: str | bytes) -> set[bytes]:
    """The byte forms in which software keeps a value: as it is, lower case, UTF-16, hex, base64 wherever it begins."""
    plain = value if isinstance(value, bytes) else value.encode()
    found = {plain, plain.hex().encode(), *_base64(plain)}
    if isinstance(value, str):
        found |= {
            value.lower().encode(),
            value.upper().encode(),
            value.encode("utf-16-le"),
            quote(value, safe="").encode(),
        }
    return found


def _base64(plain: bytes) -> Iterator[bytes]:
    """The part of its base64 that does not depend on what stands around it, for each of the three places to begin."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + plain)
        yield text[(0, 2, 3)[before] : len(text) - 4]


class Search:
    """Planted values, looked for in a folder."""

    def __init__(self, planted: Mapping[str, str | bytes]) -> None:
        self.needles = [(what, form) for what, value in planted.items() for form in sorted(forms(value))]

    def folder(self, root: Path) -> set[Hit]:
        """Every hit in every file, with its path relative to the folder, in names of files too."""
        hits: set[Hit] = set()
        for path in sorted(root.rglob("*")):
            name = str(path.relative_to(root))
            hits |= {Hit(name, what, "its name") for what in self._in(name.encode())}
            try:
                if path.is_file() and not path.is_symlink() and path.stat().st_size:
                    hits |= self._file(path, name)
            except FileNotFoundError:
                continue  # a server replaced it while we looked
        return hits

    def _file(self, path: Path, name: str) -> set[Hit]:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            hits = {Hit(name, what) for what in self._in(data)}
            start = data[:8]
        if start.startswith((b"PK", b"\x1f\x8b", b"%PDF", b"PAR1", b"REDIS", b"VALKEY")) or path.suffix == ".rdb":
            hits |= self._inside(path.read_bytes(), name, "")
        return hits

    def _inside(self, data: bytes, name: str, way: str, depth: int = 0) -> set[Hit]:
        hits = set()
        for kind, content in opened(data) if depth < DEPTH else ():
            here = f"{way}/{kind}"
            hits |= {Hit(name, what, here) for what in self._in(content)}
            hits |= self._inside(content, name, here, depth + 1)
        return hits

    def database(self, url: str) -> set[Hit]:
        """Values that PostgreSQL compressed or cut into pieces, in every version of every row, dead ones too."""
        hits: set[Hit] = set()
        with psycopg.connect(url, autocommit=True) as session:
            (root,) = session.execute("SHOW data_directory").fetchone()
            for oid, kind, name, path in session.execute(RELATIONS).fetchall():
                seen = pages.Decoded()
                rows = _rows(Path(root) / path)
                if kind == "t":
                    pages.toasted(rows, seen)
                else:
                    layout = [pages.Attribute(length, ALIGN[align]) for length, align in session.execute(LAYOUT, [oid])]
                    for row in rows:
                        pages.compressed_values(row, layout, seen)
                hits |= {Hit(f"{path} ({name})", what, "compressed") for each in seen.values for what in self._in(each)}
        return hits

    def tables(self, url: str) -> dict[str, set[str]]:
        """Which values a reader of the tables would see, by table; rows are read as text, their bytes as hex."""
        wanted = {form.decode().lower(): what for what, form in self.needles if form.isascii() and form.find(0) < 0}
        seen: dict[str, set[str]] = {}
        with psycopg.connect(url) as session:
            for (table,) in session.execute(TABLES).fetchall():
                for (said,) in session.execute(HOLDS.format(table), [list(wanted)]).fetchall():
                    seen.setdefault(table, set()).add(wanted[said])
        return seen

    def backups(self, root: Path, secret: str = SECRET) -> set[Hit]:
        """Records of encrypted backups that open with a key from any database below the folder."""
        keys = {key: value for path in _databases(root) for key, value in keys_in(path, secret)}
        hits: set[Hit] = set()
        for path in root.rglob("*.cbk"):
            for record in records_in(path.read_bytes(), keys):
                hits |= {Hit(str(path.relative_to(root)), what, "opened") for what in self._in(record)}
        return hits

    def valkey(self, url: str) -> set[Hit]:
        """What a server holds in memory: every key with its value, and the logs of commands."""
        with redis.Redis.from_url(url) as client:
            kept = [(key, client.dump(key) or b"") for key in client.scan_iter(count=1000)]
            logged = [entry["command"] for entry in client.slowlog_get(-1)]
        port = url.rsplit(":", 1)[-1]
        return {Hit(f"memory of {port}", what) for each in (*kept, logged) for part in each for what in self._in(part)}

    def _in(self, data: bytes | mmap.mmap) -> set[str]:
        return {what for what, form in self.needles if data.find(form) >= 0}


def _databases(root: Path) -> list[Path]:
    found = []
    for path in (path for path in root.rglob("*") if path.is_file() and path.stat().st_size > 100):
        with path.open("rb") as file:
            if file.read(16) == b"SQLite format 3\0":
                found.append(path)
    return found


def _rows(first: Path) -> Iterator[bytes]:
    for path in (first, *first.parent.glob(f"{first.name}.*")):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        for at in range(0, len(data) - pages.PAGE + 1, pages.PAGE):
            yield from pages.row_versions(data[at : at + pages.PAGE])


def opened(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What lies inside a file that compresses or wraps: zip, gzip, streams of a PDF, Parquet, Valkey's snapshots."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from ((each, archive.read(each)) for each in archive.namelist())
    elif data.startswith(b"\x1f\x8b"):
        yield "gzip", gzip.decompress(data)
    elif data.startswith(b"%PDF"):
        for number, found in enumerate(STREAM.finditer(data)):
            try:
                yield f"stream {number}", zlib.decompressobj().decompress(found[1])
            except zlib.error:
                continue  # an image or a signature: no deflate, and the plain search has seen it
    elif data.startswith(b"PAR1"):
        yield "rows", str(pq.ParquetFile(io.BytesIO(data)).read().to_pylist()).encode()
    elif data.startswith((b"REDIS", b"VALKEY")):
        yield "strings", b"\n".join(rdb.carved(data))
