"""Taking a subject's rows out of a Delta table: new files for old ones, in one commit that names no predicate.

delta-rs's own delete would write its predicate into the log, and the deleted rows into the change feed where a table
has one. The commit here names files only. It is optimistic: appends by others do not touch it; where somebody removed
or rewrote one of the files meanwhile, delta-rs refuses it, and the work is done again on the newer version.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from portal.core.connectors.base import ConnectorError, Deleted, Fence, FencedOff, Subject, Target, check_fence
from portal.core.connectors.lake import people, rewriting
from portal.core.connectors.lake.delta_files import Version
from portal.core.connectors.lake.delta_statistics import statistics_of
from portal.core.connectors.lake.people import DataFile

ATTEMPTS = 20
Newest = Callable[[], Version]


class Overtaken(Exception):
    """Somebody else's commit changed one of the files."""


def erase(newest: Newest, target: Target, subject: Subject, still_mine: Fence) -> Deleted:
    """Rewrite every file that holds the subject, until a version has none; `partitions` are the files replaced.

    Raises ConnectorError when the table keeps changing or may not be written, FencedOff when the step is not ours.
    """
    removed: dict[str, int] = {}
    check_fence(still_mine)
    for _ in range(ATTEMPTS):
        version = newest()
        try:
            holding = list(_holding(version, target, subject))
            if not holding:
                return Deleted(sum(removed.values()), partitions=tuple(sorted(removed)))
            removed |= _replace(version, holding, target, subject, still_mine)
        except (Overtaken, FileNotFoundError):
            continue
    raise ConnectorError("The Delta table kept changing while it was rewritten; try later.", retryable=True)


def _holding(version: Version, target: Target, subject: Subject) -> Iterator[DataFile]:
    """Files with the subject's rows, also with rows that readers no longer see."""
    for file in version.files:
        table = people.read(file.path, people.named_columns(target))
        if not pc.any(people.is_theirs(table, file, target, subject)).as_py():
            continue
        if file.masked:
            said = "A file with the subject has rows that a deletion vector marks, which is not rewritten here: compact"
            raise ConnectorError(f"{said} the table first (REORG TABLE … APPLY (PURGE)).", code="deletionVectors")
        yield file


def _replace(
    version: Version, files: list[DataFile], target: Target, subject: Subject, still_mine: Fence
) -> dict[str, int]:
    """One commit that puts new files in the place of the old ones; rows removed by the old file's name."""
    if version.configuration.get("delta.appendOnly") == "true":
        said = "The Delta table takes no deletions (delta.appendOnly); its owner has to lift that first."
        raise ConnectorError(said, code="appendOnly")
    removed: dict[str, int] = {}
    with _new_files() as made:
        actions: list[Any] = []
        for file in files:
            check_fence(still_mine)
            new = _beside(file.path)
            made.append(new)
            removed[version.logged[file.path]["path"]] = _written(file, new, target, subject)
            actions += _swap(version, file, new)
        check_fence(still_mine)
        _commit(version, actions)
    return removed


def _beside(path: Path) -> Path:
    return path.with_name(f"part-00000-{uuid.uuid4()}-c000{''.join(path.suffixes[-2:])}")


def _written(file: DataFile, new: Path, target: Target, subject: Subject) -> int:
    with rewriting.temporary(file.path) as partial:
        try:
            removed = rewriting.copy_without(
                file.path, partial, lambda rows: people.is_theirs(rows, file, target, subject)
            )
        except pa.ArrowException as error:
            said = "A file of the Delta table cannot be rewritten."
            raise ConnectorError(said, code=type(error).__name__) from None
        partial.rename(new)
    return removed


def _swap(version: Version, file: DataFile, new: Path) -> Iterator[Any]:
    """The actions for one file: the old one goes, and the new one comes unless nothing is left in it."""
    from deltalake.transaction import AddAction, RemoveAction

    old, present = version.logged[file.path], int(time.time() * 1000)
    path = unquote(old["path"])  # delta-rs escapes paths as it writes them, and hands them out as written
    partitions = dict(file.partitions)
    yield RemoveAction(path, True, present, old["size_bytes"], partitions)
    rows = pq.read_metadata(new).num_rows
    if rows:
        name = f"{path.rpartition('/')[0]}/{new.name}".lstrip("/")
        stats = statistics_of(new, old)
        yield AddAction(name, new.stat().st_size, partitions, present, True, stats)
    else:
        new.unlink()


def _commit(version: Version, actions: list[Any]) -> None:
    """Write the log entry; raises Overtaken where another commit came first and took one of the files."""
    from deltalake.exceptions import CommitFailedError, DeltaError
    from deltalake.transaction import PostCommitHookProperties

    try:
        version.table.create_write_transaction(
            actions,
            "append",
            version.table.schema(),
            version.partitions,
            post_commithook_properties=PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False),
        )
    except CommitFailedError:
        raise Overtaken from None
    except (DeltaError, OSError, ValueError, pa.ArrowException) as error:
        said = "The Delta table did not take the commit: it needs a writer's feature that is not known here."
        raise ConnectorError(said, code=type(error).__name__) from None


@contextmanager
def _new_files() -> Iterator[list[Path]]:
    """Files made for a commit; they go where the commit did not come about, and never where it did."""
    made: list[Path] = []
    try:
        yield made
    except (Overtaken, FencedOff, FileNotFoundError):
        for path in made:
            path.unlink(missing_ok=True)
        raise
