"""Streams, and hashes under a pattern, in Valkey."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import redis

from portal.core.connectors.base import SystemConfig
from tests.conformance.indicators.planting import Place, Source, Table, cells

TYPES = {
    "integer": "integer", "number": "float", "text": "string", "boolean": "boolean", "time": "timestamp",
    "naive_time": "timestamp", "date": "date", "json": "string",
}  # fmt: skip


class StreamSource(Source):
    """One entry a row; a NULL is a field that the entry does not have."""

    label = "valkey_stream"
    has = frozenset({"infinite_numbers"})

    def start(self) -> None:
        url = self.plan.estate_redis_url
        self.config = SystemConfig("features", "valkey", {}, url)
        self.client = redis.Redis.from_url(url)
        self.made: list[str] = []

    def plant(self, name: str, table: Table) -> Place:
        for row in cells(table):
            self.client.xadd(name, fields(row) or {"nothing": ""})
        if not table.rows:  # a stream that held something once
            self.client.xtrim(name, maxlen=0) if self.client.xadd(name, {"gone": "1"}) else None
        self.made.append(name)
        return Place(name, {"type": "stream", "columns": columns(table)})

    def close(self) -> None:
        for name in self.made:
            for key in [name, *self.client.scan_iter(f"{name}:*", count=1000)]:
                self.client.delete(key)
        self.client.close()


class HashSource(StreamSource):
    """One hash a row under `<name>:<number>`."""

    label = "valkey_hash"

    def plant(self, name: str, table: Table) -> Place:
        for number, row in enumerate(cells(table)):
            self.client.hset(f"{name}:{number}", mapping=fields(row) or {"nothing": ""})
        self.made.append(name)
        return Place(name, {"pattern": f"{name}:*", "columns": columns(table)})


def columns(table: Table) -> dict[str, str]:
    """The types that the placement declares."""
    return {name: TYPES[kind] for name, kind in table.columns.items()}


def fields(row: dict[str, Any]) -> dict[str, str]:
    """The row as texts, as clients write them."""
    return {name: written(value) for name, value in row.items() if value is not None}


def written(value: Any) -> str:
    """One value as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, dict | list | bool) else str(value)


SOURCES = (StreamSource, HashSource)
