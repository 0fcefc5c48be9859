"""Making deleted bytes go from a PostgreSQL table, with the mildest means that does it.

1. VACUUM (INDEX_CLEANUP ON), because plain VACUUM skips indexes when few pages have dead rows; ANALYZE, because
   `pg_stats` keeps e-mails as histogram bounds; VACUUM of the statistics catalog, which keeps the old bounds.
2. VACUUM does not blank what it frees: the last row of a page stays readable in the page's free space. Where a scan
   still finds the subject, indexes are rebuilt concurrently, and a page's free space is overwritten by updating its
   other rows and rolling back: readers never wait, nothing changes.
3. VACUUM FULL only if the scan finds the subject even then, and the plan allowed its exclusive lock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from portal.core.connectors import scan
from portal.core.connectors.base import Fence, Purged, SystemConfig, Target, check_fence
from portal.core.connectors.postgres import files, overwrite, probing
from portal.core.connectors.postgres.session import Session, quoted, scalar
from portal.core.connectors.sought import Sought

PATIENCE = "10s"  # for locks; a purge that cannot get one is retried by its caller, it does not queue up readers
FILLINGS = 3
STATISTICS = ("pg_statistic", "pg_statistic_ext_data")
ABANDONED = (
    "SELECT NOT indisvalid AND relname ~ '_cc(new|old)[0-9]*$' FROM pg_index JOIN pg_class ON oid = indexrelid"
    " WHERE indexrelid = %s"
)


@dataclass
class Purge:
    """One purge under way: an autocommit session, and what has been done so far."""

    session: Session
    config: SystemConfig
    target: Target
    sought: Sought
    still_mine: Fence
    done: list[str]

    def run(self, allow_exclusive: bool) -> Purged:
        """Go from mild to strong until a scan finds nothing; without file access only the mild step is done.

        Raises ConnectorError, retryable when a lock could not be had in time.
        """
        self.session.execute("SELECT set_config('lock_timeout', %s, false)", (PATIENCE,))
        purged = self._from_mild_to_strong(allow_exclusive)
        self.session.execute("RESET lock_timeout")
        return purged

    def _from_mild_to_strong(self, allow_exclusive: bool) -> Purged:
        self._vacuum()
        locked = False
        try:
            self._until_clean(self._clean_indexes, self._overwrite)
            locked = self._clean_statistics(allow_exclusive)
            if allow_exclusive and self._dirty("heap", "toast", "index"):
                self._execute("VACUUM (FULL, ANALYZE) {}", "VACUUM FULL")
                return Purged(tuple(self.done), exclusive=True)
        except files.NoFiles:
            self.done.append("no scan, no escalation: files cannot be looked at")
        return Purged(tuple(self.done), exclusive=locked)

    def _until_clean(self, *steps: Callable[[], None]) -> None:
        """Run each step only while the table is still dirty."""
        for step in steps:
            if self._dirty("heap", "toast", "index"):
                step()

    def _dirty(self, *parts: str) -> dict[files.Relation, list[scan.Hit]]:
        """Relations of these parts in which the bytes still lie, with where."""
        files.flush(self.session, self.config)
        held = [r for r in files.relations(self.session, self.config, self.target) if r.part in parts]
        hits = {relation: self.sought.search(relation.files) for relation in held}
        return {relation: found for relation, found in hits.items() if found}

    def _vacuum(self) -> None:
        self._execute("VACUUM (INDEX_CLEANUP ON) {}", "VACUUM (INDEX_CLEANUP ON)")
        self._execute("ANALYZE {}", "ANALYZE")

    def _clean_indexes(self) -> None:
        """Rebuild the indexes that still hold the bytes, beside the old ones, without stopping anybody."""
        self._drop_abandoned()
        for relation in self._dirty("index"):
            check_fence(self.still_mine)
            name = scalar(self.session, "SELECT %s::oid::regclass::text", (relation.oid,))
            self.session.execute(sql.SQL("REINDEX INDEX CONCURRENTLY {}").format(sql.SQL(name)))
            self._note("REINDEX CONCURRENTLY")

    def _drop_abandoned(self) -> None:
        """Drop what a rebuild that was killed left behind: invalid twins named `…_ccnew` or `…_ccold`."""
        for relation in files.relations(self.session, self.config, self.target):
            if relation.part == "index" and scalar(self.session, ABANDONED, (relation.oid,)):
                check_fence(self.still_mine)
                try:
                    self.session.execute(sql.SQL("DROP INDEX CONCURRENTLY {}").format(sql.SQL(relation.name)))
                    self._note("index of an interrupted rebuild dropped")
                except psycopg.errors.InsufficientPrivilege:
                    self._note("index of an interrupted rebuild left: only the table's owner may drop it")

    def _overwrite(self) -> None:
        """Fill the free space of dirty pages with row versions that are rolled back, then vacuum those."""
        for relation, hits in self._dirty("heap").items():
            check_fence(self.still_mine)
            if overwrite.free_space(self.session, relation, overwrite.blocks(relation, hits)):
                self._note("free space overwritten")
        self._vacuum()

    def _clean_statistics(self, allow_exclusive: bool) -> bool:
        """Vacuum the planner's catalogs, whose old rows hold sampled values, and overwrite what that leaves.

        Holes in the catalog's TOAST pages may be too small to be overwritten: then it is written anew, which stops
        planning for some milliseconds, where the plan allowed a lock. Whether that was needed.
        """
        self._vacuum_statistics()
        if not self.sought.search(self._catalogs(), limit=1):
            return False
        sought = probing.not_elsewhere(self.session, self.target, self.sought)  # the others' own steps come
        for _ in range(FILLINGS):
            if not scan.search(self._catalogs(), sought, limit=1):
                return False
            check_fence(self.still_mine)
            overwrite.fill_statistics(self.session)
            self._note("free space of pg_statistic overwritten")
            self._vacuum_statistics()
        if not allow_exclusive or not scan.search(self._catalogs(), sought, limit=1):
            return False
        self._vacuum_statistics("FULL")
        return True

    def _catalogs(self) -> list[Path]:
        """The files of the planner's catalogs, as they are on disk now."""
        files.flush(self.session, self.config)
        return [path for relation in files.statistics(self.session, self.config) for path in relation.files]

    def _vacuum_statistics(self, how: LiteralString = "INDEX_CLEANUP ON") -> None:
        for name in STATISTICS:
            check_fence(self.still_mine)
            try:
                statement = sql.SQL("VACUUM ({}) pg_catalog.{}").format(sql.SQL(how), sql.Identifier(name))
                self.session.execute(statement)
            except psycopg.errors.InsufficientPrivilege:  # before PostgreSQL 17 only owners may; there it warns
                self._note("statistics catalog not vacuumed: grant the role pg_maintain")
                return
        self._note("VACUUM FULL pg_statistic" if how == "FULL" else "VACUUM pg_statistic")

    def _execute(self, template: str, note: str) -> None:
        check_fence(self.still_mine)
        self.session.execute(sql.SQL(template).format(quoted(self.target.object_name)))
        self._note(note)

    def _note(self, action: str) -> None:
        if action not in self.done:
            self.done.append(action)
