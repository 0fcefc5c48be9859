"""Starts the suite's private PostgreSQL and Valkey before the first test, and stops them after the last."""

import os
from datetime import timedelta

import pytest
from django.conf import settings

from portal.embedded.postgres import Postgres
from portal.embedded.servers import Servers
from portal.embedded.valkey import Valkey

_servers: list[Servers] = []


def pytest_sessionstart(session: pytest.Session) -> None:
    """One set of servers for all processes of a run; the workers of a parallel run find them started."""
    del session
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    servers = Servers(settings.VAR_DIR, estate=True, durable=False)
    planned = servers.plan
    servers.start()
    if servers.plan != planned:
        servers.stop()
        pytest.exit("A port of the test servers was taken and new ones were chosen: run the tests once more.", 2)
    _servers.append(servers)


def pytest_sessionfinish(session: pytest.Session) -> None:
    del session
    for servers in _servers:
        servers.stop()


@pytest.fixture(scope="session")
def postgres_server() -> Postgres:
    """The suite's PostgreSQL: `.plan.database_url_of(name)`, and `.data` for scans of its files."""
    return Servers(settings.VAR_DIR, estate=True, durable=False).postgres


@pytest.fixture(scope="session")
def valkey_server() -> Valkey:
    """The suite's second Valkey, the one that plays a data system: `.port`, `.password`, `.directory`."""
    return Servers(settings.VAR_DIR, estate=True, durable=False).estate_valkey


class Clock:
    """Moves the portal's clock within a test."""

    def move(self, **by: float) -> None:
        """`clock.move(minutes=5)`: on from where it stands."""
        from portal.core.clock import services

        services.move(services.offset() + timedelta(**by))

    def now(self):
        from portal.core.clock import services

        return services.now()


@pytest.fixture
def clock(db: None) -> Clock:
    """The portal's clock, put right again after the test (its row is rolled back)."""
    del db
    return Clock()


@pytest.fixture
def world(db: None):
    """The cast of the tests (tests/people.py), saved for this test."""
    del db
    from tests.people import build_world

    return build_world()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:
    """Tests with real transactions empty the tables by TRUNCATE, which the ledger refuses: here, and only here, it may.

    `tests/evidence` switches the triggers on again where it shows the refusal.
    """
    del django_db_setup
    from django.apps import apps
    from django.db import connection

    if not apps.is_installed("portal.core.evidence"):
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'evidence_no_truncate'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER evidence_no_truncate")
