"""Folders of Parquet files."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from portal.core.connectors import copies
from portal.core.connectors.base import (
    Declared,
    Deleted,
    Fence,
    Found,
    Purged,
    StepPlan,
    Subject,
    SystemConfig,
    Target,
    check_fence,
)
from portal.core.connectors.lake import people, reading, rewriting
from portal.core.connectors.lake.connector import COMPRESSED, SETTINGS, Lake, needles_in, remove_named_folders
from portal.core.connectors.lake.folders import all_files, data_files, dataset_folder
from portal.core.connectors.lake.people import DataFile
from portal.core.connectors.registry import connector

PASSES = 3  # looks at the folder: a compaction may move rows to a new file while the old one is rewritten
SUMMARIES = {"_metadata", "_common_metadata"}


@connector("parquet")
class Parquet(Lake):
    """Datasets are folders under `root`, with `key=value` sub-folders as partitions."""

    label = "Parquet files"
    settings = SETTINGS
    open_reader: ClassVar = staticmethod(reading.reader)

    def files(self, config: SystemConfig, object_name: str) -> list[DataFile]:
        """See Lake."""
        folder = dataset_folder(config, object_name)
        return [DataFile(path, people.partition_values(path, folder)) for path in data_files(folder)]

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
            holding = [file for file, _ in people.holding(self.files(config, target.object_name), target, subject)]
            for file in holding:
                check_fence(still_mine)
                rows = rewriting.rewrite_without(file.path, _theirs(file, target, subject), still_mine)
                removed[file.path] = removed.get(file.path, 0) + rows
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
        """See Erasable: what a killed worker left half written, stale summaries, partitions named by the subject."""
        del allow_exclusive
        check_fence(still_mine)
        done = []
        folder = dataset_folder(config, target.object_name)
        for path in (*_left_over(folder), *_emptied(self.files(config, target.object_name), target, subject)):
            check_fence(still_mine)
            path.unlink(missing_ok=True)
            done.append("left-over or summary file removed")
        check_fence(still_mine)
        if remove_named_folders(folder, needles_in(config, target, subject, found)):
            done.append("partition named by the subject removed")
        return Purged(tuple(sorted(set(done))))


def _theirs(file: DataFile, target: Target, subject: Subject) -> rewriting.Theirs:
    return lambda rows: people.is_theirs(rows, file, target, subject)


def _left_over(folder: Path) -> Iterator[Path]:
    for path in all_files(folder):
        if path.name.startswith(rewriting.TEMPORARY) or path.name in SUMMARIES:
            yield path


def _emptied(files: list[DataFile], target: Target, subject: Subject) -> Iterator[Path]:
    """Files without a row in a partition that is named by one of the subject's identifiers."""
    for file in files:
        own = (subject.has(kind, file.partitions.get(column)) for kind, column in target.columns.items())
        if any(own) and _rows(file.path) == 0:
            yield file.path


def _rows(path: Path) -> int | None:
    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError):
        return None
