"""The ground the benchmarks of the projector stand on: servers of their own, events kept, batches posted at a pace."""

import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.lineage.events import events

BATCH = 200
SENDERS = 2


@contextmanager
def servers() -> Iterator[Any]:
    """Start PostgreSQL (fsync on) and Valkey, migrate, make partitions and yield Django's settings."""
    with tempfile.TemporaryDirectory(prefix="custody-bench-") as var:
        os.environ |= {"CUSTODY_VAR": var, "DJANGO_SETTINGS_MODULE": "portal.settings", "LOG_LEVEL": "WARNING"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        from django.conf import settings

        from portal.embedded.servers import Servers

        running = Servers(Path(var))
        running.start()
        try:
            _prepare()
            yield settings
        finally:
            running.stop()


def _prepare() -> None:
    from datetime import UTC, datetime

    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from lineage_app.services import ensure_partitions

    ensure_partitions(datetime(2026, 3, 15, tzinfo=UTC))


def token() -> str:
    """Issue a token that may write every namespace."""
    from datetime import timedelta

    from portal.core.clock.services import now
    from portal.core.identity.actors import system_actor
    from portal.core.identity.tokens import issue

    end = now() + timedelta(days=1)
    scopes = ["lineage:write"]
    return issue(actor=system_actor("benchmarks"), name="b", scopes=scopes, namespaces=["*"], expires_at=end)[1]


def keep(count: int, *, jobs: int, first_run: int) -> None:
    """Keep `count` events without the web server, for what measures the projection alone."""
    from lineage_app.domain.events import parse
    from lineage_app.services.ingest import Sent, keep_many
    from portal.core.clock.services import now

    class Everybody:
        pk = None

        def covers(self, namespace: str) -> bool:
            return bool(namespace) or True

    made = events(count, jobs=jobs, first_run=first_run)
    while chunk := [Sent(parse(body), body) for body in islice(made, 2_000)]:
        keep_many(chunk, token=Everybody(), at=now())


@contextmanager
def projector(settings: Any, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the projector as a process of its own; its standard output is the caller's to read."""
    command = [sys.executable, "-m", "benchmarks.lineage.projecting", *arguments]
    env = os.environ | {"DATABASE_URL": settings.DATABASE_URL, "REDIS_URL": settings.REDIS_URL}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


class Pace:
    """Posts batches of BATCH events over SENDERS connections, `rate` events a second, for some seconds."""

    def __init__(self, url: str, token: str, *, rate: int, seconds: float, jobs: int, first_run: int) -> None:
        self.accepted = 0
        self._address, self._token = url.removeprefix("http://"), token
        self._rate, self._seconds = rate, seconds
        self._made = events(int(rate * seconds), jobs=jobs, first_run=first_run)
        self._lock = threading.Lock()

    def run(self) -> float:
        """Post everything and return how many seconds that took; exits where an answer is not 200."""
        began = time.monotonic()
        senders = [threading.Thread(target=self._send, args=(number, began)) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        return time.monotonic() - began

    def _send(self, number: int, began: float) -> None:
        client = http.client.HTTPConnection(self._address, timeout=60)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        turn = number
        while True:
            with self._lock:
                chunk = list(islice(self._made, BATCH))
            if not chunk:
                return
            time.sleep(max(0.0, began + turn * BATCH / self._rate - time.monotonic()))
            client.request("POST", "/api/v1/lineage/batch", b"[" + b",".join(chunk) + b"]", headers)
            answer = client.getresponse()
            text = answer.read()
            if answer.status != 200:
                os._exit(_refused(answer.status, text))
            with self._lock:
                self.accepted += len(chunk)
            turn += SENDERS


def _refused(status: int, text: bytes) -> int:
    print(f"a batch was answered {status}: {text[:200].decode(errors='replace')}", file=sys.stderr, flush=True)
    return 1
