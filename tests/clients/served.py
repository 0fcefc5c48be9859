"""Fixtures for tests of clients: the portal served by granian, with a token that may write all lineage."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.clients.serving import granian
from tests.people import World


@pytest.fixture(scope="module")
def running(django_db_setup: None, postgres_server: Any) -> Iterator[str]:
    url = postgres_server.plan.database_url_of(connection.settings_dict["NAME"])
    with granian(url, settings.REDIS_URL) as base:
        yield base


@pytest.fixture
def server(running: str, transactional_db: None) -> str:
    return running


@pytest.fixture
def token(server: str) -> str:
    return World(people={}, teams={}).token("lineage:write", namespaces=("*",))
