"""Delta Lake tables in folders."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from portal.core.connectors.base import NO_SETTINGS, Measurable, Reader, Setting, SystemConfig, Target, Transit
from portal.core.connectors.lake import delta
from portal.core.connectors.lake.folders import dataset_folder
from portal.core.connectors.registry import connector


@connector("delta")
class Delta(Measurable):
    """Datasets are Delta tables in folders under `root`, read at their newest version; there is no secret."""

    label = "Delta Lake"
    settings = (
        Setting("root", "Folder that holds the tables' folders.", required=True),
        Setting("memory_limit", "Memory that a probe may use, such as 512MB."),
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
        return delta.reader(config, [object_name, *(each.object_name for each in also)], timeout_s=timeout_s)
