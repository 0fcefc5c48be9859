"""Points for what customers buy, onto their loyalty cards in the shops' SQLite file."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime

import psycopg

from portal.client.lineage import Dataset, Emitter, aggregated, computed, copied, current_run, filtered, same, traced
from portal.demo.estate import places
from portal.demo.estate.names import CARDS, CUSTOMERS, EVENTS
from portal.demo.pipelines import versions
from portal.demo.pipelines.customers import active
from portal.demo.pipelines.telling import dataset

SEEN, PEOPLE = dataset(EVENTS), dataset(CUSTOMERS)
WRITTEN = dataset(
    CARDS,
    column_lineage={
        **same(PEOPLE, "customer_id"),
        "card_no": [computed(PEOPLE, "customer_id")],
        "email": [copied(PEOPLE, "email")],
        "name": [copied(PEOPLE, "name")],
        "points": [aggregated(SEEN, "amount_usd", "sum")],
    },
    influences=[filtered(SEEN, "event_ts")],
)
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS cards (card_no TEXT PRIMARY KEY, customer_id TEXT NOT NULL UNIQUE,"
    " email TEXT NOT NULL, name TEXT NOT NULL, points INTEGER NOT NULL)"
)


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Credit everybody who did something between two times, told as one run."""
    job = traced(emitter, job="credit_points", inputs=[SEEN, PEOPLE], outputs=[WRITTEN], record=["since", "until"])
    job(credit_points)(since=since, until=until)


def credit_points(*, since: datetime, until: datetime) -> Dataset:
    """A point a dollar; who has no card yet gets one."""
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        rows = active(connection, since, until)
        current_run().reads(
            SEEN.measured(version=versions.of_events(connection)),
            PEOPLE.measured(version=versions.of_customers(connection)),
        )
    cards = [(card_of(row.customer_id), row.customer_id, row.email, row.name, int(row.spend)) for row in rows]
    with closing(opened()) as shop, shop:
        shop.executemany(
            "INSERT INTO cards (card_no, customer_id, email, name, points) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (customer_id) DO UPDATE SET points = points + excluded.points",
            cards,
        )
        (version,) = shop.execute("PRAGMA data_version").fetchone()
        (held,) = shop.execute("SELECT count(*) FROM cards").fetchone()
    return WRITTEN.measured(rows=len(cards), version=f"{held} cards, {version}")


def opened() -> sqlite3.Connection:
    """The shops' database, made where it is missing, with a write-ahead log as tills need it."""
    path = places.loyalty()
    path.parent.mkdir(parents=True, exist_ok=True)
    shop = sqlite3.connect(path, timeout=30)
    shop.execute("PRAGMA journal_mode = WAL")
    shop.execute(SCHEMA)
    return shop


def card_of(customer_id: str) -> str:
    """A card's number, which says nothing of its holder.

    >>> card_of("c_49102")
    '0056-0859-6883'
    """
    number = int.from_bytes(hashlib.blake2b(customer_id.encode(), key=b"loyalty", digest_size=8).digest())
    digits = f"{number % 10**12:012d}"
    return "-".join(digits[at : at + 4] for at in range(0, 12, 4))
