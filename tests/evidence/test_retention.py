"""Retention: every table has a rule, the night ends what is over and nothing else, and the page says so."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.events.models import Cursor, Event
from portal.core.events.registry import consumers
from portal.core.evidence.models import AuditRun, Entry, Hold
from portal.core.evidence.services import ArtifactKept, expire_artifact, store_artifact
from portal.core.identity.actors import system_actor
from portal.core.notify.models import Message
from portal.pages.evidence.retention import running
from portal.pages.evidence.retention.rules import RULES, How, Rule
from portal.pages.evidence.retention.running import run_all
from portal.pages.evidence.retention.selectors import AFTER
from portal.pages.models import RetentionRun
from privacy_app.models import Request
from privacy_app.services import intake


def text_of(response):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_every_table_of_the_portal_is_in_a_rule_that_exists():
    labels = {model._meta.label for model in apps.get_models()}
    ruled = {label for rule in RULES for label in rule.tables}
    demo = {"demo.Mail"} - labels
    assert labels - ruled == set(), "name these tables in portal/pages/evidence/retention/rules.py"
    assert ruled - labels - demo == set(), "these tables are gone: take them out of the rules"


def test_every_time_that_a_rule_counts_from_is_a_column():
    for rule in RULES:
        for model in rule.models():
            if rule.since:
                assert isinstance(model._meta.get_field(rule.since), models.DateField), rule.name


def test_the_page_has_words_for_every_time_that_a_rule_counts_from():
    assert {rule.since for rule in RULES if rule.days} <= set(AFTER)


def message(key, state, days):
    at = now() - timedelta(days=days)
    return Message.objects.create(channel="email", dedup_key=key, state=state, created_at=at, next_attempt_at=at)


@pytest.fixture
def own_var(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"


def test_the_night_ends_what_is_over_and_leaves_the_rest(own_var, world):
    message("old", "delivered", 366)
    message("young", "delivered", 364)
    message("waits", "waiting", 999)
    Session.objects.create(session_key="gone", session_data="", expire_date=now() - timedelta(minutes=1))
    Session.objects.create(session_key="here", session_data="", expire_date=now() + timedelta(days=1))
    AuditRun.objects.create(started_at=now(), finished_at=now() - timedelta(days=401), size=1)
    run = run_all()
    assert sorted(Message.objects.values_list("dedup_key", flat=True)) == ["waits", "young"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["here"]
    assert (run.counts["outbox"], run.counts["sessions"], run.counts["recomputations"], run.problems) == (1, 1, 1, {})
    entry = Entry.objects.get(kind="evidence:retention:run")
    assert "outbox 1, sessions 1, recomputations 1" in entry.sentence
    assert sum(run_all().counts.values()) == 0
    page = text_of(world.client("aud").get(reverse("evidence:retention")))
    for words in ("Outbox", "Deleted 365 days after it was made", "Records of requests", "Kept", "Done"):
        assert words in page


def test_an_event_goes_only_when_every_part_has_read_it(db):
    old = now() - timedelta(days=91)
    first = Event.objects.create(topic="t", payload={}, created_at=old, transaction_id=10)
    last = Event.objects.create(topic="t", payload={}, created_at=old, transaction_id=30)
    run_all()
    assert Event.objects.count() == 2, "a part that never read keeps them all"
    for name in consumers:
        Cursor.objects.create(consumer=name, transaction_id=20)
    run_all()
    assert list(Event.objects.filter(pk__in=[first.pk, last.pk])) == [last]


def test_the_words_that_a_client_chose_are_forgotten_after_a_month_and_the_request_stays(own_var, clock):
    made = intake.receive(
        actor=system_actor("tests"), channel="api", email="dana@example.com", idempotency_key="order-77"
    )
    run_all()
    assert Request.objects.get(pk=made.pk).idempotency_key
    clock.move(days=31)
    run_all()
    assert Request.objects.get(pk=made.pk).idempotency_key is None


def test_a_rule_that_cannot_work_is_named_and_stops_no_other(own_var, world, monkeypatch):
    message("old", "delivered", 366)
    run_all()
    refused = Rule("entries", ("evidence.Entry",), How.DELETED, "the ledger's triggers refuse it", since="created_at")
    monkeypatch.setattr(running, "RULES", (refused, *RULES))
    message("older", "delivered", 366)
    run = run_all()
    assert run.counts["outbox"] == 1
    assert "rows stay" in run.problems["entries"]
    assert Entry.objects.filter(kind="evidence:retention:run").count() == 2
    assert "With problems" in text_of(world.client("aud").get(reverse("evidence:retention")))


def test_a_hold_is_placed_and_released_with_a_reason_and_keeps_the_bytes_in_between(own_var, world, clock):
    stored = store_artifact(b"{}", media_type="application/json", name="proof.json", retain_days=1)
    aud = world.client("aud")
    assert "proof.json" in text_of(aud.get(reverse("evidence:artifacts")))
    place, release = (reverse(name, args=[stored.digest]) for name in ("evidence:hold", "evidence:hold-release"))
    assert aud.post(place, {"reason": ""}).status_code == 422
    for _ in range(2):
        aud.post(place, {"reason": "a court asked for it"})
    assert Hold.objects.count() == 1
    clock.move(days=2)
    with pytest.raises(ArtifactKept):
        expire_artifact(stored.digest, actor=system_actor("tests"))
    page = text_of(aud.get(reverse("evidence:artifacts") + "?held=1"))
    assert "a court asked for it" in page
    assert "Nothing is on hold" not in page
    assert aud.post(release, {"reason": ""}).status_code == 422
    aud.post(release, {"reason": "the case is closed"})
    assert expire_artifact(stored.digest, actor=system_actor("tests"))
    kinds = list(Entry.objects.filter(kind__startswith="evidence:hold:").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["evidence:hold:placed", "evidence:hold:ended"]
    assert "court" not in str(list(Entry.objects.values_list("payload", flat=True)))
    assert "No stored files yet" in text_of(aud.get(reverse("evidence:artifacts")))


def test_the_files_are_listed_by_their_end_page_by_page(own_var, world):
    for number in range(53):
        data = str(number).encode()
        store_artifact(data, media_type="text/plain", name=f"file-{number:02}", retain_days=1 + number // 2)
    aud = world.client("aud")
    first = aud.get(reverse("evidence:artifacts")).content.decode()
    second = aud.get(reverse("evidence:artifacts") + unescape(re.search(r'href="(\?[^"]*after=\d+)"', first)[1]))
    shown = [re.findall(r"file-\d\d(?=</a>)", page) for page in (first, second.content.decode())]
    assert [len(each) for each in shown] == [50, 3]
    assert shown[0] + shown[1] == sorted(shown[0] + shown[1])


def test_the_last_night_is_remembered(own_var):
    run_all()
    assert RetentionRun.objects.get().entry.kind == "evidence:retention:run"
