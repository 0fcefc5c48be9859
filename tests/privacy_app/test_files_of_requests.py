"""A file of requests: checked, confirmed, taken in once however often; nothing of it stays, and no value is shown."""

import csv
import io
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.evidence.models import Entry
from privacy_app import keystore, tasks
from privacy_app.models import ImportBatch, Request
from privacy_app.services import importing, intake


def a_file(count, start=0, head="email,claim:customer_id,reference"):
    lines = [f"person{n}@example.com,c_{n},ref-{n}" for n in range(start, start + count)]
    return "\n".join([head, *lines, ""]).encode()


def taken(world, data, **more):
    batch = importing.check_file(user=world.pia, data=data)
    importing.confirm(user=world.pia, batch_id=batch.pk, **more)
    tasks.take_files()
    batch.refresh_from_db()
    return batch


def test_a_thousand_rows_become_a_thousand_requests_none_lost_none_doubled(world):
    batch = taken(world, a_file(1000), send_codes=False)
    assert (batch.state, batch.received, Request.objects.count()) == ("done", 1000, 1000)
    again = taken(world, a_file(1000), send_codes=False)
    assert (again.pk != batch.pk, again.received, Request.objects.count()) == (True, 0, 1000)
    more = taken(world, a_file(10, start=995), send_codes=False)
    assert (more.received, Request.objects.count()) == (5, 1005)
    assert Entry.objects.filter(kind="privacy:request:received").count() == 1005
    assert Request.objects.values("req_id").distinct().count() == 1005


def test_a_worker_that_dies_within_a_chunk_loses_and_doubles_nothing(world, monkeypatch):
    batch = importing.check_file(user=world.pia, data=a_file(45))
    importing.confirm(user=world.pia, batch_id=batch.pk)
    real, calls = intake.receive, []

    def dies(**values):
        calls.append(1)
        if len(calls) == 31:
            raise SystemExit("killed")
        return real(**values)

    monkeypatch.setattr(intake, "receive", dies)
    with pytest.raises(SystemExit):
        tasks.take_files()
    batch.refresh_from_db()
    assert (batch.reached, Request.objects.count()) == (20, 20)
    tasks.take_files()
    batch.refresh_from_db()
    assert (batch.state, Request.objects.count()) == ("done", 45)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_file_take_each_row_once(world):
    batch = importing.check_file(user=world.pia, data=a_file(60))
    importing.confirm(user=world.pia, batch_id=batch.pk, send_codes=False)
    begin = threading.Barrier(2)

    def work():
        begin.wait()
        importing.take_due()
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    importing.take_due()
    batch.refresh_from_db()
    assert (batch.state, batch.received, Request.objects.count()) == ("done", 60, 60)
    assert not keystore.exists(batch.key_name)


def upload(client, data):
    return client.post(reverse("privacy:files"), {"file": SimpleUploadedFile("requests.csv", data)})


def test_the_check_page_counts_and_names_lines_and_shows_no_value(world):
    pia = world.client("pia")
    answer = upload(pia, b"email,claim:customer_id\ndana@example.com,c_77\nsecret-address,c_78\n")
    page = pia.get(answer["Location"])
    text = page.content.decode()
    assert "Email is not an e-mail address" in text
    assert ">3<" in text
    assert "no-store" in page["Cache-Control"]
    for value in ("dana", "c_77", "secret-address"):
        assert value not in text
    assert not Request.objects.exists()


def test_a_file_that_cannot_be_read_is_asked_again_with_its_reason(world):
    page = upload(world.client("pia"), b"dana@example.com\n")
    assert page.status_code == 422
    assert "column 1 is not known" in page.content.decode()
    assert "dana" not in page.content.decode()


def test_lines_that_are_twice_in_the_file_are_one_request_and_the_results_are_harmless_in_a_spreadsheet(world):
    data = b"email,reference\ndana@example.com,=HYPERLINK(1)\ndana@example.com,=HYPERLINK(1)\n@bad,+1\n"
    batch = taken(world, data)
    assert (batch.received, Request.objects.count()) == (1, 1)
    answer = world.client("pia").get(reverse("privacy:file-results", args=[batch.pk]))
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert [row[2] for row in rows[1:]] == ["received", "known before", "email is not an e-mail address"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert "HYPERLINK" not in answer.content.decode()


def test_the_clock_starts_on_the_day_that_the_row_names(world):
    day = (now().date()).replace(day=1)
    taken(world, f"email,received_on,law\ndana@example.com,{day},ccpa\n".encode())
    request = Request.objects.get()
    assert (request.received_at.date(), request.law, request.channel) == (day, "ccpa", "csv")


def test_a_discarded_or_a_forgotten_file_leaves_neither_rows_nor_requests(
    world, clock, django_capture_on_commit_callbacks
):
    first = importing.check_file(user=world.pia, data=a_file(3))
    with django_capture_on_commit_callbacks(execute=True):
        world.client("pia").post(reverse("privacy:file-discard", args=[first.pk]))
    second = importing.check_file(user=world.pia, data=a_file(4))
    clock.move(hours=25)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.take_files()
    for batch in ImportBatch.objects.filter(pk__in=[first.pk, second.pk]):
        assert (batch.state, batch.sealed) == ("discarded", None)
        assert not keystore.exists(batch.key_name)
    assert not Request.objects.exists()
    confirm = world.client("pia").post(reverse("privacy:file-confirm", args=[first.pk]), follow=True)
    assert "discarded" in confirm.content.decode()
