"""Valkey and Redis: keys, hashes and streams."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import redis

from portal.core.connectors import copies, identity_maps, scan
from portal.core.connectors.base import (
    NO_SETTINGS,
    Countable,
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
    Setting,
    StepPlan,
    Subject,
    SystemConfig,
    Target,
    Transit,
    check_fence,
)
from portal.core.connectors.duck import fetched
from portal.core.connectors.registry import connector
from portal.core.connectors.valkey import probing, purging, reading, refusals
from portal.core.connectors.valkey.client import Client, connected
from portal.core.connectors.valkey.dataset import Dataset

BATCH = 500


@connector("valkey")
class Valkey(Measurable, Resolvable, Erasable, Countable, Listable):
    """Datasets are key templates, patterns of hashes, or streams; the secret is a password or a whole URL."""

    label = "Valkey or Redis"
    shares_files = True
    settings = (
        Setting("host", "Name or address of the server."),
        Setting("port", "Port of the server; 6379 when empty."),
        Setting("db", "Number of the database; 0 when empty."),
        Setting("user", "User to sign in as."),
        Setting("directory", "The server's data directory as this machine sees it; needed for the byte probe."),
        Setting("acl_log_expiry_days", "Days until the log of refused commands is gone, where it may not be read."),
        Setting("replica_expiry_days", "Days until replicas have rewritten their files, where there are any."),
        fetched.ROWS_SETTING,
        copies.BACKUPS,
        identity_maps.SETTING,
    )
    target_settings = (
        Setting("key", 'Template of key names, such as "profile:{customer_id}"; may end in *.'),
        Setting("pattern", 'Glob of key names, such as "profile:*", where fields name the person.'),
        Setting("type", '"stream" when the dataset is the stream of that name.'),
        fetched.COLUMNS_SETTING,
        fetched.NEWEST_SETTING,
        Setting("identifiers", "Which field holds which kind of identifier."),
        Setting("vector_column", "Hash field with an embedding as float32 bytes."),
    )

    def ping(self, config: SystemConfig) -> None:
        """See Connector."""
        with connected(config) as client:
            client.ping()

    def transit(self, config: SystemConfig) -> Transit:
        """See Connector. TLS is on where the secret is a `rediss://` URL, and the server then answers by it alone."""
        with connected(config) as client:
            client.ping()
            options = client.connection_pool.connection_kwargs
            secure = issubclass(client.connection_pool.connection_class, redis.SSLConnection)
        if secure:
            return Transit(True, "The connection is encrypted (TLS).")
        if options.get("path") or str(options.get("host", "")) in ("127.0.0.1", "::1", "localhost"):
            return Transit(True, "The connection does not leave this machine.")
        return Transit(False, "The connection is not encrypted. Give the secret as a rediss:// URL.")

    def reader(
        self,
        config: SystemConfig,
        object_name: str,
        *,
        timeout_s: float = 30,
        settings: Mapping[str, Any] = NO_SETTINGS,
        also: Sequence[Target] = (),
    ) -> AbstractContextManager[Reader]:
        """See Measurable and `valkey.reading`."""
        return reading.reader(config, [Target(object_name, settings), *also], timeout_s=timeout_s)

    def count(self, config: SystemConfig, target: Target) -> int:
        """See Countable. Keys of the template or pattern, or entries of the stream; walks the key space once."""
        with connected(config) as client:
            return sum(1 for _ in Dataset(client, target).records())

    def values(self, config: SystemConfig, target: Target, kind: str) -> Iterator[str]:
        """See Listable. What key names and declared fields hold of this kind; walks keys or entries once."""
        with connected(config) as client:
            yield from Dataset(client, target).values(kind)

    def edges(self, config: SystemConfig, identifier: Identifier) -> list[Edge]:
        """See Resolvable. A map's object is a pattern of hashes, its columns are their fields."""
        found: list[Edge] = []
        with connected(config) as client:
            for each in identity_maps.maps_from(config, identifier.kind):
                place = Target(each.object_name, {"pattern": each.object_name, "identifiers": dict(each.columns)})
                records = (record.values for record in Dataset(client, place).records())
                asked = Subject.of([identifier])
                rows = [values for values in records if asked.has(identifier.kind, values.get(identifier.kind))]
                found += identity_maps.edges_of(each, config.name, identifier, rows)
        return found

    def discover(self, config: SystemConfig, target: Target, subject: Subject) -> Found:
        """See Erasable. `keys` are key names or entry ids."""
        with connected(config) as client:
            dataset = Dataset(client, target)
            keys = dataset.find(subject)
            vectors = dataset.vectors(keys)
        return Found(len(keys), tuple(key.decode(errors="surrogateescape") for key in keys), vectors)

    def plan(self, config: SystemConfig, target: Target, found: Found) -> StepPlan:
        """See Erasable. Key names that carry an identifier reach the append-only file until it is rewritten."""
        blind = probing.blindness(config)
        with connected(config) as client:
            dataset = Dataset(client, target)
            long = dataset.stream is not None and client.xlen(dataset.stream) > purging.REBUILD_UP_TO
            places = {"replica": "replicas"} if client.info("replication")["connected_slaves"] else {}
            if refusals.hits(client, scan.Needles(())) is None:
                places |= {refusals.PLACE: refusals.WORDS}
        rebuild = ("rebuild of the stream",) if dataset.stream is not None else ()
        return StepPlan(
            count=found.count,
            exclusive_lock=long,
            leaks_predicate=dataset.stream is None,
            delete_by="entry id" if dataset.stream is not None else "key name",
            purge=(*rebuild, "BGREWRITEAOF", "BGSAVE", "SLOWLOG RESET", "ACL LOG RESET where it names the subject"),
            probes=(Declared("logical", True), Declared("decoded", True, blind), Declared("raw", not blind, blind)),
            copies=copies.planned(config, places),
        )

    def delete(self, config: SystemConfig, target: Target, subject: Subject, *, still_mine: Fence) -> Deleted:
        """See Erasable. In batches, each behind the fence."""
        with connected(config) as client:
            dataset = Dataset(client, target)
            keys = dataset.find(subject)
            removed = 0
            check_fence(still_mine)
            for start in range(0, len(keys), BATCH):
                check_fence(still_mine)
                removed += _remove(client, dataset, keys[start : start + BATCH])
        return Deleted(removed, ids=tuple(key.decode(errors="surrogateescape") for key in keys))

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
        """See Erasable. A stream is rebuilt because XDEL leaves the bytes in its node."""
        with connected(config) as client:
            dataset = Dataset(client, target)
            forgotten = refusals.forget(client, _needles(client, target, subject, found), still_mine)
            if dataset.stream is None:
                return Purged((*purging.rewrite_files(client, still_mine), *forgotten))
            long = client.xlen(dataset.stream) > purging.REBUILD_UP_TO
            if long and not allow_exclusive:
                done = (*purging.rewrite_files(client, still_mine), "stream not rebuilt: pause not approved")
                return Purged((*done, *forgotten))
            purging.rebuild_stream(client, dataset.stream, still_mine)
            done = ("stream rebuilt", *purging.rewrite_files(client, still_mine))
            return Purged((*done, *forgotten), exclusive=long)

    def verify_logical(self, config: SystemConfig, target: Target, subject: Subject) -> Probe:
        """See Erasable."""
        with connected(config) as client:
            return Probe("logical", True, len(Dataset(client, target).find(subject)))

    def verify_decoded(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """See Erasable: compressed strings in the files, command logs."""
        with connected(config) as client:
            probe = probing.decoded(client, config, scan.needles_of(subject, found))
            if probe.hits:
                probe = probing.decoded(client, config, _needles(client, target, subject, found))
        return probe

    def verify_raw(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """See Erasable: every file under the directory. Others' longer identifiers are looked up only on a hit."""
        probe = probing.raw(config, scan.needles_of(subject, found))
        if not probe.hits:
            return probe
        with connected(config) as client:
            return probing.raw(config, _needles(client, target, subject, found))

    def residuals(
        self, config: SystemConfig, target: Target, subject: Subject, found: Found, *, today: date
    ) -> list[Residual]:
        """See Erasable. The log of refused commands is one where this user may not read it."""
        with connected(config) as client:
            replicas = client.info("replication")["connected_slaves"]
            unread = refusals.hits(client, scan.Needles(())) is None
        own = [copies.residual(config, "replica", "replicas", today)] if replicas else []
        own += [copies.residual(config, refusals.PLACE, refusals.WORDS, today)] if unread else []
        return own + copies.backups(config, today)


def _remove(client: Client, dataset: Dataset, keys: list[bytes]) -> int:
    """DEL keys or XDEL entries; how many there were."""
    return int(client.delete(*keys) if dataset.stream is None else client.xdel(dataset.stream, *keys))


def _needles(client: Client, target: Target, subject: Subject, found: Found) -> scan.Needles:
    return scan.needles_of(subject, found, Dataset(client, target).neighbours(subject))
