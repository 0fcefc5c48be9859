"""The unmodified openlineage-python against the real server: what it sends arrives, and it is told the truth."""

import gzip
import json
import threading
import time
from typing import Any

import pytest
import requests
from django.db import connection
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import Dataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    column_lineage_dataset,
    nominal_time_run,
    output_statistics_output_dataset,
    schema_dataset,
    source_code_location_job,
)
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpCompression, HttpConfig, HttpTransport

from lineage_app.models import ColumnEdge, Edge, RawEvent, RunIO
from lineage_app.services import project_all
from tests.faults.stand import until

RUN_ID = "0199a3c2-7d5e-7000-8000-0000000000{:02d}"


def client(url: str, token: str, **options: Any) -> OpenLineageClient:
    config = HttpConfig(url=url, auth=ApiKeyTokenProvider({"apiKey": token}), timeout=20, **options)
    return OpenLineageClient(transport=HttpTransport(config))


def run_event(state: RunState, number: int = 1, minute: int = 0) -> RunEvent:
    columns = column_lineage_dataset.ColumnLineageDatasetFacet(
        fields={
            "mail": column_lineage_dataset.Fields(
                inputFields=[
                    column_lineage_dataset.InputField(namespace="pg://shop", name="public.orders", field="email")
                ]
            )
        }
    )
    fields = [schema_dataset.SchemaDatasetFacetFields(name="mail", type="text")]
    return RunEvent(
        eventType=state,
        eventTime=f"2026-03-01T10:{minute:02d}:00.000000Z",
        run=Run(RUN_ID.format(number), {"nominalTime": nominal_time_run.NominalTimeRunFacet("2026-03-01T00:00:00Z")}),
        job=Job(
            "shop",
            "load_orders",
            {"sourceCodeLocation": source_code_location_job.SourceCodeLocationJobFacet("git", "https://git.example/p")},
        ),
        producer="https://pipelines.example/shop",
        inputs=[Dataset("pg://shop", "public.orders")],
        outputs=[
            OutputDataset(
                "s3://lake",
                "orders",
                facets={"columnLineage": columns, "schema": schema_dataset.SchemaDatasetFacet(fields=fields)},
                outputFacets={
                    "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=7)
                },
            )
        ],
    )


@pytest.mark.parametrize("compression", [None, HttpCompression.GZIP])
def test_the_unmodified_client_draws_the_graph_plain_and_gzipped(server: str, token: str, compression: Any) -> None:
    sender = client(server, token, compression=compression)
    sender.emit(run_event(RunState.START))
    sender.emit(run_event(RunState.COMPLETE, minute=5))
    assert RawEvent.objects.count() == 2
    assert set(RawEvent.objects.values_list("lenient", flat=True)) == {""}
    project_all()
    edge = Edge.objects.get()
    assert (str(edge.src), str(edge.dst), edge.state, edge.job.name) == (
        "public.orders",
        "orders",
        "seen",
        "load_orders",
    )
    link = ColumnEdge.objects.get()
    assert (link.src_field, link.dst_field) == ("email", "mail")
    assert RunIO.objects.get(role="output").facets["outputStatistics"]["rowCount"] == 7


def test_a_client_configured_with_a_slash_loses_nothing(server: str, token: str) -> None:
    sender = client(server, token, endpoint="api/v1/lineage/")
    sender.emit(run_event(RunState.COMPLETE))
    assert RawEvent.objects.count() == 1


def test_a_refused_event_is_an_error_at_the_client_and_not_retried(server: str) -> None:
    began = time.monotonic()
    with pytest.raises(requests.HTTPError, match="401"):
        client(server, "no-such-token").emit(run_event(RunState.COMPLETE))
    assert time.monotonic() - began < 5
    assert not RawEvent.objects.exists()


def test_the_client_tries_again_after_503_until_the_database_has_room(server: str, token: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
               CREATE TRIGGER full_disk BEFORE INSERT ON lineage_app_rawevent
               FOR EACH ROW EXECUTE FUNCTION full_disk()"""
        )
    try:
        refused = requests.post(f"{server}/api/v1/lineage", json=_plain(1), headers=_bearer(token), timeout=20)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
        sending = threading.Thread(target=lambda: client(server, token).emit(run_event(RunState.COMPLETE, 2)))
        sending.start()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER full_disk ON lineage_app_rawevent; DROP FUNCTION full_disk()")
    sending.join(30)
    assert RawEvent.objects.count() == 1


@pytest.mark.parametrize("packed", [False, True])
def test_a_chunked_body_arrives_whole(server: str, token: str, packed: bool) -> None:
    body = json.dumps(_plain(3, note="x" * 300_000)).encode()
    sent = gzip.compress(body) if packed else body
    pieces = (sent[start : start + 1000] for start in range(0, len(sent), 1000))
    headers = _bearer(token) | {"Content-Type": "application/json"} | ({"Content-Encoding": "gzip"} if packed else {})
    answer = requests.post(f"{server}/api/v1/lineage", data=pieces, headers=headers, timeout=20)
    assert answer.status_code == 201
    assert RawEvent.objects.get().body == body.decode()


def test_an_endless_chunked_body_is_cut_off_with_413(server: str, token: str) -> None:
    pieces = (b" " * 100_000 for _ in range(60))
    answer = requests.post(f"{server}/api/v1/lineage", data=pieces, headers=_bearer(token), timeout=20)
    assert answer.status_code == 413


def test_an_empty_chunked_body_is_400(server: str, token: str) -> None:
    answer = requests.post(f"{server}/api/v1/lineage", data=iter([]), headers=_bearer(token), timeout=20)
    assert answer.status_code == 400


def test_two_hundred_concurrent_events_and_their_retries_are_kept_once_each(server: str, token: str) -> None:
    def send(part: int) -> None:
        with requests.Session() as session:
            for number in range(25):
                for _ in range(2):
                    body = _plain(part * 25 + number)
                    answers.append(
                        session.post(f"{server}/api/v1/lineage", json=body, headers=_bearer(token), timeout=30)
                    )

    answers: list[requests.Response] = []
    threads = [threading.Thread(target=send, args=(part,)) for part in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert RawEvent.objects.count() == 200
    project_all()
    until(lambda: Edge.objects.count() == 1, 5, "the projection")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _plain(number: int, note: str = "") -> dict[str, Any]:
    return {
        "eventTime": "2026-03-01T10:00:00Z",
        "eventType": "COMPLETE",
        "producer": note or "https://pipelines.example/1",
        "run": {"runId": f"0199a3c2-7d5e-7000-8000-{number:012d}"},
        "job": {"namespace": "shop", "name": "load"},
        "inputs": [{"namespace": "shop", "name": "a"}],
        "outputs": [{"namespace": "shop", "name": "b"}],
    }
