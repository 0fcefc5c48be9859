"""Where the backups of a dataset lie, how old they are, and how long they and the copies of their keys are kept."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal.core.connectors import copies
from portal.core.connectors.backup import format as form
from portal.core.connectors.base import ConnectorError, SystemConfig, Target
from portal.core.connectors.lake.folders import dataset_folder

STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Limits:
    """How long a backup is kept, and how long a copy of the key store that lies elsewhere."""

    data: timedelta
    keys: timedelta


def limits(config: SystemConfig) -> Limits:
    """Raises ConnectorError where they are not declared, or where an old key outlives what it opens."""
    data, keys = copies.days(config, "backup"), copies.days(config, "key_copy")
    if data is None or keys is None:
        raise ConnectorError(
            f"{config.name} has to declare `backup_expiry_days` and `key_copy_expiry_days`: without them nobody knows "
            "until when an old key opens an old backup."
        )
    if keys >= data:
        raise ConnectorError(
            f"{config.name} keeps copies of its key store for {keys} days and backups for {data}: an old key would "
            "open every backup, so shredding means nothing. Let the copies of the keys expire first."
        )
    return Limits(timedelta(days=data), timedelta(days=keys))


def person_of(target: Target) -> str:
    """The kind of identifier that stands for one person. Raises ConnectorError where the placement names none."""
    person = str(target.settings.get("person", ""))
    if person not in target.columns:
        raise ConnectorError("The placement of a backup needs `person`, one of the kinds in its `identifiers`.")
    return person


def path_for(config: SystemConfig, target: Target, header: form.Header) -> Path:
    """Where a new backup goes; its folder is made."""
    (Path(dataset_folder(config, ".")) / target.object_name).mkdir(parents=True, exist_ok=True)
    folder = dataset_folder(config, target.object_name)
    return folder / f"{header.made_at.astimezone(UTC):{STAMP}}-{header.id.hex()[:8]}{form.SUFFIX}"


def files(config: SystemConfig, target: Target) -> list[Path]:
    """Every backup of the dataset, the oldest first. Raises ConnectorError where it has no folder."""
    found = dataset_folder(config, target.object_name).glob(f"*{form.SUFFIX}")
    return sorted(path for path in found if not path.name.startswith("."))


def age(path: Path, at: datetime) -> timedelta:
    """How old a backup or a copy of the keys is, by the time in its name; one without a time is as old as its file."""
    stamp = re.search(r"\d{8}T\d{6}Z", path.name)
    made = (
        datetime.strptime(stamp.group(), STAMP).replace(tzinfo=UTC)
        if stamp
        else datetime.fromtimestamp(path.stat().st_mtime, UTC)
    )
    return at - made
