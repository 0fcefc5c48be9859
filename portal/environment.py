"""Typed reading of environment variables; a value that cannot be read stops the start with a sentence."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class SettingRefused(RuntimeError):
    """An environment variable holds something that the portal cannot use."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    """`1`, `true`, `yes`, `on` and their opposites, in any case."""
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise SettingRefused(f"{name}={value!r} is neither yes nor no: write 1 or 0.")


def whole(name: str, default: int) -> int:
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    try:
        return int(value)
    except ValueError:
        raise SettingRefused(f"{name}={value!r} is not a whole number.") from None


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list without empty items."""
    value = os.environ.get(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default)


def choice(name: str, *allowed: str) -> str:
    """One of a few words; the first is the default."""
    value = os.environ.get(name) or allowed[0]
    if value not in allowed:
        raise SettingRefused(f"{name}={value!r} is none of: {', '.join(allowed)}.")
    return value


def secret(name: str, kept_in: Path, make: Callable[[], str]) -> str:
    """The variable, or the file named by NAME_FILE, or a value made once and kept in `kept_in` (mode 0600)."""
    if value := os.environ.get(name):
        return value
    if named := os.environ.get(f"{name}_FILE"):
        try:
            return Path(named).read_text().strip()
        except OSError as error:
            raise SettingRefused(f"{name}_FILE names {named}, which cannot be read: {error.strerror}.") from error
    if not kept_in.exists():
        kept_in.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = kept_in.with_name(f"{kept_in.name}.{os.getpid()}")
        partial.touch(mode=0o600)
        partial.write_text(make())
        with contextlib.suppress(FileExistsError):  # another process of the same start was first: its value counts
            os.link(partial, kept_in)
        partial.unlink()
    return kept_in.read_text().strip()


def database(url: str) -> dict[str, object]:
    """A `postgresql://user:password@host:port/name?option=value` URL as Django's database settings."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise SettingRefused("DATABASE_URL must look like postgresql://user:password@host:port/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
