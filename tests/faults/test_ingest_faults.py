"""kill -9 of PostgreSQL and of the web workers in the middle of ingest, and PostgreSQL away for a while: every event
that was acknowledged is in the graph afterwards, and none twice.
"""

import http.client
import json
import os
import signal
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import pytest

from tests.faults.stand import Stand, until

TOKEN = """
from datetime import timedelta
from portal.core.clock.services import now
from portal.core.identity.actors import system_actor
from portal.core.identity.tokens import issue
print(issue(actor=system_actor("tests"), name="faults", scopes=["lineage:write"], namespaces=["*"],
            expires_at=now() + timedelta(days=1))[1])
"""
COUNTS = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*), count(DISTINCT body_sha256) FROM lineage_app_rawevent")
    print(*cursor.fetchone())
"""
RUN_IDS = """
from lineage_app.models import Run
print(*Run.objects.filter(job__namespace="faults").values_list("run_id", flat=True))
"""
COUNTED = """
from lineage_app.models import Tally
print(sum(Tally.objects.filter(what="kept", detail="").values_list("count", flat=True)))
"""


class Producer(threading.Thread):
    """Posts runs one after another and tries again on 5xx and lost connections, as OpenLineage clients do."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self.url, self.token = url, token
        self.acknowledged: list[str] = []
        self.refused: list[bytes] = []
        self.lost: OSError | http.client.HTTPException | None = None
        self.retried = 0
        self.turned_away: list[tuple[int, str | None]] = []
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.is_set():
            run_id = str(uuid.uuid4())
            if self._send(run_id):
                self.acknowledged.append(run_id)

    def _send(self, run_id: str) -> bool:
        body = json.dumps(
            {
                "eventType": "COMPLETE",
                "eventTime": "2026-11-22T10:00:00Z",
                "producer": "https://example.com/faults",
                "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
                "run": {"runId": run_id},
                "job": {"namespace": "faults", "name": "copy"},
                "inputs": [{"namespace": "faults", "name": "in"}],
                "outputs": [{"namespace": "faults", "name": "out"}],
            }
        ).encode()
        while not self.enough.is_set():
            request = urllib.request.Request(
                f"{self.url}/api/v1/lineage",
                data=body,
                headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
            )
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    return bool(answer.status == 201)
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    self.refused.append(error.read())
                    return False
                self.turned_away.append((error.code, error.headers["Retry-After"]))
            except (OSError, http.client.HTTPException) as error:  # it went with the server; the next try tells
                self.lost = error
            self.retried += 1
            time.sleep(0.1)
        return False


@pytest.fixture
def stand(tmp_path):
    stand = Stand(tmp_path)
    yield stand
    if stand.supervisor and stand.supervisor.poll() is None:
        stand.stop()


def test_every_event_acknowledged_around_a_kill_of_postgresql_is_kept_once(stand):
    stand.start()
    producer = Producer(stand.url, stand.python(TOKEN).strip())
    producer.start()
    until(lambda: len(producer.acknowledged) > 30, 30, "the first events")
    postmaster = int((stand.var / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    until(lambda: producer.retried > 3, 30, "a refused event")
    before = len(producer.acknowledged)
    until(lambda: len(producer.acknowledged) > before + 30, 60, "events after the restart")
    _assert_each_once_in_the_graph(stand, [producer])


def test_every_event_acknowledged_around_kills_of_the_web_workers_is_kept_once(stand):
    stand.start()
    token = stand.python(TOKEN).strip()
    producers = [Producer(stand.url, token) for _ in range(4)]
    for producer in producers:
        producer.start()
    for _ in range(3):
        before = sum(len(producer.acknowledged) for producer in producers)
        until(lambda seen=before: sum(len(p.acknowledged) for p in producers) > seen + 40, 60, "events under load")
        killed = _web_workers(stand)
        assert killed, "no web worker was found"
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
    before = sum(len(producer.acknowledged) for producer in producers)
    until(lambda: sum(len(p.acknowledged) for p in producers) > before + 40, 90, "events after the last kill")
    assert sum(producer.retried for producer in producers) > 0
    _assert_each_once_in_the_graph(stand, producers)


def test_while_postgresql_is_away_events_get_503_and_are_kept_when_it_is_back(stand):
    stand.start()
    producer = Producer(stand.url, stand.python(TOKEN).strip())
    producer.start()
    until(lambda: len(producer.acknowledged) > 30, 30, "the first events")
    postmaster = int((stand.var / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGINT)  # PostgreSQL's fast shutdown: the supervisor starts it again
    until(lambda: (503, "2") in producer.turned_away, 30, "a 503 with Retry-After")
    before = len(producer.acknowledged)
    until(lambda: len(producer.acknowledged) > before + 30, 60, "events after it came back")
    assert {code for code, _ in producer.turned_away} == {503}
    _assert_each_once_in_the_graph(stand, [producer])


def _web_workers(stand: Stand) -> list[int]:
    """The processes that serve requests: the children of the one that granian started as."""
    serving = stand.processes("granian")
    parents = {pid: int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]) for pid in serving}
    return [pid for pid, parent in parents.items() if parent in parents]


def _assert_each_once_in_the_graph(stand: Stand, producers: list[Producer]) -> None:
    """Stop the producers and compare what they were told with what is kept, projected and counted."""
    for producer in producers:
        producer.enough.set()
    for producer in producers:
        producer.join()
    assert [refused for producer in producers for refused in producer.refused] == []
    acknowledged = {run_id for producer in producers for run_id in producer.acknowledged}
    rows, distinct = map(int, stand.python(COUNTS).split())
    assert rows == distinct
    until(lambda: _runs(stand) == rows, 60, "the projection of every event")
    kept = set(stand.python(RUN_IDS).split())
    assert acknowledged <= kept
    assert len(kept) == rows <= len(acknowledged) + len(producers)  # the last of each may be in without its answer
    until(lambda: int(stand.python(COUNTED)) == rows, 60, "the count of every event")


def _runs(stand: Stand) -> int:
    code = "from lineage_app.models import Run; print(Run.objects.filter(job__namespace='faults').count())"
    return int(stand.python(code))
