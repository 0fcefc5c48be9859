"""Folders of Parquet files."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from portal.core.connectors import copies, identity_maps, scan
from portal.core.connectors.base import (
    NO_SETTINGS,
    Declared,
    Deleted,
    Edge,
    Erasable,
    Fence,
    Found,
    Identifier,
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
from portal.core.connectors.lake import inside, people, reading, rewriting
from portal.core.connectors.lake.folders import all_files, data_files, dataset_folder
from portal.core.connectors.registry import connector

PASSES = 3  # looks at the folder: a compaction may move rows to a new file while the old one is rewritten
COMPRESSED = "Compressed columns are invisible to a byte scan; the decode probe reads them."


@connector("parquet")
class Parquet(Measurable, Resolvable, Erasable):
    """Datasets are folders under `root`, with `key=value` sub-folders as partitions; there is no secret."""

    label = "Parquet files"
    settings = (
        Setting("root", "Folder that holds the dataset folders.", required=True),
        Setting("memory_limit", "Memory that a probe may use, such as 512MB."),
        copies.BACKUPS,
        identity_maps.SETTING,
    )
    target_settings = (
        Setting("identifiers", "Which column holds which kind of identifier.", required=True),
        Setting("surrogate", "Key column that means nothing outside."),
        Setting("vector_column", "List column with an embedding."),
    )

    def ping(self, config: SystemConfig) -> None:
        """See Connector."""
        dataset_folder(config, ".")

    def transit(self, config: SystemConfig) -> Transit:
        """See Connector. No connection is made; who mounts a remote folder there answers for its way."""
        dataset_folder(config, ".")
        return Transit(True, "Files are read on this machine, over no connection of the portal's.")

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
        """See Resolvable. A map's object is a dataset folder."""
        found: list[Edge] = []
        for each in identity_maps.maps_from(config, identifier.kind):
            files = data_files(dataset_folder(config, each.object_name))
            rows = [row for path in files for row in people.map_rows(path, each.columns, identifier)]
            found += identity_maps.edges_of(each, config.name, identifier, rows)
        return found

    def discover(self, config: SystemConfig, target: Target, subject: Subject) -> Found:
        """See Erasable."""
        count, keys = 0, set[str]()
        vectors: list[bytes] = []
        for _, rows in _holding(config, target, subject):
            count += rows.num_rows
            keys.update(people.keys_of(rows, target))
            vectors += people.vectors_of(rows, target)
        return Found(count, tuple(sorted(keys)), tuple(vectors))

    def plan(self, config: SystemConfig, target: Target, found: Found) -> StepPlan:
        """See Erasable. Rewriting is the purge; readers keep the old file until they open the new one."""
        dataset_folder(config, target.object_name)
        return StepPlan(
            count=found.count,
            exclusive_lock=False,
            leaks_predicate=False,
            delete_by="rewrite of the files that hold the subject",
            purge=(),
            probes=(Declared("logical", True), Declared("decoded", True), Declared("raw", True, COMPRESSED)),
            copies=copies.planned(config, {}),
        )

    def delete(self, config: SystemConfig, target: Target, subject: Subject, *, still_mine: Fence) -> Deleted:
        """See Erasable. `partitions` are the rewritten files, relative to the dataset."""
        folder = dataset_folder(config, target.object_name)
        removed: dict[Path, int] = {}
        check_fence(still_mine)
        for _ in range(PASSES):
            holding = [path for path, _ in _holding(config, target, subject)]
            for path in holding:
                check_fence(still_mine)
                rows = rewriting.rewrite_without(path, folder, target, subject, still_mine)
                removed[path] = removed.get(path, 0) + rows
            if not holding:
                break
        return Deleted(
            sum(removed.values()), partitions=tuple(sorted(str(path.relative_to(folder)) for path in removed))
        )

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
        """See Erasable. Removes what a killed worker left half written, and summary files with stale statistics."""
        check_fence(still_mine)
        done = []
        for path in all_files(dataset_folder(config, target.object_name)):
            if path.name.startswith(rewriting.TEMPORARY) or path.name in {"_metadata", "_common_metadata"}:
                check_fence(still_mine)
                path.unlink(missing_ok=True)
                done.append("left-over or summary file removed")
        return Purged(tuple(sorted(set(done))))

    def verify_logical(self, config: SystemConfig, target: Target, subject: Subject) -> Probe:
        """See Erasable."""
        return Probe("logical", True, sum(rows.num_rows for _, rows in _holding(config, target, subject)))

    def verify_decoded(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """See Erasable: all columns, not only the declared ones; statistics and notes; copies under any name."""
        needles = _needles(config, target, subject, found)
        hits, broken = 0, 0
        for path in all_files(dataset_folder(config, target.object_name)):
            try:
                hits += inside.hits_in(path, needles) if inside.is_parquet(path) else 0
            except FileNotFoundError:
                continue
            except (pa.ArrowException, OSError):
                broken += 1
        caveat = f"{broken} files cannot be read as Parquet." if broken else ""
        return Probe("decoded", True, hits, " ".join(filter(None, (caveat, needles.caveat))))

    def verify_raw(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """See Erasable: every file in the folder, hidden and left-over ones too."""
        needles = _needles(config, target, subject, found)
        if not needles.all:
            return Probe.blind("raw", needles.caveat)
        try:
            hits = scan.search(all_files(dataset_folder(config, target.object_name)), needles)
        except OSError as error:
            return Probe.blind("raw", f"The dataset's files cannot be read ({type(error).__name__}).")
        return Probe("raw", True, len(hits), " ".join(filter(None, (COMPRESSED, needles.caveat))))

    def residuals(
        self, config: SystemConfig, target: Target, subject: Subject, found: Found, *, today: date
    ) -> list[Residual]:
        """See Erasable. Only declared backups (of the file system) lag behind."""
        return copies.backups(config, today)


def _holding(config: SystemConfig, target: Target, subject: Subject) -> Iterator[tuple[Path, pa.Table]]:
    """Files that hold the subject, with its rows. A file that vanishes meanwhile is passed over."""
    folder = dataset_folder(config, target.object_name)
    for path in data_files(folder):
        try:
            rows = people.rows_of(path, folder, target, subject)
        except FileNotFoundError:
            continue
        if rows.num_rows:
            yield path, rows


def _needles(config: SystemConfig, target: Target, subject: Subject, found: Found) -> scan.Needles:
    """What to look for, knowing others' identifiers that contain one of the subject's."""
    folder, own = dataset_folder(config, target.object_name), set().union(*subject.identifiers.values(), set())
    others: set[str] = set()
    for path in data_files(folder):
        table = people.read(path, list(target.columns.values()))
        for column in table.columns:
            others.update(people.containing(column, own))
    return scan.needles_of(subject, found, sorted(others - own))
