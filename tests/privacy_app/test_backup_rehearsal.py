"""A restore of an encrypted backup from before the erasure: the erased cannot be read in it, everybody else can."""

import shutil
from datetime import timedelta

import pytest

from portal.core.clock import services as clock
from portal.core.connectors import registry
from portal.core.connectors.backup import reader
from privacy_app import tasks
from privacy_app.domain.request import State
from privacy_app.models import Restore
from privacy_app.services import restoring
from tests.conformance.kinds.encrypted_backup import ESTATE
from tests.privacy_app import estate as estates
from tests.privacy_app.driving import Driver, fresh


@pytest.fixture
def kept(world, postgres_server, valkey_server, tmp_path, settings, monkeypatch):
    """A database that knows who is who, and its encrypted nights."""
    settings.VAR_DIR = tmp_path / "var"

    class WithBackups(estates.FourSystems):
        kinds = {"oltp": estates.KINDS["oltp"], "nights": (ESTATE, "table")}

    made = WithBackups(postgres_server.plan, tmp_path)
    made.plant()
    made.register(settings, monkeypatch)
    yield made
    made.close()


def oldest(system):
    return restoring.backups_of(system)[-1]


def rehearsed(world, system):
    restore = restoring.rehearse(user=world.pia, system=system, backup=oldest(system).name)
    assert tasks.replay_restores() == 1
    restore.refresh_from_db()
    return restore


def copies_in(nights):
    return sorted(path.name for path in (nights.vault / "copies").iterdir())


@pytest.mark.django_db(transaction=True)
def test_a_backup_from_before_the_erasure_gives_back_everybody_but_the_erased(world, kept):
    nights, system = kept.estates["nights"], kept.systems["nights"]
    before = len(list(reader.restore(nights.config, nights.target)))
    done = Driver(world, kept).completed()
    assert done.state == State.COMPLETED
    old, others = copies_in(nights), nights.controls()
    restore = rehearsed(world, system)
    assert restore.state == Restore.State.REPLAYED, restore.sentence
    (dataset,) = restore.datasets
    assert f"{before - 1} of {before} records open; 1 are sealed for good" in dataset["sentence"]
    assert (restore.listed, restore.matched, restore.left) == (2 * len(others), 0, 0)
    page = world.client("pia").get(f"/privacy/restores/{restore.pk}/").content.decode()
    assert f"{before - 1} of {before} records open" in page
    assert kept.email not in page
    assert copies_in(nights) == old
    assert nights.controls() == others


@pytest.mark.django_db(transaction=True)
def test_an_old_key_store_that_was_put_back_is_seen_by_the_rehearsal_and_reopens_the_request(world, kept, settings):
    settings.PRIVACY_TEAM = "platform"
    nights, system = kept.estates["nights"], kept.systems["nights"]
    done = Driver(world, kept).completed()
    nights.held_open.close()
    for path in nights.vault.glob("keys.sqlite-*"):
        path.unlink()
    shutil.copy(nights.left_behind, nights.store)
    restore = rehearsed(world, system)
    assert (restore.state, restore.matched, restore.left) == (Restore.State.REPLAYED, 2, 0), restore.sentence
    assert kept.email in {row["email"] for row in reader.restore(nights.config, nights.target)}  # live is untouched
    clock.move(clock.offset() + timedelta(days=1, hours=1))
    tasks.recheck()
    assert fresh(done).state == State.REOPENED


@pytest.mark.django_db(transaction=True)
def test_a_deletion_during_a_rehearsal_shreds_in_its_copy_as_well(world, kept):
    nights = kept.estates["nights"]
    kind = registry.get("encrypted_backup")
    with kind.scratch(nights.config, kind.backups(nights.config)[-1].name) as copy:
        assert any(row["email"] == kept.email for row in reader.restore(copy, nights.target))
        done = Driver(world, kept).completed()
        assert done.state == State.COMPLETED, [(step.system_name, step.error) for step in done.steps.all()]
        assert not any(row["email"] == kept.email for row in reader.restore(copy, nights.target))
        assert any(reader.restore(copy, nights.target))
