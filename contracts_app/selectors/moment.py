"""The one moment at which the conditions of many versions are asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from contracts_app.models import Version
from portal.core.clock.services import now


def share_moment(versions: Iterable[Version]) -> None:
    """Ask the clock once for all of them."""
    at = now()
    for version in versions:
        version.__dict__["asked_at"] = at


def moment_of(version: Version) -> datetime:
    """When the version's conditions are asked: now, unless it was shared."""
    at: datetime = version.__dict__.get("asked_at") or now()
    return at
