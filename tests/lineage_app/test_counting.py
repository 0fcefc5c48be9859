"""What came in is counted by producer, once each, whatever was lenient, foreign or refused about it."""

import importlib
import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from lineage_app.models import (
    Dataset,
    DatasetLife,
    Edge,
    OutsideNamespace,
    Producer,
    RawEvent,
    Receipt,
    Tally,
)
from lineage_app.services import counting, project_all
from lineage_app.services.counting import count_all, roll_up
from portal.core.clock.services import now
from portal.core.identity.models import ServiceToken
from tests.lineage_app.sending import event, post

BATCH = "/api/v1/lineage/batch"


def counts() -> dict[str, int]:
    """Every count by "what" or "what: detail"."""
    found: Counter[str] = Counter()
    for row in Tally.objects.all():
        found[f"{row.what}: {row.detail}" if row.detail else row.what] += row.count
    return dict(found)


def test_each_event_is_counted_once_under_its_producer_and_a_retry_not_at_all(token: str) -> None:
    for _ in range(3):
        post(token, event(run=1))
    post(token, event(run=2) | {"producer": "https://other.example/2"})
    assert (count_all(), count_all()) == (2, 0)
    assert counts() == {"kept": 2}
    assert set(Producer.objects.values_list("uri", flat=True)) == {
        "https://pipelines.example/1",
        "https://other.example/2",
    }
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("batch", [False, True])
def test_marks_are_counted_one_by_one_and_the_event_once(token: str, batch: bool) -> None:
    sent = event() | {"eventTime": "2026-03-01 10:00:00", "run": {"runId": "nightly-1"}}
    post(token, [sent] if batch else sent, BATCH if batch else "/api/v1/lineage")
    count_all()
    assert counts() == {
        "kept": 1,
        "lenient": 1,
        "lenient: no time zone": 1,
        "lenient: blank in time": 1,
        "lenient: run id is not a UUID": 1,
    }


@pytest.mark.parametrize("batch", [False, True])
def test_what_was_outside_the_token_is_counted_with_its_namespaces(token: str, batch: bool) -> None:
    sent = event(inputs=[{"namespace": "theirs", "name": "x"}], outputs=["b"], job_facets={"lineage": {"entries": []}})
    post(token, [sent] if batch else sent, BATCH if batch else "/api/v1/lineage")
    count_all()
    assert counts() == {"kept": 1, "foreign": 1}
    assert list(OutsideNamespace.objects.values_list("namespace", "events")) == [("theirs", 1)]


@pytest.mark.parametrize(
    "facets",
    [
        {"symlinks": {"identifiers": [{"namespace": "theirs", "name": "salaries", "type": "TABLE"}]}},
        {"columnLineage": {"fields": {"a": {"inputFields": [{"namespace": "theirs", "name": "x", "field": "a"}]}}}},
        {"lineage": {"inputs": [{"namespace": "theirs", "name": "x", "type": "DATASET"}]}},
    ],
)
def test_a_facet_cannot_tie_somebody_elses_dataset_to_an_event_that_counts(token: str, facets: Any) -> None:
    post(token, event(outputs=[{"namespace": "demo", "name": "b", "facets": facets}]))
    assert RawEvent.objects.get().is_foreign


def test_a_foreign_event_neither_drops_nor_joins_nor_draws_what_is_somebody_elses(world: Any, token: str) -> None:
    theirs = world.token("lineage:write", namespaces=("theirs",))
    post(theirs, event(namespace="theirs", inputs=["raw"], outputs=["salaries"], run=1))
    salaries = {"namespace": "theirs", "name": "salaries"}
    dropped = salaries | {"facets": {"lifecycleStateChange": {"lifecycleStateChange": "DROP"}}}
    joined = {"namespace": "demo", "name": "b", "facets": {"symlinks": {"identifiers": [salaries | {"type": "TABLE"}]}}}
    renamed = {
        "namespace": "demo",
        "name": "c",
        "facets": {"lifecycleStateChange": {"lifecycleStateChange": "RENAME", "previousIdentifier": salaries}},
    }
    entry = salaries | {"type": "DATASET", "inputs": [{"namespace": "demo", "name": "evil", "type": "DATASET"}]}
    post(token, event(outputs=[dropped], run=2, minute=1))
    post(token, event(outputs=[joined], run=3, minute=2))
    post(token, event(outputs=[renamed], run=4, minute=3))
    post(token, event(job_facets={"lineage": {"entries": [entry]}}, run=5, minute=4))
    project_all()
    assert RawEvent.objects.filter(is_foreign=True).count() == 4
    row = Dataset.objects.get(name="salaries")
    assert row.root is None
    assert not Dataset.objects.filter(root=row).exists()
    assert not DatasetLife.objects.exists()
    assert {edge.src.name for edge in Edge.objects.filter(dst=row, is_foreign=False)} == {"raw"}


