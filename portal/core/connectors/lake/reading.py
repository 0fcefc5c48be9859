"""Measuring Parquet folders: a view over the files as they are when it is opened."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from portal.core.connectors.base import ConnectorError, Reader, SystemConfig
from portal.core.connectors.duck import reading
from portal.core.connectors.lake.folders import data_files, dataset_folder


def reader(config: SystemConfig, names: Sequence[str], *, timeout_s: float) -> AbstractContextManager[Reader]:
    """Open dataset folders for measuring; see Measurable.reader."""
    sources = [source_of(config, name) for name in names]
    limit = config.settings.get("memory_limit") or reading.MEMORY_LIMIT
    return reading.reader(sources, timeout_s=timeout_s, memory_limit=limit)


def source_of(config: SystemConfig, object_name: str) -> reading.Source:
    """The folder's files as one view. Raises ConnectorError where there are none."""
    files = data_files(dataset_folder(config, object_name))
    if not files:
        said = f"The folder {object_name} in {config.name} holds no Parquet file to measure."
        raise ConnectorError(said, missing=True)
    names = ", ".join(reading.literal(str(path)) for path in files)
    query = f"SELECT * FROM read_parquet([{names}], union_by_name = true, hive_partitioning = true)"  # noqa: S608
    return reading.Source(object_name, query, files)
