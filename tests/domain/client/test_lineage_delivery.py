"""Events are delivered at least once: tried again where that helps, kept where it does not, refused ones put aside."""

import json
import logging
import time

import pytest

from portal.client.lineage import Dataset, EmitFailedError, Emitter, emitter_from_environment, spool
from portal.client.lineage.delivery import Delivery
from portal.client.lineage.spool import Spool

RUN = "11111111-1111-4111-8111-111111111111"


def test_an_event_is_sent_again_with_the_same_bytes_after_a_503(portal):
    portal.answers = [503]
    portal.emitter().event("COMPLETE", "copy", RUN)
    assert len(portal.bodies) == 2
    assert portal.bodies[0] == portal.bodies[1]


def test_a_refused_event_is_not_repeated_and_the_answer_is_told(portal):
    portal.answers = [403]
    with pytest.raises(EmitFailedError, match="refused the event \\(403\\)"):
        portal.emitter().event("COMPLETE", "copy", RUN)
    assert len(portal.bodies) == 1


def test_retry_after_is_waited_for(portal):
    portal.answers = [(429, {"Retry-After": "1"})]
    began = time.monotonic()
    portal.emitter().event("COMPLETE", "copy", RUN)
    assert time.monotonic() - began >= 1
    assert len(portal.bodies) == 2


def test_a_wait_beyond_the_patience_is_not_begun(portal):
    portal.answers = [(503, {"Retry-After": "3600"})]
    began = time.monotonic()
    with pytest.raises(EmitFailedError, match="after 1 tries: it answered 503"):
        portal.emitter().event("COMPLETE", "copy", RUN)
    assert time.monotonic() - began < 5


def test_a_redirect_is_an_error_and_never_a_lost_event(portal):
    portal.answers = [(301, {"Location": f"{portal.url}/elsewhere"})]
    with pytest.raises(EmitFailedError, match=r"redirects \(301\)\. Name the address where it leads"):
        portal.emitter().event("COMPLETE", "copy", RUN)
    assert portal.paths == ["/api/v1/lineage"]


def test_a_large_event_travels_packed_and_arrives_whole(portal):
    many = [Dataset("ns", f"table_{n}", {"id": "int"}) for n in range(200)]
    portal.emitter().event("COMPLETE", "copy", RUN, inputs=many)
    assert portal.headers[0]["Content-Encoding"] == "gzip"
    assert len(portal.bodies[0]) < 10_000
    assert len(portal.events[0]["inputs"]) == 200


def test_the_address_is_joined_with_or_without_slash_path_or_endpoint():
    endpoints = {
        "http://h": "http://h/api/v1/lineage",
        "http://h/": "http://h/api/v1/lineage",
        "https://h/portal": "https://h/portal/api/v1/lineage",
        "https://h/portal/api/v1/lineage": "https://h/portal/api/v1/lineage",
    }
    assert {url: Delivery(url).endpoint for url in endpoints} == endpoints
    with pytest.raises(ValueError, match="must be such as"):
        Delivery("ftp://h")


def test_neither_token_nor_delivery_shows_the_token():
    emitter = Emitter("http://127.0.0.1:9", "s3cret")
    assert "s3cret" not in f"{emitter!r}{emitter._delivery!r}"


def test_what_cannot_be_delivered_waits_in_the_spool_and_goes_with_the_next_that_can(portal, tmp_path, caplog):
    emitter = portal.emitter(away="spool", spool=tmp_path / "spool", tries=1)
    portal.answers = [503]
    with caplog.at_level(logging.WARNING):
        emitter.event("START", "copy", RUN)
        emitter.event("RUNNING", "copy", RUN)  # not even tried: it was away a moment ago
    assert len(portal.bodies) == 1
    waiting = list((tmp_path / "spool").glob("*.json"))
    assert len(waiting) == 2
    assert "waits in" in caplog.text
    first = portal.bodies.copy()
    emitter._resting_until = 0.0
    emitter.event("COMPLETE", "copy", RUN)
    assert sorted(event["eventType"] for event in portal.events[1:]) == ["COMPLETE", "RUNNING", "START"]
    assert first[0] in portal.bodies[1:]
    assert not list((tmp_path / "spool").glob("*.json"))


def test_an_event_that_waits_for_a_better_token_is_kept_and_one_that_is_wrong_is_put_aside(portal, tmp_path):
    emitter = portal.emitter(away="spool", spool=tmp_path, tries=1)
    portal.answers = [401, 400]
    emitter.event("START", "copy", RUN)
    emitter.event("START", "other", RUN)
    (waiting,) = tmp_path.glob("*.json")
    assert json.loads(waiting.read_text())["job"]["name"] == "copy"
    (aside,) = (tmp_path / "refused").glob("*.json")
    assert json.loads(aside.read_text())["job"]["name"] == "other"
    assert "refused the event (400)" in aside.with_suffix(".txt").read_text()


def test_resending_stops_where_the_portal_is_away_and_says_what_is_left(portal, tmp_path):
    kept = Spool(tmp_path)
    for number in range(3):
        kept.keep(json.dumps({"n": number}).encode())
    portal.answers = [201, 400, 503]
    resent = kept.resend(Delivery(portal.url, tries=1))
    assert (resent.taken, resent.refused, resent.waiting) == (1, 1, 1)
    assert "503" in resent.why
    assert [event["n"] for event in portal.events] == [0, 1, 2]
    assert kept.resend(Delivery(portal.url)).waiting == 0


def test_a_full_or_unwritable_spool_is_said_and_breaks_nothing(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(spool, "MOST_EVENTS", 1)
    emitter = Emitter("http://127.0.0.1:9", tries=1, away="spool", spool=tmp_path / "spool")
    (tmp_path / "file").write_text("")
    blocked = Emitter("http://127.0.0.1:9", tries=1, away="spool", spool=tmp_path / "file")
    with caplog.at_level(logging.WARNING):
        emitter.event("START", "copy", RUN)
        emitter.event("COMPLETE", "copy", RUN)
        blocked.event("START", "copy", RUN)
    assert "holds 1 events: resend them with `custody resend`" in caplog.text
    assert caplog.text.count("An event was lost") == 2


def test_the_environment_chooses_what_happens_while_the_portal_is_away(tmp_path):
    token = tmp_path / "token"
    token.write_text("from-a-file\n")
    said = {"CUSTODY_URL": "https://h", "CUSTODY_TOKEN": "t", "CUSTODY_TOKEN_FILE": str(token)}
    assert emitter_from_environment(said).away == "warn"
    assert emitter_from_environment(said).token == "from-a-file"
    assert emitter_from_environment(said | {"CUSTODY_SPOOL": str(tmp_path)}).away == "spool"
    assert emitter_from_environment(said | {"CUSTODY_WHEN_AWAY": "raise"}).away == "raise"
    assert emitter_from_environment(said | {"OPENLINEAGE_DISABLED": "true"}).url == ""
    with pytest.raises(ValueError, match="needs a folder"):
        emitter_from_environment(said | {"CUSTODY_WHEN_AWAY": "spool"})
    with pytest.raises(ValueError, match="never"):
        emitter_from_environment(said | {"CUSTODY_WHEN_AWAY": "never"})
