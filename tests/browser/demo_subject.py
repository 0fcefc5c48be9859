"""One more customer of the running demo, who gets everywhere by the demo's own pipelines, and a case at the desk."""

from __future__ import annotations

import csv
import secrets
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from portal.embedded import plan as plans

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.stand import Stand

PLACES = {
    ("oltp", "estate.app.customers"),
    ("oltp", "estate.app.customer_events"),
    ("vector_db", "estate.vectors.customer_semantic"),
    ("lake", "clickstream"),
    ("feature_store", "customer_profile"),
    ("feature_store", "clicks"),
    ("lakehouse", "customer_activity"),
    ("loyalty", "cards"),
    ("backups", "customers"),
    ("support_desk", "support_cases"),
}
"""System and dataset of every place of the demo where a customer's data lie."""
PERSON = "INSERT INTO app.customers (customer_id, email, name, device_id) VALUES (%s, %s, %s, %s)"
EVENTS = """
INSERT INTO app.customer_events (customer_id, event_ts, event_type, amount_usd)
SELECT %s, now() - interval '3 minutes' * n, CASE WHEN n %% 2 = 0 THEN 'view' ELSE 'purchase' END, 10.5 * n
FROM generate_series(1, 12) AS n
"""
MOVE = """
import time
from portal.demo.pipelines import schedule
while not schedule.run_all(from_latest_success=False):
    time.sleep(0.1)
"""
VECTOR = "SELECT embedding::real[], embedding::text FROM vectors.customer_semantic WHERE customer_id = %s"


@dataclass(frozen=True)
class Somebody:
    """A person whose every value holds a mark that is nowhere else."""

    mark: str

    @property
    def email(self) -> str:
        return f"zelda.{self.mark}@example.net"

    @property
    def customer_id(self) -> str:
        return f"c_{self.mark[::-1]}"

    @property
    def device_id(self) -> str:
        return f"d-zelda-{self.mark}"

    @property
    def name(self) -> str:
        return f"Zelda Quint-{self.mark.upper()}"


class Desk:
    """The vendor's console of the support desk, which no program of ours reaches: one file of cases."""

    def __init__(self, folder: Path, person: Somebody) -> None:
        self.file = folder / "cases.csv"
        folder.mkdir()
        rows = [("somebody.else@example.net", "where is it"), (person.email, f"{person.name} wants a refund")]
        self._write(rows)

    def delete_for_good(self, address: str) -> int:
        """What a person does there by hand; how many cases went."""
        with self.file.open(newline="") as file:
            rows = [(contact, case) for contact, case in csv.reader(file)]
        self._write([row for row in rows if row[0] != address])
        return sum(row[0] == address for row in rows)

    def _write(self, rows: list[tuple[str, str]]) -> None:
        with self.file.open("w", newline="") as file:
            csv.writer(file).writerows(rows)


def plant(stand: Stand) -> tuple[Somebody, dict[str, str | bytes]]:
    """Make the customer and let every pipeline run over the whole time; the values to look for, by what they are."""
    person = Somebody(secrets.token_hex(5))
    url = plans.load_or_make(stand.var).database_url_of("estate")
    with psycopg.connect(url) as session:
        session.execute(PERSON, [person.customer_id, person.email, person.name, person.device_id])
        session.execute(EVENTS, [person.customer_id])
    stand.python(MOVE)
    with psycopg.connect(url) as session:
        [(vector, text)] = session.execute(VECTOR, [person.customer_id]).fetchall()
    return person, {
        "e-mail": person.email,
        "customer id": person.customer_id,
        "device": person.device_id,
        "name": person.name,
        "vector": struct.pack("<16f", *vector[:16]),
        "vector as text": text[1:60],
    }
