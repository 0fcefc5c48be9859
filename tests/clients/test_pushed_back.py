"""Real clients that meet a portal with too much to do: they are told 503, come again, and lose nothing."""

import threading
import time
from typing import Any

import pytest
import requests
from django.conf import settings
from django.db import connection
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import Job, OutputDataset, Run, RunEvent, RunState

from lineage_app.models import RawEvent
from lineage_app.services import project_all
from lineage_app.services.backpressure import LOOK_EVERY_S
from lineage_app.services.counting import count_all
from tests.clients.serving import granian
from tests.faults.stand import until
from tests.people import World

ROOM = 5


def event(number: int) -> dict[str, Any]:
    return {
        "eventTime": "2026-03-01T10:00:00Z",
        "eventType": "COMPLETE",
        "producer": "https://pipelines.example/1",
        "run": {"runId": f"0199a3c2-7d5e-7000-8000-{number:012d}"},
        "job": {"namespace": "shop", "name": "load"},
        "outputs": [{"namespace": "shop", "name": "b"}],
    }


def emit(base: str, token: str, transport: str) -> None:
    """Send one event with the client as it comes, retries and all."""
    config = {"type": transport, "url": base, "timeout": 20, "auth": {"type": "api_key", "apiKey": token}}
    sender = OpenLineageClient(config={"transport": config})
    told = RunEvent(
        eventTime="2026-03-01T10:00:00Z",
        eventType=RunState.COMPLETE,
        run=Run("0199a3c2-7d5e-7000-8000-000000000040"),
        job=Job("shop", "load"),
        outputs=[OutputDataset("shop", "b")],
    )
    sender.emit(told)
    sender.close(timeout=30)


@pytest.mark.parametrize("transport", ["http", "async_http"])
def test_a_client_that_is_pushed_back_comes_again_and_loses_nothing(
    transactional_db: None, postgres_server: Any, transport: str
) -> None:
    token = World(people={}, teams={}).token("lineage:write", namespaces=("*",))
    headers = {"Authorization": f"Bearer {token}"}
    url = postgres_server.plan.database_url_of(connection.settings_dict["NAME"])
    with granian(url, settings.REDIS_URL, CUSTODY_LINEAGE_WAITING_AT_MOST=str(ROOM)) as base:

        def post(body: Any, path: str = "") -> requests.Response:
            return requests.post(f"{base}/api/v1/lineage{path}", json=body, headers=headers, timeout=20)

        assert post([event(number) for number in range(ROOM)], "/batch").status_code == 200
        until(lambda: post(event(0)).status_code == 503, 10, "the push back")  # it is known already and adds nothing
        time.sleep(2 * LOOK_EVERY_S)  # each worker looks for itself
        turned_away = post([event(9)], "/batch")
        assert (turned_away.status_code, turned_away.headers["Retry-After"]) == (503, "2")
        sending = threading.Thread(target=emit, args=(base, token, transport))
        sending.start()
        time.sleep(0.4)  # it is turned away at least once
        assert RawEvent.objects.count() == ROOM
        project_all()
        count_all()
        until(lambda: RawEvent.objects.count() == ROOM + 1, 30, "the event that was pushed back")
        sending.join(30)
        assert not sending.is_alive()
