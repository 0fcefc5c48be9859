"""SQLite databases: one file, its write-ahead log or journal, and what lies beside it."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from portal.core.connectors import copies, identity_maps, scan
from portal.core.connectors.base import (
    Countable,
    Declared,
    Deleted,
    Edge,
    Erasable,
    Fence,
    Found,
    Identifier,
    Listable,
    Probe,
    Purged,
    Residual,
    Resolvable,
    Setting,
    StepPlan,
    Subject,
    SystemConfig,
    Target,
    Transit,
    check_fence,
)
from portal.core.connectors.registry import connector
from portal.core.connectors.sqlite import probing, purging
from portal.core.connectors.sqlite.session import connected, database
from portal.core.connectors.sqlite.table import Table


@connector("sqlite")
class Sqlite(Resolvable, Erasable, Listable, Countable):
    """Datasets are tables of one database file; there is no secret."""

    label = "SQLite"
    settings = (
        Setting("path", "File of the database, as this machine sees it.", required=True),
        copies.BACKUPS,
        identity_maps.SETTING,
    )
    target_settings = (
        Setting("identifiers", "Which column holds which kind of identifier.", required=True),
        Setting("surrogate", "Key column that means nothing outside; the rowid when empty."),
        Setting("vector_column", "Column with an embedding as float32 bytes."),
    )

    def ping(self, config: SystemConfig) -> None:
        """See Connector."""
        with connected(config) as session:
            session.execute("SELECT count(*) FROM sqlite_schema").fetchone()

    def transit(self, config: SystemConfig) -> Transit:
        """See Connector."""
        database(config)
        return Transit(True, "The file is read on this machine, over no connection of the portal's.")

    def count(self, config: SystemConfig, target: Target) -> int:
        """See Countable."""
        with connected(config) as session:
            table = Table(session, target)
            return int(session.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0])  # noqa: S608 - quoted

    def edges(self, config: SystemConfig, identifier: Identifier) -> list[Edge]:
        """See Resolvable. A map's object is a table."""
        found: list[Edge] = []
        with connected(config) as session:
            for each in identity_maps.maps_from(config, identifier.kind):
                table = Table(session, Target(each.object_name, {"identifiers": dict(each.columns)}))
                rows = table.mapped(each.columns, identifier.kind, identifier.value)
                found += identity_maps.edges_of(each, config.name, identifier, rows)
        return found

    def values(self, config: SystemConfig, target: Target, kind: str) -> Iterator[str]:
        """See Listable."""
        with connected(config) as session:
            yield from Table(session, target).values(kind)

    def discover(self, config: SystemConfig, target: Target, subject: Subject) -> Found:
        """See Erasable."""
        with connected(config) as session:
            return Table(session, target).find(subject)

    def plan(self, config: SystemConfig, target: Target, found: Found) -> StepPlan:
        """See Erasable. A large file stops writers while it is written anew."""
        with connected(config) as session:
            Table(session, target)
            long = purging.is_long(session)
        return StepPlan(
            count=found.count,
            exclusive_lock=long,
            leaks_predicate=False,
            delete_by="surrogate key" if target.settings.get("surrogate") else "rowid",
            purge=("VACUUM", "wal_checkpoint(TRUNCATE)"),
            probes=(Declared("logical", True), Declared("decoded", True), Declared("raw", True)),
            copies=copies.planned(config, {}),
        )

    def delete(self, config: SystemConfig, target: Target, subject: Subject, *, still_mine: Fence) -> Deleted:
        """See Erasable. One transaction, with the declared foreign keys; the fence is asked right before its end."""
        check_fence(still_mine)
        with connected(config, write=True) as session:
            session.execute("PRAGMA foreign_keys = ON")
            session.execute("BEGIN IMMEDIATE")
            try:
                table = Table(session, target)
                keys = table.keys(subject)
                removed = table.delete(keys)
                check_fence(still_mine)
            except BaseException:
                session.execute("ROLLBACK")
                raise
            session.execute("COMMIT")
        return Deleted(removed, ids=tuple(sorted(map(str, keys))))

    def purge(
        self,
        config: SystemConfig,
        target: Target,
        subject: Subject,
        found: Found,
        *,
        allow_exclusive: bool,
        still_mine: Fence,
    ) -> Purged:
        """See Erasable and `sqlite.purging`."""
        del subject, found
        with connected(config, write=True) as session:
            Table(session, target)
            return purging.purge(session, target.object_name, allow_exclusive=allow_exclusive, still_mine=still_mine)

    def verify_logical(self, config: SystemConfig, target: Target, subject: Subject) -> Probe:
        """See Erasable."""
        with connected(config) as session:
            return Probe("logical", True, Table(session, target).find(subject).count)

    def verify_decoded(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """See Erasable: every page, free ones too, overflowing values, frames of the write-ahead log."""
        with connected(config) as session:
            needles, others = _needles(session, target, subject, found), probing.of_others(session, target.object_name)
        return probing.decoded(database(config), needles, others)

    def verify_raw(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """See Erasable: the file, log, journals, and copies under its name."""
        with connected(config) as session:
            needles, others = _needles(session, target, subject, found), probing.of_others(session, target.object_name)
        return probing.raw(database(config), needles, others)

    def residuals(
        self, config: SystemConfig, target: Target, subject: Subject, found: Found, *, today: date
    ) -> list[Residual]:
        """See Erasable. Only declared backups lag behind."""
        del target, subject, found
        return copies.backups(config, today)


def _needles(session: sqlite3.Connection, target: Target, subject: Subject, found: Found) -> scan.Needles:
    """What to look for, knowing others' identifiers that contain one of the subject's."""
    return scan.needles_of(subject, found, sorted(set(Table(session, target).containing(subject))))
