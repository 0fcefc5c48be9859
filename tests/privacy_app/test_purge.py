"""The end of a request's own data: when it may go, when it must stay, and that nothing of it is left in any file."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, models
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import read_artifact
from portal.core.evidence.services import place_hold
from portal.core.identity.actors import actor_of, system_actor
from portal.core.notify.models import Message
from privacy_app import keystore, tasks
from privacy_app.domain.request import State
from privacy_app.models import Purge, Request
from privacy_app.services import appeal, intake, purging, rewriting

MARK = "Planted-words-about-nobody-7731"


def received(**changed):
    made = intake.receive(actor=system_actor("tests"), channel="staff", email="dana@example.com", code=False)
    Request.objects.filter(pk=made.pk).update(**changed)
    return Request.objects.get(pk=made.pk)


def ended(**changed):
    over = (now() - timedelta(days=1)).date()
    return received(**({"state": State.CANCELLED, "appeal_until": over} | changed))


def purged(request):
    appeal.shred_due()
    return Purge.objects.filter(request=request).exists()


@pytest.fixture
def own_var(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"


def test_a_window_that_is_over_ends_in_numbers_that_the_ledger_and_the_page_show(drive, clock, world, letters):
    done = drive.completed()
    letters()
    assert Message.objects.filter(dedup_key__startswith=f"privacy:{done.req_id}:").exists()
    clock.move(days=92)
    tasks.shred_keys()
    request = Request.objects.get(pk=done.pk)
    assert (request.shredded_at is not None, keystore.exists(request.key_name)) == (True, False)
    assert not request.resolved.exclude(sealed=None).exists()
    assert not request.identifiers.exclude(sealed=None, lookup="").exists()
    assert not request.codes.exists()
    assert not Message.objects.filter(dedup_key__startswith=f"privacy:{done.req_id}:").exists()
    entry = Entry.objects.get(kind="privacy:request:purged")
    assert entry.payload["sealed"] >= 4
    assert entry.payload["letters"] >= 1
    page = world.client("pia").get(reverse("privacy:record", args=[request.req_id])).content.decode()
    assert "Destroyed." in page
    assert "Still in the files" in page
    assert entry.sentence in page.replace("&#x27;", "'")
    assert request.req_id.encode() in read_artifact(request.artifact_digest)
    assert world.client("pia").get(request.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("state", [State.REOPENED, State.PARTIALLY_COMPLETE, State.PROPAGATING, State.PAUSED])
def test_nothing_is_destroyed_while_the_request_is_open_whatever_its_dates_say(own_var, state):
    assert not purged(ended(state=state))


def test_the_last_day_of_the_window_still_belongs_to_it(own_var):
    request = ended(appeal_until=now().date())
    assert not purged(request)
    assert f"until {now().date()}" in appeal.why_kept(request)


def test_a_hold_on_a_file_of_the_proof_keeps_the_record_until_it_is_released(own_var, world):
    held = "sha256:" + "5" * 64
    request = ended(state=State.COMPLETED, artifact_digest=held)
    place_hold(held, actor=actor_of(world.aud), reason="a court asked for it")
    assert not purged(request)
    from portal.core.evidence.models import Hold
    from portal.core.evidence.services import release_hold

    release_hold(Hold.objects.get(), actor=actor_of(world.aud))
    assert purged(request)


def test_a_duplicate_waits_for_the_request_that_it_was_attached_to(own_var):
    first = ended(state=State.COMPLETED, appeal_until=(now() + timedelta(days=5)).date())
    second = ended(state=State.DUPLICATE, duplicate_of=first)
    assert not purged(second)
    Request.objects.filter(pk=first.pk).update(appeal_until=second.appeal_until)
    assert appeal.shred_due() == 2
    assert Purge.objects.count() == 2


def test_a_complaint_keeps_the_record_and_its_end_lets_it_go(own_var, world, clock):
    request = ended(appeal_until=now().date())
    officer = world.client("pia")
    address = reverse("privacy:record-extend", args=[request.req_id])
    later = (now() + timedelta(days=60)).date()
    assert officer.post(address, {"until": later, "reason": ""}).status_code == 422
    refused = officer.post(address, {"until": now().date(), "reason": "a complaint"})
    assert (refused.status_code, "Choose a day after" in refused.content.decode()) == (422, True)
    assert officer.post(address, {"until": later, "reason": "the authority asked"}).status_code == 302
    page = officer.get(reverse("privacy:record", args=[request.req_id])).content.decode()
    assert "Kept for a complaint" in page
    clock.move(days=30)
    assert not purged(request)
    officer.post(reverse("privacy:record-end", args=[request.req_id]))
    clock.move(days=1)
    assert purged(request)
    words = [each.sentence for each in Entry.objects.filter(kind__startswith="privacy:record:").order_by("pk")]
    assert re.search("keeps the record of DEL-.* until .*, since a complaint runs", words[0])
    assert "ended the complaint" in words[1]
    assert "the authority asked" not in officer.get(reverse("privacy:record", args=[request.req_id])).content.decode()
    gone = officer.post(address, {"until": later, "reason": "too late"})
    assert "The record was destroyed" in gone.content.decode()


def test_a_request_that_was_reopened_has_a_whole_window_again(own_var, clock):
    request = received(state=State.PROPAGATING)
    first = appeal.open_window(request.pk)
    clock.move(days=40)
    assert appeal.open_window(request.pk) == first + timedelta(days=40)


def test_whatever_a_worker_left_undone_is_finished_by_the_next(own_var):
    actions = [purging.forget_letters, purging.destroy_key, purging.finish]
    for alive in range(len(actions) + 1):
        request = ended()
        appeal._begin(request.pk)
        for action in actions[:alive]:
            action(request.pk)
        appeal.shred_due()
        appeal.shred_due()
        row = Purge.objects.get(request=request)
        assert row.entry is not None
        assert not keystore.exists(request.key_name)
    for kind in ("privacy:key:shredded", "privacy:request:purged"):
        references = list(Entry.objects.filter(kind=kind).values_list("payload__request", flat=True))
        assert len(references) == len(set(references)) == len(actions) + 1


def test_a_key_that_a_restored_backup_brings_back_is_destroyed_again(own_var, settings):
    request = ended()
    path = Path(settings.VAR_DIR) / "keystore" / f"request.{request.key_name}.key"
    backup = path.read_bytes()
    assert purged(request)
    path.write_bytes(backup)
    assert keystore.exists(request.key_name)
    appeal.shred_due()
    assert not keystore.exists(request.key_name)


def plant(request):
    """Put the mark into every column that the purge promises to empty, in at least one row of each reachable table."""
    filled = []
    for model, way in purging.places():
        for field in purging.columns(model):
            value = MARK.encode() if isinstance(field, models.BinaryField) else f"{MARK}-{request.pk}"
            if model.objects.filter(**{way: request.pk}).update(**{field.name: value[: field.max_length or 999]}):
                filled.append(f"{model.__name__}.{field.name}")
    return filled


def files_with_mark(folder):
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        base = Path(folder) / "base" / str(cursor.fetchone()[0])
    return [each.name for each in base.iterdir() if each.is_file() and MARK.encode() in each.read_bytes()]


@pytest.mark.django_db(transaction=True)
def test_not_a_byte_of_what_was_emptied_is_left_in_the_files_of_the_database(drive, clock, postgres_server):
    done = drive.completed()
    assert {"Request.closed_text", "Step.error", "Identifier.sealed"} <= set(plant(done))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert files_with_mark(postgres_server.data)
    clock.move(days=92)
    tasks.shred_keys()
    assert files_with_mark(postgres_server.data), "an emptied row's old version stays until the table is rewritten"
    tasks.rewrite_tables()
    assert files_with_mark(postgres_server.data) == []
    assert Purge.objects.get().rewritten_at
    assert Entry.objects.get(kind="privacy:tables:rewritten").payload["requests"] == 1
    assert rewriting.rewrite() == 0, "nothing new was purged"
