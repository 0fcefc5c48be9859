"""Tables in PostgreSQL."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from portal.core.connectors.base import SystemConfig
from tests.conformance.indicators.planting import Place, Source, Table, cells

TYPES = {
    "integer": "bigint", "number": "float8", "text": "text", "boolean": "boolean", "time": "timestamptz",
    "naive_time": "timestamp", "date": "date", "json": "jsonb",
}  # fmt: skip


class PostgresSource(Source):
    """One table a dataset, written by a session in another time zone: a probe must not depend on it."""

    label = "postgresql"
    kind = "postgresql"
    has = frozenset({"infinite_times", "infinite_numbers"})
    beside = ""

    def start(self) -> None:
        url = self.plan.database_url_of("postgres")
        self.config = SystemConfig("warehouse", self.kind, {}, url)
        self.session = psycopg.connect(url, autocommit=True)
        self.session.execute("SET TimeZone = 'Asia/Tokyo'")
        self.made: list[str] = []

    def plant(self, name: str, table: Table) -> Place:
        columns = ", ".join(f'"{column}" {TYPES[kind]}' for column, kind in table.columns.items())
        self.session.execute(f'CREATE TABLE "{name}" ({columns}{self.beside})')
        self.made.append(name)
        names = ", ".join(f'"{column}"' for column in table.columns)
        marks = ", ".join(["%s"] * len(table.columns))
        rows = [[_bound(row[column], kind) for column, kind in table.columns.items()] for row in cells(table)]
        self.session.cursor().executemany(f'INSERT INTO "{name}" ({names}) VALUES ({marks})', rows)
        return Place(f"public.{name}")

    def close(self) -> None:
        for name in self.made:
            self.session.execute(f'DROP TABLE "{name}"')
        self.session.close()


def _bound(value: Any, kind: str) -> Any:
    return Jsonb(value) if kind == "json" and value is not None else value


SOURCES = (PostgresSource,)
