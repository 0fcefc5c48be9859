"""While too many events wait, or the disk is slow, events are turned away with 503 before anything is written."""

from collections.abc import Iterator
from typing import Any

import pytest

from lineage_app import api
from lineage_app.models import Inbox, RawEvent, Receipt
from lineage_app.services import backpressure, project_all
from lineage_app.services.counting import count_all
from tests.lineage_app.sending import event, post

BATCH = "/api/v1/lineage/batch"


@pytest.fixture(autouse=True)
def anew(settings: Any) -> Iterator[None]:
    settings.LINEAGE_WAITING_AT_MOST = 3
    backpressure.look_anew()
    yield
    backpressure.look_anew()


def test_when_too_many_wait_events_and_batches_get_503_until_the_projector_has_caught_up(token: str) -> None:
    assert post(token, [event(run=n) for n in range(3)], BATCH).status_code == 200
    backpressure.look_anew()
    for answer in (post(token, event(run=9)), post(token, [event(run=9)], BATCH), post(token, b"bad")):
        assert (answer.status_code, answer["Retry-After"]) == (503, "2")
        assert "3 events wait" in answer.json()["detail"]
    assert (RawEvent.objects.count(), Receipt.objects.count()) == (3, 3)
    project_all()
    count_all()
    backpressure.look_anew()
    assert post(token, event(run=9)).status_code == 201


def test_receipts_that_nobody_counts_push_back_too_so_that_bad_events_cannot_fill_the_disk(token: str) -> None:
    for _ in range(3):
        assert post(token, b"bad").status_code == 400
    backpressure.look_anew()
    assert post(token, b"bad").status_code == 503
    assert Receipt.objects.count() == 3


def test_events_that_were_set_aside_do_not_push_back(token: str) -> None:
    from portal.core.clock.services import now

    post(token, [event(run=n) for n in range(3)], BATCH)
    Inbox.objects.update(failed_at=now(), error="set aside")
    count_all()
    backpressure.look_anew()
    assert post(token, event(run=9)).status_code == 201


def test_the_database_is_asked_once_a_second_at_most(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(backpressure, "waiting", lambda at_most: asked.append(at_most) or 0)
    for number in range(5):
        post(token, event(run=number))
    assert len(asked) == 1


def test_after_a_slow_write_the_next_events_are_told_to_come_back(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backpressure, "SLOW_S", -1.0)
    assert post(token, event(run=1)).status_code == 201
    monkeypatch.undo()
    answer = post(token, event(run=2))
    assert (answer.status_code, answer["Retry-After"]) == (503, str(api.RETRY_AFTER_S))
    assert "slow" in answer.json()["detail"]


def test_who_has_no_token_learns_nothing_of_the_load(db: None) -> None:
    backpressure.note(60)
    assert post("nonsense", event()).status_code == 401
