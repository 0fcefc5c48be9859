"""Folders of Parquet files."""

from contextlib import AbstractContextManager

from portal.core.connectors.base import Measurable, Reader, Setting, SystemConfig
from portal.core.connectors.lake import reading
from portal.core.connectors.lake.folders import dataset_folder
from portal.core.connectors.registry import connector


@connector("parquet")
class Parquet(Measurable):
    """Datasets are folders under `root`, with `key=value` sub-folders as partitions; there is no secret."""

    label = "Parquet files"
    settings = (
        Setting("root", "Folder that holds the dataset folders.", required=True),
        Setting("memory_limit", "Memory that a probe may use, such as 512MB."),
    )

    def ping(self, config: SystemConfig) -> None:
        """See Connector."""
        dataset_folder(config, ".")

    def reader(
        self, config: SystemConfig, object_name: str, *, timeout_s: float = 30
    ) -> AbstractContextManager[Reader]:
        """See Measurable."""
        return reading.reader(config, object_name, timeout_s=timeout_s)
