"""Measuring Delta Lake tables: the log is replayed by delta-rs, the files that it names are read by DuckDB.

What DuckDB sees is the newest version: files that later commits removed are left out, rows that deletion vectors mark
too, columns have the names and types of the table's schema (a file may have fewer, or narrower ones), and partition
values come from the log. Statistics are never used, so missing or wrong ones change no answer.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pyarrow as pa

from portal.core.connectors.base import ConnectorError, Reader, SystemConfig
from portal.core.connectors.duck import reading
from portal.core.connectors.duck.reading import literal, quoted
from portal.core.connectors.lake.folders import dataset_folder

PHYSICAL = "delta.columnMapping.physicalName"
FILE, ROW = "custody_file", "file_row_number"


def reader(config: SystemConfig, names: Sequence[str], *, timeout_s: float) -> AbstractContextManager[Reader]:
    """Open Delta tables for measuring; see Measurable.reader."""
    sources = [source_of(config, name, number) for number, name in enumerate(names)]
    limit = config.settings.get("memory_limit") or reading.MEMORY_LIMIT
    return reading.reader(sources, timeout_s=timeout_s, memory_limit=limit)


def source_of(config: SystemConfig, object_name: str, number: int) -> reading.Source:
    """The newest version of the table as one view; `number` tells datasets of a session apart.

    Raises ConnectorError where there is no table, or one that cannot be read in full.
    """
    folder = dataset_folder(config, object_name)
    with in_our_words(f"{object_name} in {config.name}"):
        return _view(opened(folder), folder, object_name, number)


def _view(table: Any, folder: Path, object_name: str, number: int) -> reading.Source:
    partitions = list(table.metadata().partition_columns)
    actions = pa.table(table.get_add_actions(flatten=True))
    files = [inside(folder, path) for path in actions.column("path").to_pylist()]
    held = {f"empty_{number}": _empty(table, partitions)}
    source = f"SELECT * FROM empty_{number}"  # noqa: S608 - a name of ours
    if files:
        source += f" UNION ALL BY NAME SELECT * FROM read_parquet({_listed(files)}, {_options()})"  # noqa: S608 - literals
    where = ""
    if partitions:
        held[f"parts_{number}"] = _parts(actions, files, partitions)
        source = f"SELECT * FROM ({source}) AS d LEFT JOIN parts_{number} AS p ON d.{FILE} = p.of_file"  # noqa: S608
    deleted = deleted_rows(table)
    if deleted.num_rows:
        held[f"deleted_{number}"] = deleted
        where = f" WHERE ({FILE}, {ROW}) NOT IN (SELECT (of_file, of_row) FROM deleted_{number})"  # noqa: S608
    columns = ", ".join(_column(field, partitions) for field in table.schema().fields)
    query = f"SELECT {columns} FROM ({source}) AS whole{where}"  # noqa: S608 - names are quoted, files literals
    return reading.Source(object_name, query, files, held)


def opened(folder: Path) -> Any:
    """The table at its newest version; delta-rs is loaded here, because it is 130 MB of code."""
    from deltalake import DeltaTable

    return DeltaTable(str(folder))


@contextmanager
def in_our_words(what: str) -> Iterator[None]:
    """Our sentences for delta-rs's errors; its own texts name paths and quote the log."""
    from deltalake.exceptions import DeltaError, TableNotFoundError

    try:
        yield
    except TableNotFoundError:
        raise ConnectorError(f"The folder {what} is no Delta table; correct its placement.", missing=True) from None
    except (DeltaError, OSError, ValueError) as error:
        code = type(error).__name__
        said = f"The log of the Delta table {what} cannot be read: it is broken, or needs what is not known here."
        raise ConnectorError(said, code=code) from None


def inside(folder: Path, path: str) -> Path:
    """A file that the log names, by its path in the table's folder. Raises ConnectorError for any other place."""
    local = urlsplit(path).scheme == "" and not path.startswith("/")
    found = (folder / unquote(path)).resolve() if local else folder
    if not local or not found.is_relative_to(folder):
        said = "The table's log names a file outside of its folder (a shallow clone?), which no probe reads."
        raise ConnectorError(said, code="outside")
    return found


def _empty(table: Any, partitions: Sequence[str]) -> pa.Table:
    """No rows in the table's own types, under the names that files have: columns that files lack are NULL then."""
    fields = [field for field in table.schema().fields if field.name not in partitions]
    types = pa.schema(table.schema().to_arrow())
    schema = pa.schema([(_physical(field), types.field(field.name).type) for field in fields])
    return schema.append(pa.field(FILE, pa.string())).append(pa.field(ROW, pa.int64())).empty_table()


def _parts(actions: pa.Table, files: Sequence[Path], partitions: Sequence[str]) -> pa.Table:
    """The partition values of each file, in the schema's types."""
    values = {f"part_{n}": actions.column(f"partition.{name}") for n, name in enumerate(partitions)}
    return pa.table({"of_file": pa.array([str(path) for path in files], pa.string()), **values})


def deleted_rows(table: Any) -> pa.Table:
    """Rows that deletion vectors mark, by file and position in it."""
    paths: list[str] = []
    rows: list[int] = []
    for batch in table.deletion_vectors():
        for each in pa.record_batch(batch).to_pylist():
            marked = np.flatnonzero(~np.asarray(each["selection_vector"], dtype=bool))
            rows += marked.tolist()
            paths += [unquote(urlsplit(each["filepath"]).path)] * len(marked)
    return pa.table({"of_file": pa.array(paths, pa.string()), "of_row": pa.array(rows, pa.int64())})


def _column(field: Any, partitions: Sequence[str]) -> str:
    name = f"part_{partitions.index(field.name)}" if field.name in partitions else _physical(field)
    return f"{quoted(name)} AS {quoted(field.name)}"


def _physical(field: Any) -> str:
    return str(field.metadata.get(PHYSICAL, field.name))


def _listed(files: Sequence[Path]) -> str:
    return f"[{', '.join(literal(str(path)) for path in files)}]"


def _options() -> str:
    return f"union_by_name = true, hive_partitioning = false, filename = '{FILE}', file_row_number = true"
