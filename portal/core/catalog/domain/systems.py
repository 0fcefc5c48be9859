"""Which secrets and places a data system may name.

A system's definition is hostile input: whoever can write one could send a secret to a host of their own, or read the
portal's database. Secrets are references only, hosts and paths come from an allow-list (OWASP ASVS 5.2.6, SSRF).
This stays pure so that the rules can be read and tried without a portal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from portal.core.secrets import reference as secrets

HOST_KEYS = frozenset({"host", "hostname", "server"})
PATH_KEYS = frozenset({"path", "root", "directory", "data_directory", "log_directory", "backup_directory", "folder"})


class SystemRefused(ValueError):
    """A data system names something that it may not; the message says what, and what is allowed."""


@dataclass(frozen=True)
class Places:
    """What systems may name: hosts, folders below which they may lie, and what is never theirs."""

    hosts: frozenset[str]
    paths: tuple[Path, ...]
    forbidden_databases: frozenset[tuple[str, str, str]]  # (host, port, database)


def check_secret(reference: str) -> None:
    """Raise SystemRefused unless `reference` is empty, `env:CUSTODY_SECRET_…` or `file:NAME`.

    >>> check_secret("env:CUSTODY_SECRET_LAKE")
    >>> check_secret("file:lake.password")
    >>> check_secret("hunter2")
    Traceback (most recent call last):
    ...
    portal.core.catalog.domain.systems.SystemRefused: A secret is a reference, never a value: write \
env:CUSTODY_SECRET_NAME or file:NAME.
    """
    try:
        secrets.check(reference)
    except secrets.SecretRefused as error:
        raise SystemRefused(str(error)) from error


def check_settings(settings: Mapping[str, Any], places: Places) -> None:
    """Raise SystemRefused where a host or a path in `settings` is not allowed."""
    for key, value in settings.items():
        if key in HOST_KEYS and value not in places.hosts:
            raise SystemRefused(
                f"Host “{value}” is not on the allow-list ({_join(places.hosts)}); "
                "an administrator adds it in CUSTODY_SYSTEM_HOSTS."
            )
        if key in PATH_KEYS:
            check_path(str(value), places.paths)
        if key in {"dsn", "url", "password"}:
            raise SystemRefused(f"“{key}” belongs into a secret, not into the settings.")
    target = tuple(str(settings.get(k, "")) for k in ("host", "port", "dbname"))
    if target in places.forbidden_databases:
        raise SystemRefused("That is the portal's own database; no data system may name it.")


def check_path(path: str, allowed: Iterable[Path]) -> None:
    """Raise SystemRefused unless `path` is absolute, without `..`, and below one of `allowed`."""
    pure = PurePosixPath(path)
    if not pure.is_absolute() or ".." in pure.parts or not any(pure.is_relative_to(root) for root in allowed):
        raise SystemRefused(
            f"Path “{path}” is not below an allowed folder; an administrator adds it in CUSTODY_SYSTEM_PATHS."
        )


def _join(values: Iterable[str]) -> str:
    return ", ".join(sorted(values)) or "empty"
