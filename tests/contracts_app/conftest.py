"""Contracts over real tables and Parquet folders, placed in the catalog and in force."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from contracts_app.models import Contract, Version
from portal.core.catalog.models import Asset, DataSystem, Placement
from portal.core.clock.services import now


class LiveTable:
    """A PostgreSQL table of its own, read by a role that owns nothing."""

    kind = "postgresql"

    def __init__(self, url: str) -> None:
        self.url, self.name = url, f"live_{uuid.uuid4().hex[:8]}"
        self.role, self.object_name = f"reader_{self.name}", f"public.{self.name}"
        self.settings: dict[str, Any] = {"probe_role": self.role}
        self.execute(f"CREATE ROLE {self.role}")

    def make(self, columns: str, *rows: tuple[Any, ...]) -> None:
        self.execute(f"DROP TABLE IF EXISTS {self.name}")
        self.execute(f"CREATE TABLE {self.name} ({columns})")
        self.execute(f"GRANT SELECT ON {self.name} TO {self.role}")
        if rows:
            with closing(psycopg.connect(self.url, autocommit=True)) as session, session.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {self.name} VALUES ({', '.join(['%s'] * len(rows[0]))})", rows)

    def execute(self, query: str) -> None:
        with closing(psycopg.connect(self.url, autocommit=True)) as session:
            session.execute(query)

    def drop(self) -> None:
        self.execute(f"DROP TABLE IF EXISTS {self.name}; DROP OWNED BY {self.role}; DROP ROLE {self.role}")


class LiveFolder:
    """A Parquet folder."""

    kind = "parquet"

    def __init__(self, root: Path) -> None:
        self.root, self.object_name, self.url = root, "events", ""
        self.settings: dict[str, Any] = {"root": str(root)}

    def write(self, table: pa.Table) -> None:
        folder = self.root / self.object_name
        folder.mkdir(exist_ok=True)
        pq.write_table(table, folder / "a.parquet")


@pytest.fixture
def table(postgres_server) -> Iterator[LiveTable]:
    """A PostgreSQL table; dropped afterwards, its role too."""
    live = LiveTable(postgres_server.plan.database_url_of("postgres"))
    yield live
    live.drop()


@pytest.fixture
def folder(tmp_path: Path) -> LiveFolder:
    """A Parquet folder."""
    return LiveFolder(tmp_path)


@pytest.fixture
def lies(world, monkeypatch) -> Callable[..., Asset]:
    """Put an asset of Data Platform where live sources are: `lies(table, folder)` gives tests/events."""

    def placed(*sources: Any, name: str = "events") -> Asset:
        facts = {"kind": "table", "owner_team": world.platform}
        asset, _ = Asset.objects.get_or_create(namespace="tests", name=name, defaults=facts)
        for each in sources:
            _placement(asset, each, monkeypatch)
        return asset

    return placed


@pytest.fixture
def place(world, lies) -> Callable[..., Version]:
    """Put live sources under a contract in force: `place(source, yaml, *more_sources)` gives its version."""

    def placed(live: Any, text: str, *more: Any) -> Version:
        asset = lies(live, *more)
        contract, _ = Contract.objects.get_or_create(
            name="events", defaults={"asset": asset, "owner_team": world.platform, "created_at": now()}
        )
        return Version.objects.create(
            contract=contract, number="1.0.0", authored=text.encode(), digest="sha256:" + "0" * 64, state="active",
            created_by=world.ana, created_at=now(), edited_by=world.ana, edited_at=now(), activated_at=now(),
        )  # fmt: skip

    return placed


def _placement(asset: Asset, live: Any, monkeypatch: Any) -> None:
    name, secret = f"{live.kind}_{uuid.uuid4().hex[:6]}", ""
    if live.url:
        variable = f"CUSTODY_SECRET_{name.upper()}"
        monkeypatch.setenv(variable, live.url)
        secret = f"env:{variable}"
    system = DataSystem.objects.create(
        name=name, kind=live.kind, settings=live.settings, probe_secret=secret, erase_secret=secret, created_at=now()
    )
    Placement.objects.create(asset=asset, system=system, object_name=live.object_name)
