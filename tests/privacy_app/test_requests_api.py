"""Requests from programs: signed receipts, status in three vocabularies, callbacks, cancelling, and hostile senders."""

import base64
import json
import subprocess
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.evidence import keys
from portal.core.evidence.domain.canonical import canonical_bytes
from portal.core.identity.actors import system_actor
from portal.core.identity.tokens import issue
from portal.core.notify.models import Message
from portal.core.notify.services import deliver_waiting
from privacy_app import limits, tasks
from privacy_app.domain.receipts import body_hmac
from privacy_app.domain.request import State
from privacy_app.models import Request
from privacy_app.services import identity, lifecycle

BODY = {"email": "dana@example.com", "claims": {"customer_id": "c_49102"}}


@pytest.fixture
def sender(world):
    cache.clear()
    return Client(headers={"Authorization": f"Bearer {world.token('privacy:intake')}"})


def bring(client, body=BODY, key="", **more):
    headers = {"Idempotency-Key": key} if key else {}
    sent = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(reverse("api:privacy-intake"), sent, "application/json", headers=headers, **more)


def status(client, req_id, **query):
    return client.get(reverse("api:privacy-request", args=[req_id]), query)


def is_genuine(signed, tmp_path):
    """What docs/requests_api.md tells a receiver to do, with openssl."""
    (tmp_path / "key.pem").write_bytes(keys.public_pem(keys.server_key().public))
    (tmp_path / "receipt").write_bytes(canonical_bytes(signed["receipt"]))
    (tmp_path / "sig").write_bytes(base64.b64decode(signed["signature"]["value"]))
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "receipt"]
    return subprocess.run([*verify, "-sigfile", "sig"], cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_the_receipt_is_signed_names_no_identifier_and_openssl_checks_it(sender, tmp_path):
    answer = bring(sender, key="k-1")
    signed = answer.json()
    assert answer.status_code == 201
    assert signed["signature"]["key_id"] == keys.server_key().key_id
    assert is_genuine(signed, tmp_path)
    assert signed["receipt"]["body_hmac"] == body_hmac("k-1", json.dumps(BODY).encode())
    for secret in ("dana", "c_49102", "example.com"):
        assert secret not in answer.content.decode()
    signed["receipt"]["statutory_due"] = "2099-01-01T00:00:00Z"
    assert not is_genuine(signed, tmp_path)


def test_one_key_one_request_another_body_under_it_is_refused(sender):
    first, second = bring(sender, key="k-2"), bring(sender, key="k-2")
    assert first.json()["req_id"] == second.json()["req_id"]
    other = bring(sender, {"email": "other@example.com"}, key="k-2")
    assert (other.status_code, Request.objects.count()) == (422, 1)
    assert "came before with another body" in other.json()["detail"]


@pytest.mark.django_db(transaction=True)
def test_a_key_sent_by_eight_at_once_makes_one_request(world):
    bearer = {"Authorization": f"Bearer {world.token('privacy:intake')}"}
    got, begin = [], threading.Barrier(8)

    def send():
        begin.wait()
        got.append(bring(Client(headers=bearer), key="race").json()["req_id"])
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(got) == 8
    assert len(set(got)) == 1
    assert Request.objects.count() == 1


def test_a_request_is_followed_in_our_words_and_in_those_of_opendsr_and_drp(sender):
    req_id = bring(sender).json()["req_id"]
    tasks.send_codes()
    ours = status(sender, req_id).json()["receipt"]
    assert (ours["state"], ours["opendsr_status"], ours["drp_status"]) == ("identity_pending", "pending", "in_progress")
    assert status(sender, req_id, view="opendsr").json()["request_status"] == "pending"
    drp = status(sender, req_id, view="drp").json()
    assert (drp["status"], drp["reason"]) == ("in_progress", "need_user_verification")
    assert status(sender, req_id, view="moon").status_code == 422


def test_cancelling_is_answered_signed_twice_the_same_and_refused_once_it_is_too_late(sender, tmp_path):
    req_id = bring(sender).json()["req_id"]
    url = reverse("api:privacy-cancel", args=[req_id])
    first = sender.post(url, json.dumps({"reason": "sent by mistake"}), "application/json")
    assert is_genuine(first.json(), tmp_path)
    assert first.json()["receipt"]["drp_status"] == "revoked"
    assert sender.post(url, "", "application/json").status_code == 200
    Request.objects.update(state=State.PROPAGATING, destructive_from=now())
    late = sender.post(url, "", "application/json")
    assert (late.status_code, "already begun" in late.json()["detail"]) == (409, True)


def test_nobody_follows_or_cancels_what_another_sender_brought(sender, world):
    req_id = bring(sender).json()["req_id"]
    _, plain = issue(
        actor=system_actor("tests"),
        name="somebody else",
        scopes=["privacy:intake"],
        namespaces=["*"],
        expires_at=now() + timedelta(days=1),
    )
    other = Client(headers={"Authorization": f"Bearer {plain}"})
    assert status(other, req_id).status_code == 404
    assert other.post(reverse("api:privacy-cancel", args=[req_id])).status_code == 404
    theirs, nobodys = status(other, req_id).json()["detail"], status(other, "DEL-2020-01-01-0001").json()["detail"]
    assert theirs.replace(req_id, "X") == nobodys.replace("DEL-2020-01-01-0001", "X")
    assert Request.objects.get().state == State.RECEIVED


def test_a_new_token_of_the_same_sender_goes_on_where_the_old_one_stopped(sender, world):
    req_id = bring(sender).json()["req_id"]
    fresh = Client(headers={"Authorization": f"Bearer {world.token('privacy:intake')}"})
    assert status(fresh, req_id).status_code == 200


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        """Silence: the suite's output is for results."""


@pytest.fixture
def receiver(settings):
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.got = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{server.server_port}"]
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_change_of_state_is_told_to_the_callback_signed_and_in_order(sender, world, receiver, tmp_path):
    url = f"http://127.0.0.1:{receiver.server_port}/status?tenant=7"
    req_id = bring(sender, BODY | {"callback": url}).json()["req_id"]
    tasks.send_codes()
    request = Request.objects.get()
    identity.override(user=world.pia, request_id=request.pk, reason="known")
    lifecycle.deny(user=world.pia, request_id=request.pk, basis="law", text="a reason that names Dana")
    deliver_waiting()
    told = sorted((each["details"] for each in receiver.got), key=lambda each: each["receipt"]["changes"])
    assert [each["receipt"]["state"] for each in told] == ["identity_pending", "resolving", "denied"]
    assert [each["receipt"]["changes"] for each in told] == [1, 2, 3]
    assert all(is_genuine(each, tmp_path) for each in told)
    assert "Dana" not in json.dumps(receiver.got)
    assert "dana@" not in json.dumps(receiver.got)
    assert req_id in json.dumps(receiver.got)


def test_a_callback_into_a_private_network_is_never_called(sender, settings, receiver):
    settings.WEBHOOK_PRIVATE_HOSTS = []
    bring(sender, BODY | {"callback": f"http://127.0.0.1:{receiver.server_port}/"})
    tasks.send_codes()
    deliver_waiting()
    assert receiver.got == []
    failed = Message.objects.get(channel="webhook")
    assert failed.state != Message.State.DELIVERED


def test_the_callback_address_is_sealed_in_the_database(sender):
    bring(sender, BODY | {"callback": "https://agent.example.com/status/secret-path"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM privacy_app_request r")
        assert "secret-path" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"\xff\xfe{", "not JSON"),
        ('{"email": "dana@example.com", "law": NaN}', "not JSON"),
        ("[" * 60_000, "not JSON"),
        ({"email": "dana@example.com", "claims": {"customer_id": "a\x00b"}}, "`claims` must map"),
        ('{"email": "dana@example.com", "claims": {"customer_id": "\\ud800"}}', "`claims` must map"),
        ({"email": "dana@example.com", "claims": {"Robert'); DROP": "x"}}, "`claims` must map"),
        ({"email": "dana@example.com", "claims": {"email_address": "victim@example.com"}}, "`claims` must map"),
        ({"email": "dana@example.com\r\nBcc: x@example.com"}, "`email` must be"),
        ({"email": ["dana@example.com"]}, "`email` must be"),
        ({"email": "dana@example.com", "law": ["gdpr"]}, "`law` must be one of"),
        ({"email": "dana@example.com", "language": ["en"]}, "`language` must be one of"),
        ({"email": "dana@example.com", "more_emails": ["x"]}, "`more_emails`"),
        ({"email": "dana@example.com", "verified": True}, "nothing else"),
        ({"email": "dana@example.com", "callback": "file:///etc/passwd"}, "`callback` must start"),
        ({"email": "dana@example.com", "callback": "https://u:p@dana.example.com/"}, "`callback` must start"),
        ({"email": "dana@example.com", "callback": "https://x.example.com/\r\nHost: y"}, "`callback` must be"),
        ({"email": "dana@example.com", "callback": ["https://x.example.com/"]}, "`callback` must be"),
    ],
)
def test_a_hostile_body_is_refused_by_field_and_never_repeated(sender, body, says):
    answer = bring(sender, body)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert "dana" not in answer.content.decode()
    assert not Request.objects.exists()


