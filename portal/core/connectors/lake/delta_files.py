"""The newest version of a Delta table as files to be erased from: what its log says of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from portal.core.connectors.base import ConnectorError, SystemConfig
from portal.core.connectors.lake import delta
from portal.core.connectors.lake.folders import dataset_folder
from portal.core.connectors.lake.people import DataFile

Action = Mapping[str, Any]


@dataclass(frozen=True)
class Version:
    """One version: delta-rs's table, its data files, and by path (as the log spells it) what the log says of each."""

    folder: Path
    table: Any
    files: list[DataFile]
    logged: dict[Path, Action] = field(default_factory=dict)

    @property
    def partitions(self) -> list[str]:
        """The names of the partition columns."""
        return list(self.table.metadata().partition_columns)

    @property
    def configuration(self) -> Mapping[str, str]:
        """The table's properties."""
        return dict(self.table.metadata().configuration)


def newest(config: SystemConfig, object_name: str) -> Version:
    """The table as it is now. Raises ConnectorError where there is none, or one that cannot be erased from."""
    folder = dataset_folder(config, object_name)
    with delta.in_our_words(f"{object_name} in {config.name}"):
        table = delta.opened(folder)
        mapped = table.metadata().configuration.get("delta.columnMapping.mode", "none") != "none"
        if mapped:
            said = (
                f"The Delta table {object_name} in {config.name} has other column names in its files (column mapping):"
            )
            raise ConnectorError(f"{said} it can be measured, and not be erased from.", code="columnMapping")
        actions = pa.table(table.get_add_actions(flatten=True)).to_pylist()
        logged = {delta.inside(folder, action["path"]): action for action in actions}
        return Version(folder, table, _files(table, logged), logged)


def _files(table: Any, logged: Mapping[Path, Action]) -> list[DataFile]:
    known = frozenset(each.name for each in table.schema().fields)
    names = table.metadata().partition_columns
    masked: dict[str, list[int]] = {}
    for row in delta.deleted_rows(table).to_pylist():
        masked.setdefault(row["of_file"], []).append(row["of_row"])
    return [
        DataFile(
            path,
            {name: as_logged(action[f"partition.{name}"]) for name in names},
            known,
            tuple(masked.get(str(path), ())),
        )
        for path, action in logged.items()
    ]


def as_logged(value: Any) -> str | None:
    """A partition's value as the protocol writes it into the log.

    >>> as_logged(True), as_logged(date(2026, 1, 2)), as_logged(datetime(2026, 1, 2, 3, 4, 5)), as_logged(None)
    ('true', '2026-01-02', '2026-01-02 03:04:05.000000', None)
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    if isinstance(value, date):
        return value.isoformat()
    return value.decode(errors="surrogateescape") if isinstance(value, bytes) else str(value)
