"""A backup of the customers each night, every person's rows under a key of their own."""

from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from portal.client.lineage import Dataset, Emitter, current_run, same, traced
from portal.core.connectors.backup import reader, writer
from portal.demo.estate import backup, places
from portal.demo.estate.names import CUSTOMERS, NIGHTLY
from portal.demo.pipelines import versions
from portal.demo.pipelines.customers import falls_due
from portal.demo.pipelines.telling import dataset

EVERY = timedelta(days=1)
PEOPLE = dataset(CUSTOMERS)
WRITTEN = dataset(NIGHTLY, column_lineage=same(PEOPLE, "customer_id", "email", "name", "device_id"))


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Back the customers up where a midnight has passed, told as one run; old backups expire."""
    if falls_due(since, until, EVERY):
        job = traced(emitter, job="back_up_customers", inputs=[PEOPLE], outputs=[WRITTEN], nominal=_night)
        job(back_up)(until=until)


def _night(*, until: datetime) -> tuple[datetime, datetime]:
    return until - EVERY, until


def back_up(*, until: datetime) -> Dataset:
    """Write one file; what is older than its declared time goes."""
    config, target = backup.reach()
    with psycopg.connect(places.url_as(places.PIPELINE), row_factory=dict_row) as connection:
        rows = connection.execute("SELECT customer_id, email, name, device_id FROM app.customers").fetchall()
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        current_run().reads(PEOPLE.measured(rows=len(rows), version=versions.of_customers(connection)))
    written = writer.write(config, target, rows, at=until)
    writer.expire(config, target, at=until)
    return WRITTEN.measured(rows=len(rows), size=written.stat().st_size, files=1, version=written.stem)


def restored(path: Path | None = None) -> list[dict[str, object]]:
    """The customers of the newest backup, or of one file: everybody who still has a key."""
    config, target = backup.reach()
    return list(reader.restore(config, target, path))
