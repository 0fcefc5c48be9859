"""A small real estate with one subject in four systems, and a way to drive a request through its life."""

import re
from types import SimpleNamespace

import pytest
from django.core import mail

from tests.privacy_app.estate import FourSystems


@pytest.fixture
def four(world, postgres_server, valkey_server, tmp_path, settings, monkeypatch):
    """PostgreSQL, pgvector, Valkey and Parquet, each holding the same subject among others, and registered."""
    settings.VAR_DIR = tmp_path / "var"
    estate = FourSystems(postgres_server.plan, tmp_path)
    estate.plant()
    estate.register(settings, monkeypatch)
    yield estate
    estate.close()


@pytest.fixture
def drive(world, four):
    """Functions for each thing that people and workers do to a request."""
    from tests.privacy_app.driving import Driver

    return Driver(world, four)


@pytest.fixture
def letters():
    """letters() -> what the outbox delivered, oldest first."""

    def read():
        from portal.core.notify.services import deliver_waiting
        from privacy_app.tasks import send_codes

        send_codes()
        deliver_waiting()
        return [SimpleNamespace(to=each.to[0], subject=each.subject, body=each.body) for each in mail.outbox]

    return read


@pytest.fixture
def code_in(letters):
    """code_in() -> the one-time code of the newest letter."""

    def read():
        return re.findall(r"^[2-9A-Z]{8}$", letters()[-1].body, re.MULTILINE)[-1]

    return read
