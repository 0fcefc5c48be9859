"""Everything that a kind on PostgreSQL can do; `postgresql` and `pgvector` are this with their own labels."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from portal.core.connectors import copies, identity_maps
from portal.core.connectors.base import (
    NO_SETTINGS,
    Backup,
    Declared,
    Deleted,
    Edge,
    Erasable,
    Fence,
    Found,
    Identifier,
    Listable,
    Measurable,
    Probe,
    Purged,
    Reader,
    Residual,
    Resolvable,
    Restorable,
    Setting,
    StepPlan,
    Subject,
    SystemConfig,
    Target,
    Transit,
)
from portal.core.connectors.postgres import (
    files,
    finding,
    listing,
    probing,
    purging,
    reading,
    resolving,
    restoring,
    rights,
)
from portal.core.connectors.postgres.session import Session, connected, scalar
from portal.core.connectors.sought import Sought


class OnPostgres(Measurable, Resolvable, Erasable, Listable, Restorable):
    """Tables named `schema.table`; the secret is a password or a whole DSN."""

    waits_for = "a transaction that began before the delete: VACUUM keeps the row for it until it ends"
    settings = (
        Setting("host", "Name or address of the server, or the folder of its socket."),
        Setting("port", "Port of the server; 5432 when empty."),
        Setting("dbname", "Database that holds the tables."),
        Setting("user", "Role to sign in as."),
        Setting("sslmode", "How much TLS is demanded, such as verify-full; libpq's default when empty."),
        Setting("sslrootcert", "File with the certificate authorities to trust."),
        Setting("probe_role", "Role to step down to for measuring; it owns nothing and may only read."),
        Setting("max_cost", "Dearest plan for a probe, in the planner's units; a million a second when empty."),
        Setting("data_directory", "The server's data directory as this machine sees it; needed for the byte probe."),
        Setting("log_directory", "Folder or file of the server's log as this machine sees it."),
        Setting("wal_expiry_days", "Days until the write-ahead log of today is overwritten."),
        Setting("log_expiry_days", "Days until the server log of today is rotated away."),
        Setting("wal_archive_expiry_days", "Days that archived write-ahead log is kept, where there is an archive."),
        Setting("replica_expiry_days", "Days until replicas have replayed and recycled, where there are any."),
        Setting("backup_directory", "Folder with dumps made by pg_dump -Fc (*.dump), to rehearse a restore from."),
        copies.BACKUPS,
        identity_maps.SETTING,
    )
    target_settings = (
        Setting("identifiers", "Which column holds which kind of identifier.", required=True),
        Setting("surrogate", "Key column that means nothing outside; rows are deleted by it."),
        Setting("vector_column", "Column with an embedding, searched for by its bytes."),
    )

    def ping(self, config: SystemConfig) -> None:
        """See Connector."""
        with connected(config) as session:
            session.execute("SELECT 1")

    def transit(self, config: SystemConfig) -> Transit:
        """See Connector. The server's own word on this connection, from `pg_stat_ssl`."""
        with connected(config) as session:
            row = session.execute(
                "SELECT ssl, version, coalesce(inet_client_addr() <<= '127.0.0.0/8'"
                " OR inet_client_addr() = '::1', TRUE) FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            ).fetchone()
        encrypted, version, local = row or (False, None, False)
        if encrypted:
            return Transit(True, f"The connection is encrypted ({version}).")
        if local:
            return Transit(True, "The connection does not leave this machine.")
        return Transit(False, "The connection is not encrypted. Set `sslmode` to require or stricter.")

    def cautions(self, config: SystemConfig) -> list[str]:
        """See Connector."""
        with connected(config) as session:
            return rights.cautions(session, config)

    def reader(
        self,
        config: SystemConfig,
        object_name: str,
        *,
        timeout_s: float = 30,
        settings: Mapping[str, Any] = NO_SETTINGS,
        also: Sequence[Target] = (),
    ) -> AbstractContextManager[Reader]:
        """See Measurable. A placement says nothing more here."""
        del settings
        return reading.reader(config, [object_name, *(each.object_name for each in also)], timeout_s=timeout_s)

    def edges(self, config: SystemConfig, identifier: Identifier) -> list[Edge]:
        """See Resolvable."""
        with connected(config) as session:
            return resolving.edges(session, config, identifier)

    def values(self, config: SystemConfig, target: Target, kind: str) -> Iterator[str]:
        """See Listable."""
        return listing.values(config, target, kind)

    def backups(self, config: SystemConfig) -> list[Backup]:
        """See Restorable."""
        return restoring.backups(config)

    def scratch(self, config: SystemConfig, backup: str) -> AbstractContextManager[SystemConfig]:
        """See Restorable: a database of its own on the same server."""
        return restoring.scratch(config, backup)

    def discover(self, config: SystemConfig, target: Target, subject: Subject) -> Found:
        """See Erasable."""
        with connected(config, autocommit=True) as session:
            return finding.find(session, target, subject)

    def plan(self, config: SystemConfig, target: Target, found: Found) -> StepPlan:
        """See Erasable. An exclusive lock is named because VACUUM FULL may turn out to be the only way."""
        with connected(config) as session:
            blind = _blindness(session, config)
            places = {"wal": "write-ahead log", "log": "server log"} | probing.lagging(session)
            leaks = _log_repeats_values(session)
        key = target.settings.get("surrogate")
        return StepPlan(
            count=found.count,
            exclusive_lock=not blind,
            leaks_predicate=leaks,
            delete_by=f"surrogate key {key}" if key else "row address",
            purge=(
                "VACUUM (INDEX_CLEANUP ON)",
                "ANALYZE",
                "REINDEX CONCURRENTLY and overwriting where a scan still hits",
            ),
            probes=(Declared("logical", True), Declared("decoded", True, blind), Declared("raw", not blind, blind)),
            copies=copies.planned(config, places),
        )

    def delete(self, config: SystemConfig, target: Target, subject: Subject, *, still_mine: Fence) -> Deleted:
        """See Erasable. Fenced before the statement and before the commit."""
        with connected(config) as session:
            return finding.delete(session, target, subject, still_mine)

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
        """See Erasable and `purging`."""
        with connected(config, autocommit=True) as session:
            sought = _sought(session, target, subject, found)
            return purging.Purge(session, config, target, sought, still_mine, []).run(allow_exclusive)

    def verify_logical(self, config: SystemConfig, target: Target, subject: Subject) -> Probe:
        """See Erasable."""
        with connected(config, autocommit=True) as session:
            return Probe("logical", True, finding.count(session, target, subject))

    def verify_decoded(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """See Erasable: planner statistics, compressed values, TOAST."""
        return self._probe(probing.decoded, config, target, subject, found)

    def verify_raw(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """See Erasable: heap, indexes, TOAST, statistics catalog, stray files; after a CHECKPOINT."""
        return self._probe(probing.raw, config, target, subject, found)

    def residuals(
        self, config: SystemConfig, target: Target, subject: Subject, found: Found, *, today: date
    ) -> list[Residual]:
        """See Erasable."""
        with connected(config, autocommit=True) as session:
            return probing.residuals(session, config, _sought(session, target, subject, found), today)

    def _probe(self, probe: Any, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        with connected(config, autocommit=True) as session:
            answer: Probe = probe(session, config, target, _sought(session, target, subject, found))
            return answer


def _sought(session: Session, target: Target, subject: Subject, found: Found) -> Sought:
    return Sought(subject, found, lambda: finding.live_neighbours(session, target, subject))


def _blindness(session: Session, config: SystemConfig) -> str:
    """Why the files cannot be looked at; empty when they can."""
    try:
        files.data_directory(session, config)
    except files.NoFiles as reason:
        return str(reason)
    return ""


def _log_repeats_values(session: Session) -> bool:
    """Whether the server would log our bound parameters although the session asked it not to."""
    return bool(
        scalar(
            session,
            "SELECT current_setting('log_parameter_max_length') <> '0' AND (current_setting('log_statement') <> 'none'"
            " OR current_setting('log_min_duration_statement') <> '-1')",
        )
    )
