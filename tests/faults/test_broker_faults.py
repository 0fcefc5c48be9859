"""Valkey is gone while people ask and approve and while steps are due: nothing is lost, and beat takes it up again.

The supervisor is stopped for the time, or it would start Valkey again within a second.
"""

import contextlib
import json
import os
import signal
import time
import uuid

import pytest

from tests.conformance.kinds.sqlite import SqliteEstate
from tests.faults import office
from tests.faults.stand import Stand, until
from tests.faults.test_web_kill import CRM, ENTRIES, bring, count, signing, waits
from tests.faults.visiting import Meanwhile, Visitor

STEPS = (
    "SELECT count(*) FROM privacy_app_step s JOIN privacy_app_request r ON r.id = s.request_id"
    " WHERE r.req_id = %s AND s.kind = 'sqlite' AND s.state = %s"
)


@pytest.fixture
def desk(tmp_path):
    """A real database of tickets below the portal's own folder, with the subject in it."""
    folder = tmp_path / "estate" / "desk"
    folder.mkdir(parents=True)
    desk = SqliteEstate(None, folder)
    desk.people = 30
    desk.plant()
    yield desk
    desk.close()


@pytest.fixture
def stand(tmp_path, desk):
    stand = Stand(tmp_path)
    with started(stand):
        yield made_ready(stand, desk)


@contextlib.contextmanager
def started(stand):
    """The portal running, and stopped afterwards whatever happened, also to its supervisor."""
    try:
        stand.start()
        yield
    finally:
        stand.supervisor.send_signal(signal.SIGCONT)
        stand.stop()


def made_ready(stand, desk):
    """People and systems in it."""
    system = {"kind": "sqlite", "settings": dict(desk.config.settings)}
    placed = {"object_name": desk.target.object_name, "placed": dict(desk.target.settings)}
    stand.cast = stand.run("people", desk=system | placed, crm=CRM)
    return stand


@contextlib.contextmanager
def without_valkey(stand):
    """Valkey killed, and nobody there to start it again, until the block ends."""
    stand.supervisor.send_signal(signal.SIGSTOP)
    os.kill(stand.valkey(), signal.SIGKILL)
    try:
        yield
    finally:
        stand.supervisor.send_signal(signal.SIGCONT)


def test_what_is_asked_and_approved_without_a_broker_is_done_by_beat_when_it_is_back(stand, desk):
    others = desk.controls()
    req_id = stand.run("submitted", email=desk.email)["req_id"]
    petra, page = Visitor(stand.port, stand.cast["sessions"]["petra"]), f"/privacy/requests/{req_id}/approve/"
    form = signing(stand, petra, page)
    key = uuid.uuid4().hex
    with stand.database() as holder, stand.database() as eye, contextlib.ExitStack() as gone:
        with holder.transaction():
            holder.execute("LOCK TABLE evidence_entry IN SHARE MODE")
            sent = Meanwhile(petra.send, page, form)
            until(lambda: waits(eye), 30, "an approval in the middle of its transaction")
            gone.enter_context(without_valkey(stand))
        assert sent.ended().status == 302
        assert count(stand, ENTRIES, "privacy:plan:approved", req_id) == 1
        taken = bring(stand, key, "joan@example.com")
        assert taken.status == 201, taken.body
        assert Visitor(stand.port).get("/healthz").status == 503
        time.sleep(8)  # longer than beat's ticks for steps and codes
        assert count(stand, STEPS, req_id, "waiting") == 1
    done = "SELECT count(*) FROM privacy_app_request WHERE req_id = %s AND code_due = false"
    until(lambda: count(stand, STEPS, req_id, "done") == 1, 90, "the step, by beat")
    until(lambda: count(stand, done, json.loads(taken.body)["req_id"]) == 1, 60, "the code of the other request")
    assert json.loads(bring(stand, key, "joan@example.com").body)["req_id"] == json.loads(taken.body)["req_id"]
    assert desk.occurrences() == 0
    assert desk.controls() == others
    assert count(stand, ENTRIES, "privacy:step:done", req_id) >= 1


def test_an_approval_that_needs_the_cache_is_refused_whole_and_taken_when_it_is_back(stand, desk):
    req_id = stand.run("submitted", email=desk.email)["req_id"]
    petra, page = Visitor(stand.port, stand.cast["sessions"]["petra"]), f"/privacy/requests/{req_id}/approve/"
    form = signing(stand, petra, page)
    with without_valkey(stand):
        refused = petra.send(page, form)
        assert (refused.status, refused.headers["retry-after"]) == (503, "5")
        assert "A part of the portal is away" in refused.body
        assert count(stand, ENTRIES, "privacy:plan:approved", req_id) == 0
    until(stand.usable, 30, "Valkey")
    assert petra.send(page, form | {"code": office.code_of("petra")}).status == 302
    until(lambda: count(stand, STEPS, req_id, "done") == 1, 90, "the step")
    assert count(stand, ENTRIES, "privacy:plan:approved", req_id) == 1
