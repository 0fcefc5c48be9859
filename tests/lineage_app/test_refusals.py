"""A refused event is counted with its reason, and its owner can see the newest; a flood of them harms nobody."""

import gzip
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from lineage_app.domain.refusals import REFUSALS
from lineage_app.models import RefusedEvent, Tally
from lineage_app.services import refusals
from lineage_app.services.counting import count_all
from portal.core.clock.services import now
from tests.lineage_app.sending import event, post

BATCH = "/api/v1/lineage/batch"
GZIP = {"Content-Encoding": "gzip"}


@pytest.fixture(autouse=True)
def fresh_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals._Pace, "minute", -1)


def refused() -> dict[str, int]:
    count_all()
    return dict(Tally.objects.filter(what="refused").exclude(detail="").values_list("detail", "count"))


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (b"", {}, "empty"),
        (b'{"eventTime": "2026', {}, "json"),
        (b"\xff\xfe", {}, "utf8"),
        (json.dumps(event() | {"job": 5}).encode(), {}, "field"),
        (json.dumps({"producer": "p"}).encode(), {}, "missing"),
        (json.dumps(event() | {"eventTime": "yesterday"}).encode(), {}, "time"),
        (json.dumps({"eventTime": "2026-03-01T10:00:00Z"}).encode(), {}, "shape"),
        (json.dumps(event(job="")).encode(), {}, "name"),
        (b" " * (5 * 1024 * 1024 + 1), {}, "size"),
        (gzip.compress(b" " * (5 * 1024 * 1024 + 1)), GZIP, "size"),
        (b"no gzip", GZIP, "gzip"),
        (b"{}", {"Content-Encoding": "br"}, "encoding"),
    ],
)
def test_a_refused_event_is_counted_with_its_reason_and_its_body_kept(
    token: str, body: bytes, headers: dict[str, str], reason: str
) -> None:
    answer = post(token, body, **headers)
    assert 400 <= answer.status_code < 500
    assert refused() == {reason: 1}
    kept = RefusedEvent.objects.get()
    assert (kept.reason, kept.status, kept.sentence) == (reason, answer.status_code, answer.json()["detail"])
    unpacked = b" " * 70_000 if reason == "size" else body
    assert bytes(kept.body) == unpacked[: 64 * 1024]
    assert reason in REFUSALS


def test_the_producer_of_a_refused_event_is_named_where_it_can_be_read(token: str) -> None:
    post(token, event() | {"eventTime": "never"})
    post(token, b'{"producer": "https://pipelines.example/1"')
    count_all()
    assert set(Tally.objects.values_list("producer__uri", flat=True)) == {"https://pipelines.example/1", ""}


def test_failures_of_a_batch_are_counted_with_their_place_and_the_good_events_are_kept(token: str) -> None:
    answer = post(token, [event(run=1), {"eventTime": "never"}, event(run=2), event(job="")], BATCH)
    assert answer.json()["summary"]["failed"] == 2
    assert refused() == {"time": 1, "name": 1}
    assert sorted(RefusedEvent.objects.values_list("place", "reason")) == [(1, "time"), (3, "name")]
    assert sum(Tally.objects.filter(what="kept").values_list("count", flat=True)) == 2


def test_a_broken_batch_is_one_refusal(token: str) -> None:
    assert post(token, b"[{", BATCH).status_code == 400
    assert refused() == {"batch": 1}


def test_without_a_good_token_nothing_is_counted_or_kept(world: Any) -> None:
    post("nonsense", b"bad")
    post(world.token("gate:read"), b"bad")
    assert refused() == {}
    assert not RefusedEvent.objects.exists()


def test_a_flood_keeps_the_newest_bodies_of_each_reason_and_counts_all(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "A_MINUTE", 60)
    post(token, b"rare: not JSON")
    for _ in range(4):
        post(token, [{"eventTime": f"never {n}"} for n in range(50)], BATCH)
    assert refused() == {"json": 1, "time": 200}
    assert RefusedEvent.objects.filter(reason="json").count() == 1
    assert RefusedEvent.objects.filter(reason="time").count() == refusals.NEWEST


def test_a_flood_writes_no_more_bodies_than_its_pace(token: str, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(20 + 6 * refusals.A_MINUTE):
        post(token, [{"eventTime": f"never {n}"} for n in range(5_000)], BATCH)
    assert refused() == {"time": 5_000}


def test_a_bad_event_stays_400_when_it_cannot_be_counted(token: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE lineage_app_receipt ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
    assert post(token, b"bad").status_code == 400


def test_a_refused_body_stands_in_no_log(token: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        post(token, b'{"eventTime": "never", "mail": "eve@example.org"}')
    assert "eve@example.org" not in caplog.text


def test_refused_events_leave_after_the_days_of_the_setting(token: str, settings: Any) -> None:
    post(token, b"bad")
    assert refusals.purge(now() + timedelta(days=13)) == 0
    settings.LINEAGE_REFUSED_DAYS = 10
    assert refusals.purge(now() + timedelta(days=13)) == 1
    assert refused() == {"json": 1}
