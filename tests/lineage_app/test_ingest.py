"""The endpoint keeps what it answers 201 to, and tells a producer what is wrong with the rest."""

import gzip
import json
from typing import Any

import pytest
from django.db import connection

from lineage_app.bodies import EVENT_BYTES
from lineage_app.models import Inbox, RawEvent
from tests.lineage_app.sending import event, post

PATH = "/api/v1/lineage"
DISK_FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON lineage_app_rawevent FOR EACH ROW EXECUTE FUNCTION full_disk();
"""


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_an_event_is_kept_verbatim_with_and_without_the_slash_and_never_redirected(token: str, path: str) -> None:
    body = json.dumps(event(), indent=3).encode()
    answer = post(token, body, path)
    assert (answer.status_code, answer.content) == (201, b"")
    assert RawEvent.objects.get().body == body.decode()
    assert Inbox.objects.count() == 1


def test_a_retry_is_answered_201_and_kept_once(token: str) -> None:
    assert [post(token, event()).status_code for _ in range(3)] == [201, 201, 201]
    assert (RawEvent.objects.count(), Inbox.objects.count()) == (1, 1)


def test_a_gzipped_event_is_the_same_event(token: str) -> None:
    body = json.dumps(event()).encode()
    assert post(token, gzip.compress(body), **{"Content-Encoding": "gzip"}).status_code == 201
    assert post(token, body).status_code == 201
    assert RawEvent.objects.get().body == body.decode()


@pytest.mark.parametrize(
    ("body", "headers", "status", "says"),
    [
        (b"", {}, 400, "empty"),
        (b"hello", {}, 400, "not JSON"),
        (b'{"eventTime": 5}', {}, 400, "$.eventTime"),
        (b"\xff\xfe", {}, 400, "UTF-8"),
        (b" " * (EVENT_BYTES + 1), {}, 413, "over 5 MB"),
        (gzip.compress(b" " * (EVENT_BYTES + 1)), {"Content-Encoding": "gzip"}, 413, "over 5 MB"),
        (b"not gzip", {"Content-Encoding": "gzip"}, 400, "is not"),
        (gzip.compress(b"{}" * 900)[:-9], {"Content-Encoding": "gzip"}, 400, "ends early"),
        (b"{}", {"Content-Encoding": "br"}, 415, "gzip"),
    ],
)
def test_a_bad_body_gets_a_problem_that_says_what_to_do(
    token: str, body: bytes, headers: dict[str, str], status: int, says: str
) -> None:
    answer = post(token, body, **headers)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]
    assert not RawEvent.objects.exists()


def test_a_bomb_of_a_gigabyte_is_stopped_at_five_megabytes(token: str) -> None:
    packed = gzip.compress(b"\0" * 200_000_000, compresslevel=9)
    assert len(packed) < 300_000
    assert post(token, packed, **{"Content-Encoding": "gzip"}).status_code == 413


def test_without_a_token_it_is_401_and_with_another_scope_403(world: Any) -> None:
    assert post("", event()).status_code == 401
    assert post("nonsense", event()).status_code == 401
    refused = post(world.token("gate:read"), event())
    assert refused.status_code == 403
    assert "lineage:write" in refused.json()["detail"]
    assert not RawEvent.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        event(namespace="other"),
        event(outputs=[{"namespace": "other", "name": "x"}]),
        event(inputs=[{"namespace": "other", "name": "x"}]),
    ],
)
def test_an_event_outside_the_tokens_namespaces_is_kept_and_marked_foreign(token: str, sent: Any) -> None:
    assert post(token, sent).status_code == 201
    assert RawEvent.objects.get().is_foreign


def test_a_foreign_event_becomes_own_when_a_token_that_covers_it_sends_it_too(world: Any, token: str) -> None:
    post(token, event(namespace="other"))
    post(world.token("lineage:write", namespaces=("other",)), event(namespace="other"))
    assert not RawEvent.objects.get().is_foreign
    post(token, event(namespace="other"))
    assert not RawEvent.objects.get().is_foreign


@pytest.mark.parametrize("shape", ["array", "wrapped", "ndjson"])
def test_a_batch_in_any_of_three_shapes_is_kept_and_its_failures_are_named(token: str, shape: str) -> None:
    items = [event(run=1), {"eventTime": "never"}, event(run=2), event(run=1)]
    body = {
        "array": json.dumps(items),
        "wrapped": json.dumps({"events": items}),
        "ndjson": "\n".join(json.dumps(item) for item in items),
    }[shape]
    answer = post(token, body.encode(), f"{PATH}/batch")
    assert answer.status_code == 200
    summary = answer.json()
    assert summary["status"] == "partial_success"
    assert summary["summary"] == {"received": 4, "successful": 3, "failed": 1, "retriable": 0, "non_retriable": 1}
    assert [(f["index"], f["retriable"]) for f in summary["failed_events"]] == [(1, False)]
    assert RawEvent.objects.count() == 2


def test_a_gzipped_batch_is_unpacked_and_a_bomb_of_one_is_stopped(token: str) -> None:
    packed = gzip.compress(json.dumps([event(run=1), event(run=2)]).encode())
    assert post(token, packed, f"{PATH}/batch", **{"Content-Encoding": "gzip"}).json()["summary"]["successful"] == 2
    bomb = gzip.compress(b"[" + b" " * 60_000_000 + b"]")
    assert post(token, bomb, f"{PATH}/batch", **{"Content-Encoding": "gzip"}).status_code == 413


@pytest.mark.parametrize("path", [PATH, f"{PATH}/", f"{PATH}/batch", f"{PATH}/batch/"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Cookie": "sessionid=x"}])
def test_no_answer_on_these_paths_is_ever_a_redirect(db: None, path: str, headers: dict[str, str]) -> None:
    assert post("", event(), path, **headers).status_code == 401


def test_a_broken_batch_is_refused_whole(token: str) -> None:
    assert post(token, b'[{"eventTime": "2026', f"{PATH}/batch").status_code == 400
    assert not RawEvent.objects.exists()


def test_when_the_database_cannot_keep_it_the_answer_is_503_with_retry_after(token: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(DISK_FULL)
    answer = post(token, event())
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "again" in answer.json()["detail"]


def test_an_odd_month_goes_to_the_default_partition(token: str) -> None:
    odd = event() | {"eventTime": "1987-03-01T10:00:00Z"}
    assert post(token, odd).status_code == 201
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM lineage_app_rawevent_default")
        assert cursor.fetchone() == (1,)
