"""Lagging copies with a declared bound: `<place>_expiry_days` in a system's settings."""

from datetime import date, timedelta

from portal.core.connectors.base import Setting, SystemConfig
from portal.core.connectors.values import LaggingCopy, Residual

BACKUPS = Setting("backup_expiry_days", "Days until every backup that holds today's data is gone; empty: no backups.")


def days(config: SystemConfig, place: str) -> int | None:
    """The declared bound of a place in days, None when nobody declared one."""
    value = config.settings.get(f"{place}_expiry_days")
    return None if value in (None, "") else int(value)


def residual(config: SystemConfig, place: str, where: str, today: date, hits: int | None = None) -> Residual:
    """A residual at `where`, bounded by the declared days of `place`."""
    bound = days(config, place)
    return Residual(where, None if bound is None else today + timedelta(days=bound), hits)


def backups(config: SystemConfig, today: date) -> list[Residual]:
    """Backups are a residual wherever the system's owner declares that there are any."""
    return [residual(config, "backup", "backups", today)] if days(config, "backup") is not None else []


def planned(config: SystemConfig, places: dict[str, str]) -> tuple[LaggingCopy, ...]:
    """The same for the preview: place -> where, backups added when declared."""
    if days(config, "backup") is not None:
        places = places | {"backup": "backups"}
    return tuple(LaggingCopy(where, days(config, place)) for place, where in places.items())
