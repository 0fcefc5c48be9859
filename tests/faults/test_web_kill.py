"""kill -9 of the web processes in the middle of an intake, an approval and an attestation's upload.

What was acknowledged is there, what was not can be sent again, and nothing is there twice. "In the middle" is made
certain: before the commit the request waits for a lock of the test's, after the commit for a Valkey that is stopped.
"""

import contextlib
import json
import os
import signal
import socket
import uuid
from pathlib import Path

import pytest

from tests.faults import office
from tests.faults.stand import Stand, until
from tests.faults.visiting import Meanwhile, Visitor, multipart
from tests.people import PASSWORD

PDF = b"%PDF-1.7 a screenshot of the empty contact " + b"x" * 200_000
CRM = {
    "kind": "manual",
    "settings": {"instructions": "Search the contact, delete it, empty the bin."},
    "object_name": "Contacts",
    "placed": {"identifiers": {"email": "Address"}},
}
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND query LIKE 'INSERT INTO \"evidence_entry\"%'"
)
ENTRIES = "SELECT count(*) FROM evidence_entry WHERE kind = %s AND payload->>'request' = %s"


@pytest.fixture(scope="module")
def stand(tmp_path_factory):
    stand = Stand(tmp_path_factory.mktemp("portal"))
    try:
        stand.start()
        stand.cast = stand.run("people", crm=CRM)
        yield stand
    finally:
        stand.stop()


def kill_the_web(stand):
    """Every web process at once; then wait for the ones that the supervisor starts."""
    for pid in stand.web():
        with contextlib.suppress(ProcessLookupError):  # a worker goes with the one that started it
            os.kill(pid, signal.SIGKILL)


def dies_before_the_commit(stand, call, *given):
    """Kill the web while a POST has written and not committed: it waits to write its line of the ledger."""
    with stand.database() as holder, stand.database() as eye:
        with holder.transaction():
            holder.execute("LOCK TABLE evidence_entry IN SHARE MODE")
            sent = Meanwhile(call, *given)
            until(lambda: waits(eye), 30, "a POST in the middle of its transaction")
            kill_the_web(stand)
            answer = sent.ended()
        until(lambda: not waits(eye), 30, "the end of the killed session")
    until(stand.usable, 60, "the web after its death")
    return answer


def dies_after_the_commit(stand, kept, call, *given):
    """Kill the web when `kept` is true, while it still waits to wake a worker, before anybody was answered."""
    with stand.database() as holder, stand.database() as eye:
        with holder.transaction():
            holder.execute("LOCK TABLE evidence_entry IN SHARE MODE")
            sent = Meanwhile(call, *given)
            until(lambda: waits(eye), 30, "a POST in the middle of its transaction")
            os.kill(stand.valkey(), signal.SIGSTOP)
        try:
            until(lambda: kept(eye), 30, "the commit")
            kill_the_web(stand)
            answer = sent.ended()
        finally:
            os.kill(stand.valkey(), signal.SIGCONT)
    until(stand.usable, 60, "the web after its death")
    return answer


def count(stand, statement, *values):
    with stand.database() as eye:
        return eye.execute(statement, values).fetchone()[0]


def bring(stand, key, email):
    """The API's intake, as a shop sends it."""
    headers = {"Authorization": f"Bearer {stand.cast['token']}", "Idempotency-Key": key}
    body = json.dumps({"email": email}).encode()
    return Visitor(stand.port).ask(
        "POST", "/api/v1/privacy/requests", body, headers | {"Content-Type": "application/json"}
    )


def signing(stand, who, page):
    """The filled form of a signature by Petra's password and a code that was not used yet."""
    code = stand.run("fresh_code", who="petra")["code"]
    return who.hidden(page) | {"password": PASSWORD, "code": code}


def waits(eye):
    """Whether a POST waits to write its line of the ledger."""
    return eye.execute(WAITING).fetchone()[0] > 0


def test_an_intake_by_a_program_is_taken_once_whenever_the_web_dies(stand):
    of_key = "SELECT count(*) FROM privacy_app_request WHERE idempotency_key LIKE %s"
    early, late = uuid.uuid4().hex, uuid.uuid4().hex
    assert dies_before_the_commit(stand, bring, stand, early, "dana@example.com").status == 0
    assert count(stand, of_key, f"api:%{early}") == 0

    def kept(eye):
        return eye.execute(of_key, [f"api:%{late}"]).fetchone()[0] == 1

    assert dies_after_the_commit(stand, kept, bring, stand, late, "erin@example.com").status == 0
    for key, email in ((early, "dana@example.com"), (late, "erin@example.com")):
        first, second = bring(stand, key, email), bring(stand, key, email)
        assert (first.status, second.status) == (201, 201)
        reference = json.loads(first.body)["req_id"]
        assert json.loads(second.body)["req_id"] == reference
        assert count(stand, of_key, f"api:%{key}") == 1
        assert count(stand, ENTRIES, "privacy:request:received", reference) == 1


