"""A restore brings the erased back: replayed before it goes live nobody sees them; without that, a look finds them."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as portal
from django.core.management import CommandError, call_command

from portal.core.clock import services as clock_services
from portal.core.evidence.models import Entry
from portal.core.identity.actors import actor_of
from portal.core.oncall.models import Page
from privacy_app import tasks
from privacy_app.domain.request import State
from privacy_app.models import Restore
from privacy_app.services import appeal, planning, restoring
from privacy_app.services.lifecycle import RequestRefused
from tests.privacy_app.driving import fresh


@pytest.fixture
def shop(four):
    """The table of the database, its dump from before any deletion, and a way to restore it as an operator would."""
    estate = four.estates["oltp"]
    return Shop(estate, four.systems["oltp"], four)


class Shop:
    def __init__(self, estate, system, four):
        self.estate, self.system, self.four = estate, system, four
        self.dump = Path(estate.folder) / "dumps" / "nightly.dump"
        self.dump.parent.mkdir()
        self.run("pg_dump", "-Fc", "-t", f'"{estate.table}"', "-f", str(self.dump), estate.config.secret)
        self.taken_at = clock_services.now()
        system.settings = {**system.settings, "backup_directory": str(self.dump.parent)}
        system.save()

    def run(self, name, *arguments):
        command = [str(Path(portal.POSTGRES_TOOLS) / name), *arguments]
        subprocess.run(command, check=True, env={"PATH": os.environ["PATH"]}, capture_output=True)

    def restore(self):
        self.run("pg_restore", "--clean", "--if-exists", "-d", self.estate.config.secret, str(self.dump))

    def knows(self):
        """Whether a query finds the subject."""
        statement = f'SELECT count(*) FROM "{self.estate.table}" WHERE email = %s'
        return bool(self.estate.session.execute(statement, (self.four.email,)).fetchone()[0])


@pytest.fixture
def proved(shop, drive, settings):
    settings.PRIVACY_TEAM = "platform"
    clock_services.move(clock_services.offset() + timedelta(hours=1))
    return drive.completed()


def go_live(world, restore):
    return restoring.go_live(actor=actor_of(world.pia), restore_id=restore.pk)


def test_a_restored_system_is_replayed_before_it_goes_live_and_nobody_erased_is_visible(proved, shop, four, world):
    others = four.controls()
    shop.restore()
    assert shop.knows()
    restore = restoring.note(user=world.pia, system=shop.system, taken_at=shop.taken_at)
    with pytest.raises(RequestRefused, match="may not go live before the suppression list was replayed"):
        go_live(world, restore)
    assert tasks.replay_restores() == 1
    restore.refresh_from_db()
    assert restore.state == Restore.State.REPLAYED, restore.sentence
    assert (restore.matched, restore.rows, restore.left) == (2, 1, 0)
    assert restore.listed > len(others["oltp"])
    assert not shop.knows()
    assert four.controls() == others
    assert restore.entry.kind == "privacy:restore:replayed"
    go_live(world, restore)
    tasks.recheck()
    assert proved.rechecks.get(why="restore").is_clean
    assert fresh(proved).state == State.COMPLETED
    assert not Page.objects.exists()
    assert Entry.objects.filter(kind="privacy:restore:live").count() == 1


def test_a_restore_that_nobody_replayed_is_found_reopened_paged_and_erased_again(proved, shop, drive, world):
    shop.restore()
    clock_services.move(clock_services.offset() + timedelta(days=1))
    tasks.recheck()
    assert fresh(proved).state == State.REOPENED
    assert Page.objects.filter(resolved_at=None).count() == 1
    from privacy_app.services import reopening

    request = reopening.plan_again(user=world.pia, request_id=proved.pk)
    plan = planning.make_plan(user=world.pia, request_id=request.pk)
    planning.submit(user=world.pia, plan_id=plan.pk)
    assert drive.work(drive.approve(fresh(request))).state == State.COMPLETED
    assert not shop.knows()


def test_the_replay_still_works_when_the_request_s_own_key_is_long_destroyed(proved, shop, four, world):
    clock_services.move(clock_services.offset() + appeal.WINDOW + timedelta(days=2))
    appeal.shred_due()
    shop.restore()
    restore = restoring.note(user=world.pia, system=shop.system, taken_at=shop.taken_at)
    tasks.replay_restores()
    restore.refresh_from_db()
    assert (restore.state, restore.matched) == (Restore.State.REPLAYED, 2)
    assert not shop.knows()


def test_whoever_is_in_a_backup_taken_after_the_erasure_came_back_as_a_new_customer_and_stays(proved, shop, world):
    shop.restore()
    restore = restoring.note(user=world.pia, system=shop.system, taken_at=clock_services.now())
    tasks.replay_restores()
    restore.refresh_from_db()
    assert (restore.state, restore.matched) == (Restore.State.REPLAYED, 0)
    assert shop.knows()


def test_a_rehearsal_restores_the_dump_beside_the_live_system_and_leaves_no_trace_of_it(proved, shop, four, world):
    os.utime(shop.dump, (shop.taken_at.timestamp(), shop.taken_at.timestamp()))
    (backup,) = restoring.backups_of(shop.system)
    restore = restoring.rehearse(user=world.pia, system=shop.system, backup=backup.name)
    others = four.controls()
    assert tasks.replay_restores() == 1
    restore.refresh_from_db()
    assert restore.state == Restore.State.REPLAYED, restore.sentence
    assert (restore.rehearsal, restore.matched, restore.rows, restore.left) == (True, 2, 1, 0)
    assert four.controls() == others
    assert not shop.knows()
    with psycopg.connect(shop.estate.config.secret) as session:
        left = session.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'custody_rehearsal_%'").fetchone()
    assert left == (0,)
    with pytest.raises(RequestRefused, match="never goes live"):
        go_live(world, restore)


def test_a_damaged_dump_is_a_failed_rehearsal_with_a_sentence_and_no_database_left(proved, shop, world):
    shop.dump.write_bytes(b"PGDMP not really")
    restore = restoring.rehearse(user=world.pia, system=shop.system, backup="nightly.dump")
    tasks.replay_restores()
    restore.refresh_from_db()
    assert restore.state == Restore.State.FAILED
    assert "pg_restore could not restore this dump" in restore.sentence
    with psycopg.connect(shop.estate.config.secret) as session:
        left = session.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'custody_rehearsal_%'").fetchone()
    assert left == (0,)


def test_a_system_that_cannot_list_its_identifiers_does_not_go_live_on_trust(proved, four, world):
    system = four.systems["oltp"]
    system.kind = "http_json"
    system.save()
    restore = restoring.note(user=world.pia, system=system, taken_at=clock_services.now() - timedelta(days=1))
    tasks.replay_restores()
    restore.refresh_from_db()
    assert restore.state == Restore.State.FAILED
    assert "cannot list identifiers" in restore.sentence


def test_the_command_replays_lets_the_system_go_live_and_fails_where_somebody_is_left(proved, shop, capsys):
    shop.restore()
    arguments = ["privacy_replay", "--system", shop.system.name, "--taken-at", shop.taken_at.isoformat()]
    call_command(*arguments, "--live")
    assert "may be used again" in capsys.readouterr().out
    assert not shop.knows()
    assert Restore.objects.get().state == Restore.State.LIVE
    shop.restore()
    shop.estate.leak()
    with pytest.raises(CommandError, match="may not go live"):
        call_command(*arguments, "--live")
    assert Restore.objects.filter(state=Restore.State.LIVE).count() == 1
    with pytest.raises(CommandError, match="no system called"):
        call_command("privacy_replay", "--system", "nobody-knows")
