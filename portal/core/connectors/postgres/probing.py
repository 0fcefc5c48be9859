"""The decode and byte probes of PostgreSQL, and the places outside the table that lag behind."""

import re
import struct
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from psycopg import sql

from portal.core.connectors import copies, scan
from portal.core.connectors.base import ConnectorError, Probe, Residual, SystemConfig, Target
from portal.core.connectors.postgres import files, pages
from portal.core.connectors.postgres.session import Session, quoted, scalar
from portal.core.connectors.sought import Sought

# The table and its partitions, as the planner's view of its samples names them.
NAMES = """
SELECT nspname::text, relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE c.oid IN (SELECT to_regclass(%(name)s) UNION SELECT relid FROM pg_partition_tree(to_regclass(%(name)s)))
"""
# Samples of values that the planner keeps. Names given as constants reach the indexes below the view, and only then.
SAMPLES = "SELECT concat_ws(' ', most_common_vals::text, histogram_bounds::text, most_common_elems::text) FROM pg_stats"
THESE = "(schemaname, tablename) IN (SELECT * FROM unnest(%(schemas)s::name[], %(tables)s::name[]))"
OWN = f"{SAMPLES} WHERE schemaname = ANY(%(schemas)s::name[]) AND tablename = ANY(%(tables)s::name[]) AND {THESE}"
ELSEWHERE = f"{SAMPLES} WHERE NOT {THESE}"
EMBEDDING = re.compile(r"\[(-?[0-9.e+-]+(?:,-?[0-9.e+-]+)*)\]")
ALIGN = {"c": 1, "s": 2, "i": 4, "d": 8}


def decoded(session: Session, config: SystemConfig, target: Target, sought: Sought) -> Probe:
    """Look into the planner's statistics and, with file access, into every compressed or TOASTed value."""
    hits = in_samples(session, target, sought)
    try:
        seen = _in_pages(session, config, target)
    except files.NoFiles as blind:
        return Probe("decoded", True, hits, f"Planner statistics only. {blind}")
    except OSError as error:
        return Probe(
            "decoded", True, hits, f"Planner statistics only: the files cannot be read ({type(error).__name__})."
        )
    hits += sum(sought.count(value) for value in seen.values)
    unread = f"{seen.undecodable} values could not be decoded (lz4, or torn by a write)." if seen.undecodable else ""
    return Probe("decoded", True, hits, " ".join(filter(None, (unread, sought.bare.caveat))))


def raw(session: Session, config: SystemConfig, target: Target, sought: Sought) -> Probe:
    """Scan the table's files, its statistics rows, and files that the server does not account for."""
    if not sought.bare.all:
        return Probe.blind("raw", sought.bare.caveat or "There is nothing to look for.")
    try:
        strays = files.left_over(files.flush(session, config))
        hits = sought.search([*_files(files.relations(session, config, target)), *strays])
        catalogs = _files(files.statistics(session, config))
        if sought.search(catalogs, limit=1):
            hits += scan.search(catalogs, not_elsewhere(session, target, sought))
    except files.NoFiles as blind:
        return Probe.blind("raw", str(blind))
    except OSError as error:
        return Probe.blind("raw", f"The server's files cannot be read ({type(error).__name__}).")
    return Probe("raw", True, len(hits), sought.bare.caveat)


def residuals(session: Session, config: SystemConfig, sought: Sought, today: date) -> list[Residual]:
    """Write-ahead log, server log, archives, replicas and backups, as far as they may hold the subject."""
    found = [
        copies.residual(config, place, where, today, hits)
        for place, where, folder in (
            ("wal", "write-ahead log", _wal(session, config)),
            ("log", "server log", _folder(config, "log_directory")),
        )
        if (hits := _hits(folder, sought)) != 0
    ]
    for place, where in lagging(session).items():
        found.append(copies.residual(config, place, where, today))
    return found + copies.backups(config, today)


