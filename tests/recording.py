"""Servers on loopback that write down what a channel sends: HTTP, and SMTP."""

import http.server
import json
import socketserver
import threading

import pytest

from portal.core.notify.base import Letter


class HttpRecorder:
    """What was sent: `seen` holds (path, headers, body); `answers` are (status, headers, body), 200 when used up."""

    def __init__(self, port: int) -> None:
        self.port, self.seen, self.answers = port, [], []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def json(self, number: int = -1):
        return json.loads(self.seen[number][2])


@pytest.fixture
def recorder(settings):
    """A real HTTP server, allowed as a receiver in a private network."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.seen.append((self.path, dict(self.headers), body))
            status, headers, text = found.answers.pop(0) if found.answers else (200, {}, b"ok")
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args):
            """Silent: the suite prints its own."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = HttpRecorder(server.server_port)
    settings.WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{found.port}"]
    yield found
    server.shutdown()
    server.server_close()


class SmtpRecorder:
    """What was posted: `seen` holds the raw messages; `refusal` answers RCPT where it is set."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.refusal = b""


@pytest.fixture
def smtp(settings):
    """A real SMTP server, as much of RFC 5321 as a client needs, and Django set to use it."""
    found = SmtpRecorder()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = iter(self.rfile.readline, b".\r\n")
                    found.seen.append(b"".join(each[1:] if each.startswith(b"..") else each for each in lines))
                refused = found.refusal if word == b"RCPT" else b""
                self.wfile.write(refused or b"250 ok\r\n")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
    settings.EMAIL_HOST_USER, settings.EMAIL_USE_TLS = "", False
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def letter_of():
    """Makes the letter of a page as `portal.core.oncall` writes it."""

    def make(address: str, action: str = "trigger", **changes) -> Letter:
        details = {
            "action": action,
            "key": "ab12:7",
            "summary": "Freshness of orders: 41 minutes",
            "severity": "page",
            "source": "app/orders",
            "component": "orders",
            "class": "slo",
            "team": "platform",
            "url": "https://custody.example/slos/incidents/7/",
            "runbook_url": "https://custody.example/slos/runbooks/3/",
            "started_at": "2026-03-02T08:00:00+00:00",
            "ended_at": "2026-03-02T09:00:00+00:00" if action == "resolve" else "",
            "labels": {"asset": "app/orders", "kind": "freshness", "slo": "default"},
            "annotations": {"target": "<= 15 min"},
        }  # fmt: skip
        letter = {
            "address": address, "subject": "INC-00007 fired", "body": "Orders are 41 minutes old.", "key": "k:7:1",
            "details": details | changes.pop("details", {}),
        }  # fmt: skip
        return Letter(**letter | changes)

    return make
