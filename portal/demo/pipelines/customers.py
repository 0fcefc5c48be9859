"""Who is a customer now, for pipelines that copy people: nobody who was erased from the source is copied again."""

from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg


class Active(NamedTuple):
    """One customer with events in a window."""

    customer_id: str
    email: str
    name: str
    device_id: str
    events: int
    spend: float
    last: datetime


def active(connection: psycopg.Connection, since: datetime, until: datetime) -> list[Active]:
    """The customers with events between two times, with what they did in them."""
    rows = connection.execute(
        "SELECT c.customer_id, c.email, c.name, c.device_id, count(*), coalesce(sum(e.amount_usd), 0), max(e.event_ts)"
        " FROM app.customers c JOIN app.customer_events e USING (customer_id)"
        " WHERE e.event_ts >= %s AND e.event_ts < %s GROUP BY c.id ORDER BY c.id",
        [since, until],
    ).fetchall()
    return [Active(*row) for row in rows]


def falls_due(since: datetime, until: datetime, every: timedelta) -> bool:
    """Whether a full interval of the clock (a night, ten minutes) ends between two times."""
    seconds = every.total_seconds()
    return until.timestamp() // seconds > since.timestamp() // seconds
