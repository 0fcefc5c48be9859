"""Rewriting a Parquet file without a subject's rows, and putting it in place only if nobody changed it meanwhile."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from portal.core.connectors.base import ConnectorError, Fence, check_fence
from portal.core.connectors.lake.people import without_views

ATTEMPTS = 5
TEMPORARY = ".custody-"

Generation = tuple[int, int, int]
Theirs = Callable[[pa.Table], pa.ChunkedArray | pa.Array]
"""Marks the rows of a table that have to go."""


class Overtaken(Exception):
    """Somebody replaced or changed the file while it was being rewritten."""


def generation(path: Path) -> Generation:
    """What changes whenever a file is rewritten or replaced: modification time in ns, size, inode."""
    state = path.stat()
    return state.st_mtime_ns, state.st_size, state.st_ino


def rewrite_without(path: Path, theirs: Theirs, still_mine: Fence) -> int:
    """Take the subject's rows out of one file; how many there were. Starts over when the file changed meanwhile.

    Raises ConnectorError when it keeps changing, FencedOff when the step is no longer ours.
    """
    for _ in range(ATTEMPTS):
        try:
            return _once(path, theirs, still_mine)
        except Overtaken:
            continue
        except FileNotFoundError:
            return 0  # a compaction took the file away; its successor is found by the next look at the folder
    raise ConnectorError("A file of the dataset kept changing while it was rewritten; try later.", retryable=True)


def _once(path: Path, theirs: Theirs, still_mine: Fence) -> int:
    before = generation(path)
    with temporary(path) as new:
        try:
            removed = copy_without(path, new, theirs)
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, FileNotFoundError) or generation(path) != before:
                raise Overtaken from None
            raise ConnectorError("A file of the dataset cannot be rewritten.", code=type(error).__name__) from None
        if removed:
            check_fence(still_mine)
            if generation(path) != before:
                raise Overtaken
            os.replace(new, path)
            _sync(path.parent)
    return removed


def copy_without(path: Path, new: Path, theirs: Theirs) -> int:
    """Write the other rows, row group by row group, with the file's own schema, codecs and metadata; how many went."""
    removed = 0
    with pq.ParquetFile(path) as old:
        schema = without_views(old.schema_arrow.empty_table()).schema
        with pq.ParquetWriter(new, schema, **_like(old)) as writer:
            for number in range(old.num_row_groups):
                rows = without_views(old.read_row_group(number))
                kept = rows.filter(pc.invert(theirs(rows)))
                removed += rows.num_rows - kept.num_rows
                writer.write_table(_without_unused(kept), row_group_size=max(1, kept.num_rows))
    shutil.copystat(path, new)
    os.utime(new)  # the copy is new; only its rights are the old one's
    _sync(new)
    return removed


def _without_unused(rows: pa.Table) -> pa.Table:
    """Make dictionaries anew: filtering rows keeps the values that no row uses, and they would be written again."""
    plain = pa.schema([field.with_type(_plain(field.type)) for field in rows.schema], rows.schema.metadata)
    return rows.cast(plain).cast(rows.schema)


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type with dictionaries replaced by their values, inside lists and structs too."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_plain(field.type)) for field in kind])
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_plain(kind.value_type)))
    return kind


def _like(old: pq.ParquetFile) -> dict[str, object]:
    """Writer options that repeat the old file's codec for each column and its format version."""
    if not old.num_row_groups:
        return {}
    group = old.metadata.row_group(0)
    codecs = {group.column(n).path_in_schema: group.column(n).compression for n in range(group.num_columns)}
    return {"compression": codecs, "version": old.metadata.format_version, "store_schema": True}


@contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """A file beside `path` that no reader takes for data, gone afterwards unless it was moved into place."""
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, suffix=".tmp", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Bring a file or a folder's entries to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
