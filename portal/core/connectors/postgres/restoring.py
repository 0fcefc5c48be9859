"""Restoring a dump of pg_dump into a scratch database beside the live one, to rehearse a restore."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings as portal
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from portal.core.connectors.base import Backup, ConnectorError, SystemConfig
from portal.core.connectors.postgres.session import connected, connection_settings

ENDINGS = (".dump", ".backup")
LONGEST_S = 3600


def backups(config: SystemConfig) -> list[Backup]:
    """The dumps in the system's `backup_directory`, the newest first; a dump is as old as its file says."""
    folder = _folder(config)
    if folder is None:
        return []
    try:
        files = [path for path in folder.iterdir() if path.suffix in ENDINGS and path.is_file()]
        found = [Backup(path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)) for path in files]
    except OSError as error:
        raise ConnectorError(
            f"The folder with the dumps of {config.name} cannot be read.", code=type(error).__name__
        ) from None
    return sorted(found, key=lambda each: each.taken_at, reverse=True)


@contextmanager
def scratch(config: SystemConfig, backup: str) -> Iterator[SystemConfig]:
    """The system's configuration over a database of its own that holds the dump; dropped at the end, whatever happens.

    Raises ConnectorError where there is no such dump, or the role may not make databases.
    """
    if backup not in {each.name for each in backups(config)}:
        raise ConnectorError(f"{config.name} has no dump of this name in its `backup_directory`.")
    name = f"custody_rehearsal_{secrets.token_hex(6)}"
    _statement(config, "CREATE DATABASE {}", name)
    try:
        beside = replace(config, settings={**config.settings, "dbname": name})
        _restore(beside, (_folder(config) or Path()) / backup)
        yield beside
    finally:
        _statement(config, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _statement(config: SystemConfig, text: str, name: str) -> None:
    with connected(config, autocommit=True) as session:
        session.execute(sql.SQL(text).format(sql.Identifier(name)))  # type: ignore[arg-type]


def _folder(config: SystemConfig) -> Path | None:
    named = config.settings.get("backup_directory")
    return Path(named) if named else None


def _restore(config: SystemConfig, dump: Path) -> None:
    """Run pg_restore; what it says may repeat rows, so only its exit code is kept. The password is not an argument."""
    given = conninfo_to_dict(make_conninfo(**connection_settings(config)))
    password = str(given.pop("password", "") or "")
    command = [_tool("pg_restore"), "--no-owner", "--no-privileges", "--dbname", make_conninfo("", **given), str(dump)]
    environment = {"PATH": os.environ.get("PATH", ""), "PGPASSWORD": password}
    try:
        ended = subprocess.run(  # noqa: S603 - the program is the installation's own, the dump lies in its own folder
            command, env=environment, capture_output=True, check=False, timeout=LONGEST_S
        )
    except subprocess.TimeoutExpired:
        raise ConnectorError(f"Restoring the dump of {config.name} took longer than an hour.") from None
    if ended.returncode:
        raise ConnectorError(
            f"pg_restore could not restore this dump of {config.name}: it is damaged, plain SQL (make it with "
            "`pg_dump -Fc`), or newer than the program in CUSTODY_POSTGRES_TOOLS.",
            code=str(ended.returncode),
        )


def _tool(name: str) -> str:
    found = shutil.which(name, path=portal.POSTGRES_TOOLS or None)
    if found is None:
        raise ConnectorError(f"The program {name} is not here; name its folder in CUSTODY_POSTGRES_TOOLS.")
    return found
