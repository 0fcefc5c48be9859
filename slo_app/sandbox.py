"""Where fire drills happen: a folder of Parquet files of the portal's own, read by the same connector as any other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from django.conf import settings

from portal.core.catalog.selectors import systems
from portal.core.catalog.services import adopt_asset, place, register_system

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset
    from portal.core.evidence.actors import Actor
    from portal.core.identity.models import Team

SYSTEM = "custody-fire-drills"
NAMESPACE = "custody.drills"
FILE = "events.parquet"


def prepare(*, actor: Actor, team: Team) -> Asset:
    """The team's sandbox asset with its place in the drills' own system; made once."""
    asset = adopt_asset(actor=actor, namespace=NAMESPACE, name=team.slug, kind="file_set", owner_team=team)
    root = str(settings.DRILLS_DIR)
    system = systems().filter(name=SYSTEM, settings__root=root).first()
    if system is None:
        system = register_system(
            actor=actor, name=SYSTEM, kind="parquet", settings={"root": root}, label="Sandbox of fire drills"
        )
    place(asset=asset, system=system, object_name=team.slug)
    return asset


def plant(team: Team, age: timedelta) -> None:
    """Put one event of that age into the team's sandbox, by the source's own clock; the file is replaced as a whole."""
    folder = Path(settings.DRILLS_DIR) / team.slug
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"_{FILE}"  # readers skip names that begin with an underscore
    with duckdb.connect() as session:
        session.execute("SET threads = 1")
        query = "CREATE TABLE events AS SELECT now() - to_microseconds(?) AS event_ts"
        session.execute(query, [age // timedelta(microseconds=1)])
        session.table("events").write_parquet(str(fresh))
    fresh.replace(folder / FILE)
