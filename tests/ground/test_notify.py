"""The outbox tells once, tries again where that may help, and keeps nothing after delivery."""

import http.server
import threading

import pytest
from django.core import mail
from django.db import transaction

from portal.core.notify.models import Message
from portal.core.notify.services import deliver_waiting, enqueue
from portal.core.web.outgoing import AddressRefused, checked_address


def _mail(**changes):
    letter = {"channel": "email", "address": "ana@example.com", "subject": "Hello", "body": "Text", "dedup_key": "k1"}
    enqueue(**letter | changes)


@pytest.mark.django_db
def test_a_message_with_the_same_key_is_told_once_and_cleared_on_delivery():
    _mail()
    _mail(body="again")
    assert deliver_waiting() == 1
    assert [m.body for m in mail.outbox] == ["Text"]
    row = Message.objects.get()
    assert (row.state, row.sealed) == ("delivered", None)


@pytest.mark.django_db
def test_what_waits_in_the_outbox_is_not_readable_in_the_database():
    _mail(body="code 123456")
    sealed = bytes(Message.objects.get().sealed)
    assert b"123456" not in sealed
    assert b"ana@example.com" not in sealed


@pytest.mark.django_db(transaction=True)
def test_a_message_of_a_transaction_that_fails_is_never_told():
    with pytest.raises(RuntimeError), transaction.atomic():
        _mail()
        raise RuntimeError("the change failed")
    assert deliver_waiting() == 0


@pytest.fixture
def receiver():
    """A real HTTP receiver on loopback whose answers a test sets."""

    class Handler(http.server.BaseHTTPRequestHandler):
        answers: list[int] = []
        seen: list[dict] = []

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            type(self).seen.append({"headers": dict(self.headers), "body": body})
            self.send_response(type(self).answers.pop(0) if type(self).answers else 200)
            self.end_headers()

        def log_message(self, *args):
            """Silent: the suite prints its own."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Handler.answers, Handler.seen = [], []
    yield server, Handler
    server.shutdown()
    server.server_close()


@pytest.mark.django_db
def test_a_webhook_is_signed_and_tried_again_after_a_500(receiver, settings, clock):
    server, handler = receiver
    settings.WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{server.server_port}"]
    handler.answers = [500]
    _mail(channel="webhook", address=f"http://127.0.0.1:{server.server_port}/hook")
    deliver_waiting()
    assert Message.objects.get().state == "waiting"
    clock.move(minutes=5)
    deliver_waiting()
    assert Message.objects.get().state == "delivered"
    first, second = handler.seen
    assert first["headers"]["X-Custody-Id"] == second["headers"]["X-Custody-Id"] == "k1"
    assert len(second["headers"]["X-Custody-Signature"]) == 64


@pytest.mark.django_db
def test_a_webhook_that_is_refused_for_good_is_given_up(receiver, settings):
    server, handler = receiver
    settings.WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{server.server_port}"]
    handler.answers = [404]
    _mail(channel="webhook", address=f"http://127.0.0.1:{server.server_port}/hook")
    deliver_waiting()
    row = Message.objects.get()
    assert (row.state, row.last_error, row.sealed) == ("given_up", "The receiver answered 404.", None)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/x", "http://[::1]/x", "http://169.254.169.254/latest", "file:///etc/passwd", "http://"]
)
def test_a_webhook_into_a_private_network_is_refused(url):
    with pytest.raises(AddressRefused):
        checked_address(url)
