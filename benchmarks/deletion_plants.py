"""What the benchmark of deletions erases from: the same made-up people in eight systems, each in its real engine."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import redis
from deltalake import write_deltalake

from portal.core.connectors.backup import writer
from portal.core.connectors.base import SystemConfig, Target
from portal.embedded.servers import Servers

DIMENSIONS = 16
PARTS = 10  # files, commits


def person(number: int) -> tuple[str, str, str]:
    """Customer id, e-mail and name, all made up."""
    return f"cust-{number:07d}", f"person{number:07d}@example.com", f"Name {number}"


def postgres(servers: Servers, folder: Path, people: int) -> tuple[SystemConfig, Target]:
    """Customers with two indexed identifiers."""
    del folder
    columns = "id bigint PRIMARY KEY, customer_id text, email text, name text"
    with psycopg.connect(servers.plan.database_url, autocommit=True) as session:
        session.execute(f"CREATE TABLE people ({columns})")
        _copy(session, "people (id, customer_id, email, name)", ((n, *person(n)) for n in range(people)))
        session.execute("CREATE INDEX ON people (customer_id); CREATE INDEX ON people (email); ANALYZE people")
    return _on_postgres(servers, "postgresql"), Target("public.people", _identifiers("id"))


def pgvector(servers: Servers, folder: Path, people: int) -> tuple[SystemConfig, Target]:
    """Embeddings under an HNSW index."""
    del folder
    vectors = np.random.default_rng(42).standard_normal((people, DIMENSIONS), dtype=np.float32)
    with psycopg.connect(servers.plan.database_url, autocommit=True) as session:
        session.execute("CREATE EXTENSION IF NOT EXISTS vector; SET maintenance_work_mem = '256MB'")
        columns = f"id bigint PRIMARY KEY, customer_id text, email text, embedding vector({DIMENSIONS})"
        session.execute(f"CREATE TABLE semantic ({columns})")
        rows = ((n, *person(n)[:2], str(vectors[n].tolist())) for n in range(people))
        _copy(session, "semantic (id, customer_id, email, embedding)", rows)
        session.execute("CREATE INDEX ON semantic (email)")
        session.execute(
            "CREATE INDEX ON semantic USING hnsw (embedding vector_l2_ops) WITH (m = 8, ef_construction = 24)"
        )
    settings = _identifiers("id") | {"vector_column": "embedding"}
    return _on_postgres(servers, "pgvector"), Target("public.semantic", settings)


def valkey(servers: Servers, folder: Path, people: int) -> tuple[SystemConfig, Target]:
    """Profiles as hashes, the customer in the key's name."""
    del folder
    with redis.Redis.from_url(servers.plan.estate_redis_url) as client:
        for numbers in _batches(people):
            with client.pipeline(transaction=False) as pipe:
                for number in numbers:
                    customer, email, name = person(number)
                    pipe.hset(f"profile:{customer}", mapping={"customer_id": customer, "email": email, "name": name})
                pipe.execute()
    return _on_valkey(servers), Target("profiles", {"key": "profile:{customer_id}", "identifiers": {"email": "email"}})


def streams(servers: Servers, folder: Path, people: int) -> tuple[SystemConfig, Target]:
    """One stream with an entry for each person."""
    del folder
    with redis.Redis.from_url(servers.plan.estate_redis_url) as client:
        for numbers in _batches(people):
            with client.pipeline(transaction=False) as pipe:
                for number in numbers:
                    customer, email, name = person(number)
                    pipe.xadd("clicks", {"customer_id": customer, "email": email, "name": name})
                pipe.execute()
    return _on_valkey(servers), Target("clicks", {"type": "stream", **_identifiers("id")})


def parquet(servers: Servers, folder: Path, people: int) -> tuple[SystemConfig, Target]:
    """Ten files of clicks."""
    del servers
    (folder / "lake" / "clicks").mkdir(parents=True)
    for part in range(PARTS):
        pq.write_table(_table(part, people), folder / "lake" / "clicks" / f"{part}.parquet", compression="zstd")
    return SystemConfig("lake", "parquet", {"root": str(folder / "lake")}), Target("clicks", _identifiers("id"))


def delta(servers: Servers, folder: Path, people: int) -> tuple[SystemConfig, Target]:
    """Ten commits of clicks, with statistics in the log."""
    del servers
    for part in range(PARTS):
        write_deltalake(folder / "lakehouse" / "clicks", _table(part, people), mode="append")
    return SystemConfig("lakehouse", "delta", {"root": str(folder / "lakehouse")}), Target("clicks", _identifiers("id"))


def sqlite(servers: Servers, folder: Path, people: int) -> tuple[SystemConfig, Target]:
    """One table with two indexes, in a database with a write-ahead log."""
    del servers
    path = folder / "shop.db"
    with closing(sqlite3.connect(path)) as shop, shop:
        shop.execute("PRAGMA journal_mode = WAL")
        shop.execute("CREATE TABLE cards (id INTEGER PRIMARY KEY, customer_id TEXT, email TEXT, name TEXT)")
        shop.executemany("INSERT INTO cards VALUES (?, ?, ?, ?)", ((n, *person(n)) for n in range(people)))
        shop.execute("CREATE UNIQUE INDEX by_customer ON cards (customer_id)")
        shop.execute("CREATE INDEX by_email ON cards (email)")
    return SystemConfig("shops", "sqlite", {"path": str(path)}), Target("cards", _identifiers("id"))


def backup(servers: Servers, folder: Path, people: int) -> tuple[SystemConfig, Target]:
    """One encrypted backup, a key a person."""
    del servers
    for name in ("backups", "keys"):
        (folder / name).mkdir()
    settings = {
        "root": str(folder / "backups"),
        "directory": str(folder / "keys"),
        "backup_expiry_days": 30,
        "key_copy_expiry_days": 0,
    }
    config = SystemConfig("backups", "encrypted_backup", settings, "the benchmark's secret, long enough for it")
    target = Target("customers", {**_identifiers("id"), "person": "customer_id"})
    rows = (dict(zip(("customer_id", "email", "name"), person(n), strict=True)) for n in range(people))
    writer.write(config, target, rows, at=datetime(2026, 11, 20, tzinfo=UTC))
    return config, target


PLANTS = {
    "postgresql": postgres,
    "pgvector": pgvector,
    "valkey keys": valkey,
    "valkey streams": streams,
    "parquet": parquet,
    "delta": delta,
    "sqlite": sqlite,
    "encrypted backup": backup,
}


def _table(part: int, people: int) -> pa.Table:
    numbers = range(part, people, PARTS)
    columns = {"id": list(numbers), "customer_id": [person(n)[0] for n in numbers]}
    return pa.table(columns | {"email": [person(n)[1] for n in numbers]})


def _batches(people: int) -> Iterator[range]:
    return (range(start, min(start + 1000, people)) for start in range(0, people, 1000))


def _on_valkey(servers: Servers) -> SystemConfig:
    directory = str(servers.estate_valkey.directory)
    return SystemConfig("features", "valkey", {"directory": directory}, servers.plan.estate_redis_url)


def _identifiers(surrogate: str) -> dict[str, Any]:
    return {"identifiers": {"customer_id": "customer_id", "email": "email"}, "surrogate": surrogate}


def _on_postgres(servers: Servers, kind: str) -> SystemConfig:
    settings = {"data_directory": str(servers.postgres.data), "wal_expiry_days": 7}
    return SystemConfig("shop", kind, settings, servers.plan.database_url)


def _copy(session: psycopg.Connection, table: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with session.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
