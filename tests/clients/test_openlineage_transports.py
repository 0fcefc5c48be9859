"""The transports of openlineage-python: asynchronous, composed, below a path, through outages and overload."""

import http.client
import json
import subprocess
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.conf import settings
from django.db import connection
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import Dataset, Job, Run, RunEvent, RunState
from openlineage.client.facet_v2 import job_type_job
from openlineage.client.serde import Serde

from lineage_app.models import Edge, RawEvent
from lineage_app.models import Run as SeenRun
from lineage_app.services import project_all
from lineage_app.services.counting import count_all
from tests.clients.serving import granian
from tests.faults.stand import free_port, until

PATIENT = dict.fromkeys(("total", "connect", "read", "status"), 150) | {"backoff_factor": 0.1, "backoff_max": 0.5}
RUN_ID = "0199a3c2-7d5e-7000-8000-{:012d}"


def event(
    state: RunState = RunState.COMPLETE,
    number: int = 1,
    second: int = 0,
    processing: str = "BATCH",
    namespace: str = "s",
) -> RunEvent:
    kind = job_type_job.JobTypeJobFacet(processingType=processing, integration="TEST")
    return RunEvent(
        eventType=state,
        eventTime=f"2026-03-01T10:00:{second:02d}.000000Z",
        run=Run(RUN_ID.format(number)),
        job=Job(namespace, "load", {"jobType": kind}),
        producer="https://pipelines.example/shop",
        inputs=[Dataset("s", "a")],
        outputs=[Dataset("s", "b")],
    )


def client(server: str, token: str, kind: str = "http", **more: Any) -> OpenLineageClient:
    auth = {"type": "api_key", "apiKey": token}
    return OpenLineageClient(config={"transport": {"type": kind, "url": server, "auth": auth, **more}})


def in_background(work: Callable[[], None]) -> Callable[[], None]:
    """Start `work` and return what waits for it and raises what it raised."""
    raised: list[Exception] = []

    def guarded() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - raised again by the waiting thread
            raised.append(error)

    thread = threading.Thread(target=guarded)
    thread.start()

    def wait() -> None:
        thread.join(60)
        assert not thread.is_alive()
        if raised:
            raise raised[0]

    return wait


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_the_asynchronous_client_delivers_hundreds_of_runs_whatever_order_they_arrive_in(server, token, compression):
    sender = client(server, token, "async_http", **({"compression": compression} if compression else {}))
    for number in range(100):
        for second, state in enumerate((RunState.START, RunState.RUNNING, RunState.COMPLETE)):
            sender.emit(event(state, number, second))
    assert sender.close(timeout=60)
    assert RawEvent.objects.count() == 300
    project_all()
    assert SeenRun.objects.filter(status="COMPLETE", events=3).count() == 100
    assert Edge.objects.get().state == "seen"


@pytest.mark.parametrize("late", [RunState.RUNNING, RunState.START, RunState.OTHER])
def test_an_event_that_arrives_after_the_end_changes_neither_the_end_nor_the_edge(server, token, late):
    sender = client(server, token)
    sender.emit(event(RunState.COMPLETE, second=9))
    project_all()
    sender.emit(event(late, second=5))
    project_all()
    run = SeenRun.objects.get()
    assert (run.status, run.ended_at.second, run.events) == ("COMPLETE", 9, 2)
    assert (Edge.objects.get().state, Edge.objects.get().last_seen.second) == ("seen", 9)


def test_a_streaming_job_has_its_edge_by_running(server, token):
    sender = client(server, token)
    sender.emit(event(RunState.RUNNING, processing="STREAMING"))
    sender.emit(event(RunState.RUNNING, number=2))
    project_all()
    (edge,) = Edge.objects.all()
    assert (edge.state, SeenRun.objects.filter(status="RUNNING").count()) == ("seen", 2)


def test_a_composite_transport_delivers_here_also_when_another_server_is_away(server, token):
    here = {"type": "http", "url": server, "auth": {"type": "api_key", "apiKey": token}}
    away = {"type": "http", "url": "http://127.0.0.1:9", "retry": {"total": 0}}
    both = {"type": "composite", "transports": [away, here], "continue_on_failure": True}
    OpenLineageClient(config={"transport": both}).emit(event())
    assert RawEvent.objects.count() == 1


