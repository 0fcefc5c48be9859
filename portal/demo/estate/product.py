"""The made-up product: what its people do, sent on with a control total for each minute."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import SystemRandom

import psycopg

from portal.demo.estate.oltp import EVENT_TYPES

Row = tuple[str, datetime, str, float | None]
SECONDS_AN_EVENT = 6
KEPT = timedelta(days=2)


def send(connection: psycopg.Connection, since: datetime, until: datetime) -> list[Row]:
    """What happened between two times, of customers who still exist; the totals say how many events to expect."""
    chance = SystemRandom()
    count = max(3, int((until - since).total_seconds() // SECONDS_AN_EVENT))
    known = connection.execute("SELECT customer_id FROM app.customers ORDER BY random() LIMIT %s", [count]).fetchall()
    rows = [_event(row[0], until - (until - since) * chance.random(), chance) for row in known]
    totals = Counter(row[1].replace(second=0, microsecond=0) for row in rows)
    connection.cursor().executemany(
        "INSERT INTO app.event_totals (minute, rows_sent) VALUES (%s, %s)"
        " ON CONFLICT (minute) DO UPDATE SET rows_sent = event_totals.rows_sent + excluded.rows_sent",
        sorted(totals.items()),
    )
    connection.execute("DELETE FROM app.event_totals WHERE minute < %s", [until - KEPT])
    return rows


def _event(customer_id: str, when: datetime, chance: SystemRandom) -> Row:
    kind = chance.choice(EVENT_TYPES)
    amount = round(chance.lognormvariate(3, 1), 2) if kind == "purchase" else None
    return customer_id, min(when, datetime.now(UTC) - timedelta(seconds=1)), kind, amount
