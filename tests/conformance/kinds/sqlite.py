"""Test data of the kind sqlite: tickets with long notes in overflow pages, and updates without secure_delete."""

import sqlite3
import struct
from collections.abc import Iterator
from random import Random

from portal.core.connectors.base import SystemConfig, Target
from tests.conformance.estate import Estate


class SqliteEstate(Estate):
    """A database with a write-ahead log that another connection keeps open, so that it is never emptied by itself."""

    people = 300
    needs_a_directory = False
    journal = "WAL"
    encoding = "UTF-8"

    def plant(self) -> None:
        self.path = self.folder / "desk.db"
        self.config = SystemConfig("desk", "sqlite", {"path": str(self.path)})
        settings = {
            "identifiers": {"email": "email", "customer_id": "customer_id"},
            "surrogate": "id",
            "vector_column": "embedding",
        }
        self.target = Target("tickets", settings)
        self.random = Random(42)
        self.app = self.connect()
        self.app.execute(f"PRAGMA encoding = '{self.encoding}'")
        self.app.execute(f"PRAGMA journal_mode = {self.journal}")
        self.app.execute(
            "CREATE TABLE tickets (id INTEGER PRIMARY KEY, customer_id TEXT, email TEXT, score INT, notes TEXT,"
            " embedding BLOB)"
        )
        self.app.execute("CREATE INDEX by_email ON tickets (email)")
        self.app.execute("CREATE UNIQUE INDEX by_customer ON tickets (customer_id)")
        for number in range(self.people):
            self.write(number)
        self.put(self.customer, self.email, 7, f"{self.email} wrote. " * 900)
        self.app.execute("UPDATE tickets SET notes = 'short' WHERE score % 7 = 0 AND customer_id LIKE 'other%'")
        self.app.execute("UPDATE tickets SET notes = notes || ? WHERE customer_id = ?", ["!" * 5000, self.customer])

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=30, check_same_thread=False)
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("PRAGMA synchronous = OFF")  # the tests pull no plug
        return connection

    def put(self, customer: str, email: str, score: int, notes: str) -> None:
        vector = struct.pack("<32f", *(self.random.gauss(0, 1) for _ in range(32)))
        self.app.execute(
            "INSERT INTO tickets (customer_id, email, score, notes, embedding) VALUES (?, ?, ?, ?, ?)",
            [customer, email, score, notes, vector],
        )

    def write(self, number: int) -> None:
        self.put(*self.control(number).values(), "a note that runs on " * (number % 400))

    def controls(self) -> set[tuple[str, str, int]]:
        rows = self.app.execute(
            "SELECT customer_id, email, score FROM tickets WHERE customer_id <> ?", [self.customer]
        ).fetchall()
        return set(rows)

    def everything(self) -> Iterator[bytes]:
        for path in self.folder.glob("desk.db*"):
            data = path.read_bytes()
            yield data
            if self.encoding != "UTF-8":  # text at even and at odd places
                yield from (data[at:].decode("utf-16-le", errors="replace").encode() for at in (0, 1))

    def leak(self) -> None:
        """A copy beside the database, as an operator makes it before an update."""
        (self.folder / "desk.db.bak").write_bytes(b"SQLite format 3\0" + self.email.encode())

    def close(self) -> None:
        self.app.close()


class JournalSqliteEstate(SqliteEstate):
    """A rollback journal that the application keeps after each transaction, with the old page images in it."""

    journal = "PERSIST"


class WideSqliteEstate(SqliteEstate):
    """Text in UTF-16, where a search for UTF-8 finds nothing."""

    encoding = "UTF-16le"


ESTATE = SqliteEstate
VARIANTS = (JournalSqliteEstate, WideSqliteEstate)