def test_a_transform_transport_gives_jobs_the_namespace_that_it_is_told(server, token):
    here = {"type": "http", "url": server, "auth": {"type": "api_key", "apiKey": token}}
    name = "openlineage.client.transport.transform.transformers.job_namespace_replace_transformer"
    config = {
        "type": "transform",
        "transport": here,
        "transformer_class": f"{name}.JobNamespaceReplaceTransformer",
        "transformer_properties": {"new_job_namespace": "renamed"},
    }
    OpenLineageClient(config={"transport": config}).emit(event())
    assert json.loads(RawEvent.objects.get().body)["job"]["namespace"] == "renamed"


@pytest.mark.parametrize("kind", ["http", "async_http"])
def test_below_a_path_the_client_arrives_where_the_url_ends_with_a_slash(server, token, postgres_server, kind):
    del server
    url = postgres_server.plan.database_url_of(connection.settings_dict["NAME"])
    with granian(url, settings.REDIS_URL, application="tests.clients.mounted:application") as base:
        sender = client(f"{base}/portal/", token, kind)
        sender.emit(event())
        sender.close(timeout=30)
        assert RawEvent.objects.count() == 1
        with pytest.raises(requests.HTTPError, match="404"):
            client(f"{base}/portal", token).emit(event(number=2))


def test_an_event_survives_the_servers_death_while_the_client_is_sending(server, token, postgres_server):
    del server
    url, port = postgres_server.plan.database_url_of(connection.settings_dict["NAME"]), free_port()
    sender = client(f"http://127.0.0.1:{port}", token, retry=PATIENT)
    with granian(url, settings.REDIS_URL, port=port, kill=True):
        sender.emit(event(number=1))

    def send_three() -> None:
        for number in (2, 3, 4):
            sender.emit(event(number=number))

    wait = in_background(send_three)  # the first try meets a connection that the killed server had kept alive
    with granian(url, settings.REDIS_URL, port=port):
        wait()
    assert RawEvent.objects.count() == 4


def test_pushed_back_by_overload_the_client_comes_again_and_nothing_is_lost(server, token, postgres_server):
    del server
    url = postgres_server.plan.database_url_of(connection.settings_dict["NAME"])
    count_all()  # receipts of earlier tests, whose table Django does not empty
    with granian(url, settings.REDIS_URL, CUSTODY_LINEAGE_WAITING_AT_MOST="3") as base:
        sent = iter(range(1, 10_000))
        until(lambda: _status(base, token, event(number=next(sent))) == 503, 20, "the first refusal")
        kept = RawEvent.objects.count()
        assert kept >= 3
        sender = client(base, token, timeout=20, retry=PATIENT | {"status_forcelist": [503]})
        wait = in_background(lambda: sender.emit(event(number=0)))
        project_all()
        count_all()
        wait()
    assert RawEvent.objects.count() == kept + 1


def _status(base: str, token: str, sent: RunEvent) -> int:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return requests.post(f"{base}/api/v1/lineage", data=Serde.to_json(sent), headers=headers, timeout=20).status_code


def test_a_body_in_chunks_arrives_whole_from_the_standard_library_and_from_curl(server, token, tmp_path):
    parts = urlsplit(server)
    body = Serde.to_json(event()).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    connected = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    connected.request("POST", "/api/v1/lineage", iter([body[:10], body[10:]]), headers, encode_chunked=True)
    assert connected.getresponse().status == 201
    connected.close()
    (tmp_path / "event.json").write_bytes(Serde.to_json(event(number=2)).encode())
    words = [f"{name}: {value}" for name, value in headers.items()]
    command = [
        "curl",
        "-sS",
        "--fail-with-body",
        "--data-binary",
        f"@{tmp_path}/event.json",
        f"{server}/api/v1/lineage",
    ]
    for word in words:
        command += ["-H", word]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert RawEvent.objects.count() == 2
    assert body.decode() in RawEvent.objects.values_list("body", flat=True)
