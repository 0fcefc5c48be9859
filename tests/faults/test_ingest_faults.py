"""kill -9 of PostgreSQL in the middle of ingest: every event that was acknowledged is there, and none twice."""

import json
import os
import signal
import threading
import time
import urllib.error
import urllib.request
import uuid

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


class Producer(threading.Thread):
    """Posts runs one after another and tries again on 5xx and lost connections, as OpenLineage clients do."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self.url, self.token = url, token
        self.acknowledged: list[str] = []
        self.refused: list[bytes] = []
        self.lost: OSError | None = None
        self.retried = 0
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
            except OSError as error:  # the connection went with the server; the next try tells
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
    producer.enough.set()
    producer.join()
    assert producer.refused == []
    rows, distinct = map(int, stand.python(COUNTS).split())
    assert rows == distinct
    assert rows >= len(producer.acknowledged)
    assert rows <= len(producer.acknowledged) + 1  # the last one may be in without its answer
    until(lambda: _runs(stand) == rows, 60, "the projection of every event")


def _runs(stand: Stand) -> int:
    code = "from lineage_app.models import Run; print(Run.objects.filter(job__namespace='faults').count())"
    return int(stand.python(code))
