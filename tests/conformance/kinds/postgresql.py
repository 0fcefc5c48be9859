"""Test data of the kind postgresql: a table with two indexes and statistics, the subject's row last on its page."""

from collections.abc import Iterator
from typing import Any

import psycopg

from portal.core.connectors.base import SystemConfig, Target
from tests.conformance.estate import Estate


class PostgresEstate(Estate):
    """Customers with an index on each identifier; one of the subject's values is long enough to be compressed."""

    kind = "postgresql"
    people = 400

    def plant(self) -> None:
        url = self.plan.database_url_of("postgres")
        data = self.plan.root / "postgres"
        self.table = f"people_{self.mark}"
        self.config = SystemConfig(
            "shop",
            self.kind,
            {
                "data_directory": str(data / "data"),
                "log_directory": str(data / "server.log"),
                "wal_expiry_days": 7,
                "log_expiry_days": 14,
                "identity_maps": [
                    {
                        "object": f"public.{self.table}",
                        "columns": {"email": "email", "customer_id": "customer_id", "device": "device"},
                        "person": "customer_id",
                        "asserted": True,
                    }
                ],
            },
            url,
        )
        self.target = Target(f"public.{self.table}", self.target_settings())
        self.session = psycopg.connect(url, autocommit=True)
        self.make()
        for number in range(self.people):
            self.write(number)
        self.session.execute(*self.insertion(self.customer, self.email, 7, self.email + " likes pglz. " * 400))
        self.session.execute(f'ANALYZE "{self.table}"')

    def target_settings(self) -> dict[str, Any]:
        return {"identifiers": {"email": "email", "customer_id": "customer_id"}, "surrogate": "id"}

    def make(self) -> None:
        self.session.execute(
            f'CREATE TABLE "{self.table}" (id bigserial PRIMARY KEY, customer_id text, email text, score int,'
            " device text, notes text)"
        )
        self.session.execute(f'CREATE INDEX ON "{self.table}" (email)')
        self.session.execute(f'CREATE UNIQUE INDEX ON "{self.table}" (customer_id)')

    def insertion(self, customer: str, email: str, score: int, notes: str) -> tuple[str, tuple[Any, ...]]:
        statement = f'INSERT INTO "{self.table}" (customer_id, email, score, device, notes) VALUES (%s, %s, %s, %s, %s)'
        return statement, (customer, email, score, f"tablet-{score // 10}", notes)

    def write(self, number: int) -> None:
        self.session.execute(*self.insertion(*self.control(number).values(), "none"))

    def controls(self) -> set[tuple[str, str, int]]:
        statement = f'SELECT customer_id, email, score FROM "{self.table}" WHERE customer_id <> %s'
        return set(self.session.execute(statement, (self.customer,)).fetchall())

    def everything(self) -> Iterator[bytes]:
        """The database's own files and what lies loose in the data directory; WAL and log are declared residuals."""
        self.session.execute("CHECKPOINT")
        (oid,) = self.session.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
        data = self.plan.root / "postgres" / "data"
        for path in (*(data / "base" / str(oid)).iterdir(), *data.iterdir()):
            if path.is_file() and path.name != "server.log":
                yield path.read_bytes()

    def leak(self) -> None:
        """Somebody's dump, left in the data directory."""
        (self.plan.root / "postgres" / "data" / f"{self.mark}.dump").write_text(
            f"COPY people FROM stdin;\n{self.email}\n"
        )

    def close(self) -> None:
        (self.plan.root / "postgres" / "data" / f"{self.mark}.dump").unlink(missing_ok=True)
        self.session.execute(f'DROP TABLE IF EXISTS "{self.table}"')
        self.session.close()


ESTATE = PostgresEstate
