"""A real HTTP server that answers as told and keeps what it got; and an environment in which nothing is set."""

import gzip
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from portal.client.lineage import Emitter, decorator

SPOKEN = (
    "CUSTODY_",
    "OPENLINEAGE_",
    "GIT_",
    "GITHUB_",
    "CI_",
    "BITBUCKET_",
    "BUILD_",
    "CIRCLE_",
    "IMAGE",
    "CONTAINER_",
)


class Taker:
    """What a server of the test was sent, and what it answers next: a status, or (status, headers)."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.url = ""

    @property
    def events(self) -> list[dict[str, Any]]:
        packed = [headers.get("Content-Encoding") == "gzip" for headers in self.headers]
        return [json.loads(gzip.decompress(b) if p else b) for b, p in zip(self.bodies, packed, strict=True)]

    @property
    def states(self) -> list[str]:
        return [event["eventType"] for event in self.events]

    def emitter(self, **options: Any) -> Emitter:
        return Emitter(self.url, "t0ken", "demo", **{"away": "raise", **options})


@pytest.fixture
def portal() -> Iterator[Taker]:
    taker = Taker()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taker.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            taker.headers.append(dict(self.headers))
            taker.paths.append(self.path)
            answer = taker.answers.pop(0) if taker.answers else 201
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the name that http.server asks for

        def log_message(self, *args: Any) -> None:
            """Silent: the suite prints its own."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    taker.url = f"http://127.0.0.1:{server.server_port}"
    yield taker
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in os.environ:
        if name.startswith(SPOKEN):
            monkeypatch.delenv(name)
    monkeypatch.setattr(decorator, "_default", [])
