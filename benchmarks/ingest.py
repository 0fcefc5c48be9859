"""Durable single POSTs of 1.9 kB over 16 connections, against a bare Django view with one INSERT in the same run.

Both are served by granian (WSGI, 2 workers of 8 threads) on 127.0.0.1 with the load generator on the same
machine, on a PostgreSQL of its own with fsync on. Reports the ratio of the rates; exits 1 below LIMIT.

    python -m benchmarks.ingest [seconds for each side, default 6]
"""

import http.client
import json
import os
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.report import report

CONNECTIONS = 16
EVENT_BYTES = 1_900
LIMIT = 0.5
_HEADERS = {"Content-Type": "application/json"}


def event() -> bytes:
    """A run event of EVENT_BYTES bytes with a run id of its own."""
    sent: dict[str, Any] = {
        "eventTime": "2026-03-01T10:00:00.000Z",
        "eventType": "COMPLETE",
        "producer": "https://pipelines.example/shop",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(uuid.uuid4()), "facets": {}},
        "job": {"namespace": "bench", "name": "load_orders", "facets": {}},
        "inputs": [{"namespace": "bench", "name": "orders"}],
        "outputs": [{"namespace": "bench", "name": "orders_clean"}],
    }
    room = EVENT_BYTES - len(json.dumps(sent)) - len('"sql": {"query": ""}')
    sent["job"]["facets"] = {"sql": {"query": "s" * room}}
    return json.dumps(sent).encode()


def load(port: int, path: str, token: str, seconds: float) -> tuple[float, float]:
    """Post events over CONNECTIONS connections and return (answers of 201 a second, median milliseconds)."""
    times: list[float] = []
    wrong: list[int] = []
    end = time.monotonic() + seconds

    def connection() -> None:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = _HEADERS | {"Authorization": f"Bearer {token}"}
        while time.monotonic() < end:
            body = event()
            began = time.perf_counter()
            client.request("POST", path, body, headers)
            answer = client.getresponse()
            answer.read()
            times.append(time.perf_counter() - began)
            if answer.status != 201:
                wrong.append(answer.status)

    threads = [threading.Thread(target=connection) for _ in range(CONNECTIONS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        sys.exit(f"{path}: {len(wrong)} answers were not 201 but {sorted(set(wrong))}")
    return len(times) / (time.monotonic() - began), median(times) * 1000


def prepare() -> str:
    """Migrate, make the bare view's table and a token, and return the token's text."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from datetime import timedelta

    from django.db import connection

    from lineage_app.services import ensure_partitions
    from portal.core.clock.services import now
    from portal.core.identity.actors import system_actor
    from portal.core.identity.tokens import issue

    ensure_partitions(now())
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)")
        cursor.execute("SHOW fsync")
        assert cursor.fetchone() == ("on",), "the benchmark wants fsync on"
    _, plain = issue(
        actor=system_actor("benchmarks"), name="ingest", scopes=["lineage:write"], namespaces=["*"],
        expires_at=now() + timedelta(days=1),
    )  # fmt: skip
    connection.close()
    return plain


def kept() -> tuple[int, int]:
    """Return how many raw events and bare rows are in the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM lineage_app_rawevent), (SELECT count(*) FROM bare)")
        return cursor.fetchone()


def main() -> int:
    """Measure both sides and return the exit code."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 6.0
    with tempfile.TemporaryDirectory(prefix="custody-bench-") as var:
        os.environ |= {"CUSTODY_VAR": var, "DJANGO_SETTINGS_MODULE": "portal.settings", "LOG_LEVEL": "WARNING"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        from django.conf import settings

        from portal.embedded.servers import Servers

        servers = Servers(Path(var))
        servers.start()
        try:
            return _measure(seconds, settings)
        finally:
            servers.stop()


def _measure(seconds: float, settings: Any) -> int:
    from tests.clients.serving import granian

    token = prepare()
    figures: dict[str, list[tuple[float, float]]] = {"bare": [], "ours": []}
    with (
        granian(settings.DATABASE_URL, settings.REDIS_URL) as ours,
        granian(
            settings.DATABASE_URL, settings.REDIS_URL, application="benchmarks.peers.bare_view:application"
        ) as bare,
    ):
        for _ in range(2):  # turn about, so that a busy neighbour hits both
            for name, url, path in (("bare", bare, "/"), ("ours", ours, "/api/v1/lineage")):
                figures[name].append(load(int(url.rsplit(":", 1)[1]), path, token, seconds / 2))
    raw, rows = kept()
    rates = {name: sum(rate for rate, _ in both) / len(both) for name, both in figures.items()}
    for name, both in figures.items():
        print(f"{name:5} {rates[name]:7.0f} POST/s   p50 {median(ms for _, ms in both):5.1f} ms")
    ratio = rates["ours"] / rates["bare"]
    import django

    return report(
        "single durable POST, of a bare view's rate",
        ratio,
        limit=LIMIT,
        at_least=True,
        against=f"Django {django.__version__}, no middleware, one INSERT, same server",
        detail=f"{rates['ours']:.0f} and {rates['bare']:.0f} POST/s; {raw} events and {rows} bare rows on disk",
    )


if __name__ == "__main__":
    sys.exit(main())