def test_a_huge_body_is_refused_before_it_is_read(sender):
    answer = bring(sender, b'{"email": "' + b"x" * 70_000 + b'"}')
    assert (answer.status_code, Request.objects.count()) == (413, 0)
    announced = bring(sender, b"{}", CONTENT_LENGTH="9999999999")
    assert announced.status_code == 413


@pytest.mark.parametrize("key", ["x" * 151, "a\x07b"])
def test_a_key_that_cannot_be_kept_whole_is_refused_not_cut(sender, key):
    assert bring(sender, key=key).status_code == 422


def test_a_token_that_brings_too_many_is_told_when_to_come_back(sender, monkeypatch):
    monkeypatch.setattr(limits, "API_INTAKES_AN_HOUR", 3)
    answers = [bring(sender) for _ in range(4)]
    assert [each.status_code for each in answers] == [201, 201, 201, 429]
    assert answers[-1]["Retry-After"] == "3600"


def test_the_answer_takes_the_same_queries_for_a_known_an_unknown_and_a_throttled_address(sender, drive, four):
    """Timing is told by what is done: the code is sent by a worker, so every address costs intake the same."""
    for _ in range(4):
        bring(sender, {"email": four.email})
        tasks.send_codes()
    shapes = {}
    for name, email in (("known", four.email), ("unknown", "nobody@example.com"), ("warm", "warm@example.com")):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert bring(sender, {"email": email}).status_code == 201
        shapes[name] = [each["sql"].split()[0] for each in seen.captured_queries]
    assert shapes["known"] == shapes["unknown"] == shapes["warm"]