def test_nul_in_a_producer_or_a_namespace_is_kept_and_counted(token: str) -> None:
    sent = event(inputs=[{"namespace": "th\0eirs", "name": "x"}]) | {"producer": "https://a.example/\0"}
    assert post(token, sent).status_code == 201
    count_all()
    assert OutsideNamespace.objects.get().namespace == "th\ufffdeirs"
    assert Producer.objects.get().uri == "https://a.example/\ufffd"


def test_a_producer_that_names_itself_anew_each_time_fills_no_table(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "PRODUCERS_AT_MOST", 3)
    monkeypatch.setattr(counting, "NAMESPACES_AT_MOST", 2)
    for part in range(2):
        sent = [
            event(run=number, inputs=[{"namespace": f"n{number}", "name": "x"}]) | {"producer": f"https://{number}"}
            for number in range(part * 4, part * 4 + 4)
        ]
        assert post(token, sent, BATCH).status_code == 200
        count_all()
    assert Producer.objects.count() == 4
    assert sum(Tally.objects.filter(producer__uri="(others)").values_list("count", flat=True)) == 2 * 5
    assert OutsideNamespace.objects.count() == 2


def test_a_count_that_fails_takes_no_receipt_away(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    post(token, event())
    monkeypatch.setattr(counting, "_ADD", counting._ADD.replace("SELECT *", "SELECT *, 1"))
    with pytest.raises(Exception, match="more expressions"):
        count_all()
    monkeypatch.undo()
    assert count_all() == 1
    assert counts() == {"kept": 1}


def test_receipts_of_a_token_that_went_are_dropped_and_stop_nobody(token: str, world: Any) -> None:
    post(token, event())
    ServiceToken.objects.all().delete()
    post(world.token("lineage:write"), event(run=2))
    assert count_all() == 2
    assert counts() == {"kept": 1}


def test_old_buckets_are_rolled_up_and_no_event_is_lost_from_the_sum(token: str) -> None:
    post(token, event())
    count_all()
    row = Tally.objects.get()
    for minutes in range(0, 60 * 24 * 60, 600):
        Tally(producer=row.producer, since=row.since - timedelta(minutes=minutes + 10), what="kept", count=1).save()
    before = sum(Tally.objects.values_list("count", flat=True)), Tally.objects.count()
    roll_up(now())
    roll_up(now())
    after = sum(Tally.objects.values_list("count", flat=True)), Tally.objects.count()
    assert after[0] == before[0]
    assert after[1] < before[1]
    assert not [row for row in Tally.objects.filter(since__lt=now() - timedelta(days=40)) if row.since.hour]


def test_what_was_kept_before_there_were_counts_is_counted_by_the_migration(token: str) -> None:
    post(token, event(run=1))
    post(token, event(run=2) | {"eventTime": "2026-03-01 10:00:00Z", "producer": None})
    post(token, event(namespace="other"))
    post(token, json.dumps(event(run=3) | {"producer": "a\0b"}).encode())
    count_all()
    wanted = counts(), set(Producer.objects.values_list("uri", flat=True))
    Producer.objects.all().delete()
    migration = importlib.import_module("lineage_app.migrations.0006_producers")
    with connection.cursor() as cursor:
        cursor.execute(migration.COUNT_KEPT)
    assert (counts(), set(Producer.objects.values_list("uri", flat=True))) == wanted
