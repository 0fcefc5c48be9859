"""One subject out of four systems with 100,000 subjects each: logical delete, purge and three probes, timed apart.

Limits (design/privacy): 0.4 s for the logical delete on one PostgreSQL target (fides 2.78 needed 0.42-0.61 s where it
was measured, and left the e-mail on disk); 30 s of machine time for all systems end to end.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import redis

from benchmarks.report import report
from portal.core.connectors import registry
from portal.core.connectors.base import Erasable, Subject, SystemConfig, Target
from portal.embedded.servers import Servers

SIZES = (1_000, 10_000, 100_000)  # ten times each, so that growth is seen
DIMENSIONS = 16
LIMIT_LOGICAL_S, LIMIT_ALL_S = 0.4, 30.0


def person(number: int) -> tuple[str, str, str]:
    """Customer id, e-mail and name, all made up."""
    return f"cust-{number:07d}", f"person{number:07d}@example.com", f"Name {number}"


def main() -> int:
    """Print a line a system and size; exit 1 past a limit, or when a byte is left, judged at the largest size."""
    for people in SIZES:
        results = run(people)
    total = sum(seconds for steps in results.values() for seconds in steps.values())
    logical = report(
        "deletion: logical delete, PostgreSQL",
        results["postgresql"]["delete"],
        limit=LIMIT_LOGICAL_S,
        unit="s",
        against="fides 2.78, 0.42-0.61 s measured earlier on the same kind of target",
        detail=f"{people:,} rows, two indexed identifiers, durable commit",
    )
    whole = report(
        "deletion: four systems end to end",
        total,
        limit=LIMIT_ALL_S,
        unit="s",
        against="the design's limit",
        detail=f"discover, delete, purge, three probes; {people:,} subjects each",
    )
    return max(logical, whole)


def run(people: int) -> dict[str, dict[str, float]]:
    """Seconds by system and step, on servers of its own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as another account when this runs as root
        with Servers(Path(folder) / "servers", estate=True, durable=True) as servers:
            began = time.perf_counter()
            estates = [(name, *plant(servers, Path(folder), people)) for name, plant in PLANTS.items()]
            print(
                f"  {people:,} people in each of {len(PLANTS)} systems, planted in {time.perf_counter() - began:.0f} s"
            )
            return {name: erase(name, people // 2, config, target) for name, config, target in estates}


def erase(name: str, chosen: int, config: SystemConfig, target: Target) -> dict[str, float]:
    """Seconds for each step of one system; stops the benchmark when a probe still finds the subject."""
    kind = registry.capable(config.kind, Erasable)
    customer, email, _ = person(chosen)
    subject = Subject({"customer_id": frozenset({customer}), "email": frozenset({email})})
    seconds: dict[str, float] = {}

    def timed(step: str, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        began = time.perf_counter()
        answer = call(config, target, *arguments, **options)
        seconds[step] = time.perf_counter() - began
        return answer

    found = timed("discover", kind.discover, subject)
    deleted = timed("delete", kind.delete, subject, still_mine=lambda: True)
    timed("purge", kind.purge, subject, found, allow_exclusive=False, still_mine=lambda: True)
    answers = [timed("logical", kind.verify_logical, subject)]
    answers += [timed("decoded", kind.verify_decoded, subject, found), timed("raw", kind.verify_raw, subject, found)]
    print(f"  {name:<11}" + " ".join(f"{step} {value:.3f} s" for step, value in seconds.items()))
    if deleted.rows != 1 or any(not answer.ran or answer.hits for answer in answers):
        sys.exit(f"{name}: the subject is not gone: {deleted.rows} rows deleted, {answers}")
    return seconds


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
    client = redis.Redis.from_url(servers.plan.estate_redis_url)
    for start in range(0, people, 1000):
        with client.pipeline(transaction=False) as pipe:
            for number in range(start, start + 1000):
                customer, email, name = person(number)
                pipe.hset(f"profile:{customer}", mapping={"customer_id": customer, "email": email, "name": name})
            pipe.execute()
    client.close()
    config = SystemConfig(
        "features", "valkey", {"directory": str(servers.estate_valkey.directory)}, servers.plan.estate_redis_url
    )
    return config, Target("profiles", {"key": "profile:{customer_id}", "identifiers": {"email": "email"}})


def parquet(servers: Servers, folder: Path, people: int) -> tuple[SystemConfig, Target]:
    """Ten files of clicks."""
    del servers
    (folder / "lake" / "clicks").mkdir(parents=True)
    for part in range(10):
        numbers = range(part, people, 10)
        rows = {"id": list(numbers), "customer_id": [person(n)[0] for n in numbers]}
        rows["email"] = [person(n)[1] for n in numbers]
        pq.write_table(pa.table(rows), folder / "lake" / "clicks" / f"{part}.parquet", compression="zstd")
    config = SystemConfig("lake", "parquet", {"root": str(folder / "lake")})
    return config, Target("clicks", _identifiers("id"))


PLANTS = {"postgresql": postgres, "pgvector": pgvector, "valkey": valkey, "parquet": parquet}


def _identifiers(surrogate: str) -> dict[str, Any]:
    return {"identifiers": {"customer_id": "customer_id", "email": "email"}, "surrogate": surrogate}


def _on_postgres(servers: Servers, kind: str) -> SystemConfig:
    settings = {"data_directory": str(servers.postgres.data), "wal_expiry_days": 7}
    return SystemConfig("shop", kind, settings, servers.plan.database_url)


def _copy(session: psycopg.Connection, table: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with session.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


if __name__ == "__main__":
    sys.exit(main())
