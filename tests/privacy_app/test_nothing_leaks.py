"""A planted subject, searched for in logs, ledger, tables, messages, URLs and the proof."""

import json
import logging

from django.apps import apps
from django.db import connection
from django.urls import reverse

from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import read_artifact


def tables():
    return [model._meta.db_table for model in apps.get_models() if model._meta.managed]


def holding(needle):
    """The tables in which some row holds the text, as text or as the text of bytes."""
    found = []
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s OR t::text LIKE %s',
                [f"%{needle}%", f"%{needle.encode().hex()}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_a_planted_identifier_is_nowhere_but_in_the_sealed_columns(drive, four, world, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("CUSTODY_SECRET_FEATURES", "redis://127.0.0.1:1/0")
    request = drive.receive(claims={"customer_id": four.customer})
    monkeypatch.setenv("CUSTODY_SECRET_FEATURES", four.estates["features"].config.secret)
    officer = world.client("pia")
    page = officer.get(reverse("privacy:request", args=[request.req_id]))
    assert four.email not in page.content.decode()
    from privacy_app import tasks
    from privacy_app.services import identity, planning

    identity.override(user=world.pia, request_id=request.pk, reason="known at the counter")
    tasks.resolve_waiting()
    plan = planning.make_plan(user=world.pia, request_id=request.pk)
    planning.submit(user=world.pia, plan_id=plan.pk)
    done = drive.work(drive.approve(request))
    for url in ("privacy:request", "privacy:plan", "privacy:proof"):
        text = officer.get(reverse(url, args=[done.req_id])).content.decode()
        assert four.email not in text
        assert four.customer not in text
    for needle in (four.email, four.customer):
        assert needle not in caplog.text
        assert needle not in json.dumps(list(Entry.objects.values_list("payload", flat=True)))
        assert needle.encode() not in read_artifact(done.artifact_digest)
        assert needle.encode() not in read_artifact(done.pdf_digest)
        assert holding(needle) == []


def test_messages_to_workers_carry_no_argument_at_all(drive, django_capture_on_commit_callbacks):
    from celery.signals import before_task_publish

    sent = []

    def note(sender, body, **_):
        sent.append((sender, list(body[0]), dict(body[1])))

    before_task_publish.connect(note, weak=False)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            drive.approved()
    finally:
        before_task_publish.disconnect(note)
    assert "privacy_app.tasks.propagate" in {name for name, _, _ in sent}
    assert [each for each in sent if each[1] or each[2]] == []
