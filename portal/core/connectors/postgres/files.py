"""Which files hold a table: found through the catalog, read under the system's declared `data_directory`."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from portal.core.connectors.base import ConnectorError, SystemConfig, Target
from portal.core.connectors.postgres.session import Session, quoted, scalar

# The table and its partitions, their TOAST tables, and every index of both.
RELATIONS = """
WITH tree AS (
    SELECT to_regclass(%s)::oid AS oid UNION SELECT relid::oid FROM pg_partition_tree(to_regclass(%s))
), tables AS (
    SELECT c.oid, 'heap' AS part FROM pg_class c JOIN tree USING (oid)
    UNION SELECT c.reltoastrelid, 'toast' FROM pg_class c JOIN tree USING (oid) WHERE c.reltoastrelid <> 0
)
SELECT oid, part, oid::regclass::text, pg_relation_filepath(oid) FROM tables
UNION ALL
SELECT indexrelid, 'index', indexrelid::regclass::text, pg_relation_filepath(indexrelid)
FROM pg_index JOIN tables ON indrelid = tables.oid
"""
STATISTICS = """
SELECT c.oid, 'statistics', c.oid::regclass::text, pg_relation_filepath(c.oid) FROM pg_class c
WHERE c.oid IN ('pg_statistic'::regclass, 'pg_statistic_ext_data'::regclass)
   OR c.oid IN (SELECT reltoastrelid FROM pg_class WHERE oid = 'pg_statistic'::regclass)
"""


@dataclass(frozen=True)
class Relation:
    """One relation on disk: `part` is heap, toast, index or statistics; `files` are its segments."""

    oid: int
    part: str
    name: str
    path: Path

    @property
    def files(self) -> list[Path]:
        """The main fork's segments in order: `16384`, `16384.1` …"""
        others = (path for path in self.path.parent.glob(f"{self.path.name}.*") if path.suffix[1:].isdigit())
        return [self.path, *sorted(others, key=lambda path: int(path.suffix[1:]))]

    def block(self, path: Path, offset: int) -> int:
        """The page number of an offset in one of the segments (1 GB of 8 kB pages each)."""
        return (int(path.suffix[1:]) if path != self.path else 0) * 131_072 + offset // 8192


class NoFiles(ConnectorError):
    """The files of this system cannot be looked at; the sentence is the reason that a blind probe gives."""


def data_directory(session: Session, config: SystemConfig) -> Path:
    """The declared directory, shown to belong to this very server. Raises NoFiles with the reason otherwise."""
    declared = config.settings.get("data_directory")
    if not declared:
        raise NoFiles("The system declares no `data_directory`, so its files cannot be looked at.")
    directory = Path(declared)
    try:
        with (directory / "global" / "pg_control").open("rb") as file:
            identifier = int.from_bytes(file.read(8), "little")
    except OSError as error:
        raise NoFiles("The declared `data_directory` cannot be read.", code=type(error).__name__) from None
    if identifier != scalar(session, "SELECT system_identifier FROM pg_control_system()") % 2**64:
        raise NoFiles("The declared `data_directory` belongs to another server.")
    return directory


def flush(session: Session, config: SystemConfig) -> Path:
    """Write every changed page to disk (CHECKPOINT); gives the data directory.

    Raises NoFiles where the files cannot be looked at: then nothing is flushed, which would only slow the server down.
    """
    directory = data_directory(session, config)
    try:
        session.execute("CHECKPOINT")
    except psycopg.errors.InsufficientPrivilege:
        raise NoFiles("The role may not CHECKPOINT, so the files may lag; grant it pg_checkpoint.") from None
    return directory


def relations(session: Session, config: SystemConfig, target: Target) -> list[Relation]:
    """Every relation that holds rows, keys or large values of the table. Raises ConnectorError where there is none."""
    directory = data_directory(session, config)
    name = quoted(target.object_name).as_string(session)
    rows = session.execute(RELATIONS, (name, name)).fetchall()
    if not rows:
        raise ConnectorError(f"{target.object_name}: this table does not exist; correct the placement.")
    return _relations(directory, rows)


def statistics(session: Session, config: SystemConfig) -> list[Relation]:
    """The catalogs that keep samples of column values for the planner."""
    return _relations(data_directory(session, config), session.execute(STATISTICS).fetchall())


def _relations(directory: Path, rows: Iterable[tuple[int, str, str, str | None]]) -> list[Relation]:
    return [Relation(oid, part, name, directory / path) for oid, part, name, path in rows if path]


def left_over(directory: Path) -> list[Path]:
    """Files in the data directory that PostgreSQL does not account for: dumps, copies, spilled sorts."""
    known = {"base", "global", "log", "current_logfiles", "postmaster.pid", "postmaster.opts", "PG_VERSION"}
    strays = [path for path in directory.iterdir() if path.name not in known and not path.name.startswith("pg_")]
    strays += list(directory.glob("base/pgsql_tmp/*"))
    nested = [path for stray in strays if stray.is_dir() for path in stray.rglob("*")]
    return [path for path in (*strays, *nested) if path.is_file() and path.suffix != ".conf"]
