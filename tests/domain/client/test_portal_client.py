"""The client against real sockets that behave badly: redirects, failures, silence, pages of a proxy, floods."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from portal.client.answers import PortalAway, PortalRefused, as_object
from portal.client.portal import Portal

Behave = Callable[[BaseHTTPRequestHandler, int], None]
TOKEN = "cst_very-secret"


@pytest.fixture
def misbehaving() -> Iterator[Callable[[Behave], tuple[Portal, list[dict[str, str]]]]]:
    """Starts a server with the given behaviour: the portal to ask and the headers of every request that came."""
    servers: list[ThreadingHTTPServer] = []

    def start(behave: Behave) -> tuple[Portal, list[dict[str, str]]]:
        seen: list[dict[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append({**dict(self.headers), "path": self.path})
                length = int(self.headers.get("Content-Length") or 0)
                self.rfile.read(length)
                behave(self, len(seen))

            do_POST = do_GET  # noqa: N815  (the name that http.server calls)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return Portal(f"http://127.0.0.1:{server.server_port}", TOKEN, timeout_s=1.0, pause_s=0.01), seen

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"{}", **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def test_a_busy_portal_is_asked_again_with_the_same_key(misbehaving):
    portal, seen = misbehaving(lambda handler, n: answer(handler, 503 if n < 3 else 200))
    assert portal.post("gate/verdict", b"{}", "application/json") == b"{}"
    assert len({request["Idempotency-Key"] for request in seen}) == 1
    assert len(seen) == 3


def test_after_three_tries_the_portal_is_away_and_the_sentence_has_no_token(misbehaving):
    portal, seen = misbehaving(lambda handler, n: answer(handler, 503, b'{"detail": "Too much to do."}'))
    with pytest.raises(PortalAway, match="Too much to do") as caught:
        portal.get("contracts")
    assert len(seen) == 3
    assert TOKEN not in str(caught.value)
    assert TOKEN not in repr(portal)


def test_a_refusal_is_its_own_sentence_and_is_not_tried_again(misbehaving):
    problem = json.dumps({"title": "Scope missing", "status": 403, "detail": "This token lacks the scope gate:read."})
    portal, seen = misbehaving(lambda handler, n: answer(handler, 403, problem.encode()))
    with pytest.raises(PortalRefused, match="lacks the scope gate:read") as caught:
        portal.post("gate/verdict", b"{}", "application/json")
    assert (caught.value.status, len(seen)) == (403, 1)


def test_a_redirect_is_not_followed_with_the_token(misbehaving):
    other, stolen = misbehaving(lambda handler, n: answer(handler, 200))
    portal, _ = misbehaving(lambda handler, n: answer(handler, 302, Location=other.server))
    with pytest.raises(PortalAway, match="redirects elsewhere"):
        portal.get("contracts")
    assert stolen == []


def test_silence_ends_at_the_time_limit(misbehaving):
    released = threading.Event()
    portal, _ = misbehaving(lambda handler, n: released.wait(10) and None)
    quick = Portal(portal.server, TOKEN, timeout_s=0.2, tries=2, pause_s=0.01)
    with pytest.raises(PortalAway, match="did not answer"):
        quick.get("contracts")
    released.set()


def test_a_fault_of_the_server_is_no_verdict(misbehaving):
    portal, seen = misbehaving(lambda handler, n: answer(handler, 500, b"<h1>Traceback</h1>"))
    with pytest.raises(PortalAway, match="answered 500 without saying why"):
        portal.get("contracts")
    assert len(seen) == 1


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"[]", b"null", b"", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_no_answer_of_the_portal(body):
    with pytest.raises(PortalAway, match="not the portal's API"):
        as_object(body)


def test_the_token_is_in_the_header_and_nowhere_in_the_address(misbehaving):
    portal, seen = misbehaving(lambda handler, n: answer(handler, 200))
    portal.get("contracts?after=a")
    assert seen[0]["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in seen[0]["path"]