def lagging(session: Session) -> dict[str, str]:
    """Copies elsewhere that this server feeds: place in the settings -> words."""
    places = {}
    if scalar(session, "SHOW archive_mode") != "off":
        places["wal_archive"] = "archive of the write-ahead log"
    if scalar(session, "SELECT count(*) FROM pg_stat_replication"):
        places["replica"] = "replicas"
    return places


def _wal(session: Session, config: SystemConfig) -> Path | None:
    """The folder of the write-ahead log, None when it cannot be searched (no access, or compressed pages)."""
    try:
        folder = files.data_directory(session, config) / "pg_wal"
    except files.NoFiles:
        return None
    return folder if scalar(session, "SHOW wal_compression") == "off" else None


def _folder(config: SystemConfig, setting: str) -> Path | None:
    return Path(config.settings[setting]) if config.settings.get(setting) else None


def _hits(place: Path | None, sought: Sought) -> int | None:
    """Hits in a folder or file; None when it cannot be searched, which counts as "may hold the subject"."""
    if place is None or not place.exists():
        return None
    try:
        listed = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
        return len(sought.search(listed))
    except OSError:
        return None


def in_samples(session: Session, target: Target, sought: Sought) -> int:
    """Hits in the planner's samples of this table."""
    rows = session.execute(OWN, _names(session, target)).fetchall()
    return sum(sought.count(text.encode()) for (text,) in rows)


def not_elsewhere(session: Session, target: Target, sought: Sought) -> scan.Needles:
    """What no other table's samples hold lawfully, and the planner's catalogs therefore must not hold any more."""
    texts = [_bytes_of(text) for (text,) in session.execute(ELSEWHERE, _names(session, target)).fetchall()]
    alone = (scan.Needles((each,)) for each in sought.told_apart.all)
    return scan.Needles(tuple(one.all[0] for one in alone if not any(scan.count(text, one) for text in texts)))


def _names(session: Session, target: Target) -> dict[str, list[str]]:
    """Schemas and names of the table and its partitions. Raises ConnectorError where there is no such table."""
    found = session.execute(NAMES, {"name": quoted(target.object_name).as_string(session)}).fetchall()
    if not found:
        raise ConnectorError(f"{target.object_name}: this table does not exist; correct the placement.")
    return {"schemas": [schema for schema, _ in found], "tables": [name for _, name in found]}


def _bytes_of(samples: str) -> bytes:
    """Samples as their text, and embeddings among them also as the float32 that the catalog keeps.

    >>> _bytes_of("[1,0.5]")[-8:] == struct.pack("<2f", 1, 0.5)
    True
    """
    numbers = ([float(each) for each in found.split(",")] for found in EMBEDDING.findall(samples))
    return b"\0".join([samples.encode(), *(struct.pack(f"<{len(each)}f", *each) for each in numbers)])


def _files(relations: list[files.Relation]) -> list[Path]:
    return [path for relation in relations for path in relation.files]


def _in_pages(session: Session, config: SystemConfig, target: Target) -> pages.Decoded:
    """Decode heap and TOAST files of the table."""
    files.flush(session, config)
    seen = pages.Decoded()
    for relation in files.relations(session, config, target):
        if relation.part == "toast":
            pages.toasted(_versions(relation), seen)
        elif relation.part == "heap":
            layout = _layout(session, relation.oid)
            for row in _versions(relation):
                pages.compressed_values(row, layout, seen)
    return seen


def _versions(relation: files.Relation) -> Iterator[bytes]:
    """Row versions of all pages of a relation, page by page."""
    for path in relation.files:
        with path.open("rb") as file:
            while len(page := file.read(pages.PAGE)) == pages.PAGE:
                yield from pages.row_versions(page)


def _layout(session: Session, oid: int) -> list[pages.Attribute]:
    """The physical columns of a table, dropped ones too, in order."""
    rows = session.execute(
        sql.SQL("SELECT attlen, attalign::text FROM pg_attribute WHERE attrelid = %s AND attnum > 0 ORDER BY attnum"),
        (oid,),
    )
    return [pages.Attribute(length, ALIGN[align]) for length, align in rows]