def test_a_form_that_the_public_sends_again_after_the_web_died_is_one_request(stand):
    person = Visitor(stand.port)
    answers = {"email": "finn@example.com", "second_email": "", "customer_id": "", "law": "gdpr"}
    token = person.hidden("/privacy/ask/")["csrfmiddlewaretoken"]
    checked = person.send("/privacy/ask/", answers | {"step": "2", "csrfmiddlewaretoken": token})
    assert "Check your answers" in checked.body
    form = answers | {"step": "3", "csrfmiddlewaretoken": token, "idempotency_key": str(uuid.uuid4())}
    of_form = "SELECT count(*) FROM privacy_app_request WHERE idempotency_key = %s"
    name = f"form:{form['idempotency_key']}"

    def kept(eye):
        return eye.execute(of_form, [name]).fetchone()[0] == 1

    assert dies_after_the_commit(stand, kept, person.send, "/privacy/ask/", form).status == 0
    again = person.send("/privacy/ask/", form)
    with stand.database() as eye:
        ((reference,),) = eye.execute("SELECT req_id FROM privacy_app_request WHERE idempotency_key = %s", [name])
    assert reference in again.body
    assert count(stand, ENTRIES, "privacy:request:received", reference) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_approval_is_signed_once_whenever_the_web_dies(stand, moment):
    req_id = stand.run("submitted", email=f"gina.{moment}@example.com")["req_id"]
    petra, page = Visitor(stand.port, stand.cast["sessions"]["petra"]), f"/privacy/requests/{req_id}/approve/"
    form = signing(stand, petra, page)

    def signed(eye):
        return eye.execute(ENTRIES, ["privacy:plan:approved", req_id]).fetchone()[0] == 1

    if moment == "before":
        assert dies_before_the_commit(stand, petra.send, page, form).status == 0
        assert count(stand, ENTRIES, "privacy:plan:approved", req_id) == 0
    else:
        assert dies_after_the_commit(stand, signed, petra.send, page, form).status == 0
    again = petra.send(page, form | {"code": office.code_of("petra", ahead=1)})
    assert again.status == (302 if moment == "before" else 422), again.body[-2000:]
    assert moment == "before" or "No plan of this request waits for approval" in again.body
    assert count(stand, ENTRIES, "privacy:plan:approved", req_id) == 1
    going = "SELECT count(*) FROM privacy_app_step s JOIN privacy_app_request r ON r.id = s.request_id"
    by_hand = f"{going} WHERE r.req_id = %s AND s.state = 'by_hand'"
    until(lambda: count(stand, by_hand, req_id) == 1, 60, "the steps that the approval allowed")


def test_an_attestation_is_kept_once_with_its_document_whenever_the_web_dies(stand):
    found = stand.run("handed", email="iris@example.com")
    page = f"/privacy/by-hand/{found['task']}/"
    ana = Visitor(stand.port, stand.cast["sessions"]["ana"])
    form = ana.hidden(page) | {"outcome": "deleted", "rows": "2", "statement": "bin emptied", "sure": "on"}
    files = (
        "SELECT count(*) FROM privacy_app_sealedfile f JOIN privacy_app_request r ON r.id = f.request_id"
        " WHERE r.req_id = %s AND f.name LIKE 'attestation-%%'"
    )
    half_sent(stand, ana, f"{page}attest/", form)
    assert count(stand, files, found["req_id"]) == 0
    assert dies_before_the_commit(stand, ana.upload, f"{page}attest/", form, PDF).status == 0
    assert count(stand, files, found["req_id"]) == 0

    def kept(eye):
        return eye.execute(files, [found["req_id"]]).fetchone()[0] == 1

    assert dies_after_the_commit(stand, kept, ana.upload, f"{page}attest/", form, PDF).status == 0
    again = ana.upload(f"{page}attest/", form, PDF)
    assert again.status == 302
    assert "Attested. It is part of the evidence" in ana.get(page).body
    assert count(stand, files, found["req_id"]) == 1
    assert count(stand, ENTRIES, "privacy:task:attested", found["req_id"]) == 1
    done = "SELECT count(*) FROM privacy_app_request WHERE req_id = %s AND state = 'completed' AND bundle_digest <> ''"
    until(lambda: count(stand, done, found["req_id"]) == 1, 120, "the proof")
    assert no_document_outside_the_sealed_area(stand)


def half_sent(stand, ana, path, form):
    """Send half of an upload, kill the web, and see the connection end without an answer."""
    body, kind = multipart(form, PDF)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        f"Cookie: sessionid={ana.session}; csrftoken={ana.cookies['csrftoken']}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", stand.port), timeout=30) as line:
        line.sendall(head.encode() + body[: len(body) // 2])
        kill_the_web(stand)
        with contextlib.suppress(ConnectionResetError):
            assert line.recv(1) == b""
    until(stand.usable, 60, "the web after its death")


def no_document_outside_the_sealed_area(stand):
    """Whether no file of the portal holds the document in clear: no upload is left in a temporary folder."""
    for path in Path(stand.var).rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # the servers replace files of theirs meanwhile
            if path.is_file() and PDF[:60] in path.read_bytes():
                return False
    return True
