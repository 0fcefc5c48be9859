"""The demo estate is real: built once, and its pipelines move rows and tell the portal what they moved."""

import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from portal.client.lineage import Emitter
from portal.core.connectors import registry
from portal.core.connectors.base import Erasable, Subject, SystemConfig, Target
from portal.demo.estate import backup, oltp, people, places
from portal.demo.pipelines import check, features, nightly, schedule
from tests.domain.client.openlineage_truth import check_event


@pytest.fixture(scope="module")
def estate():
    """The estate in the suite's own servers, made anew."""
    with psycopg.connect(places.admin_url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS estate WITH (FORCE)")
    assert oltp.build() is True
    return places


@pytest.fixture
def told(monkeypatch):
    """The events that the pipelines send."""
    events: list[dict] = []
    monkeypatch.setattr(Emitter, "deliver", lambda self, body: events.append(json.loads(body)))
    monkeypatch.setattr(schedule, "emitter", lambda: Emitter("http://127.0.0.1:9", "t", "demo", "commit", "image"))
    return events


def _one(url: str, statement: str):
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchone()[0]


def test_building_again_changes_nothing(estate):
    before = _one(estate.admin_url(), "SELECT count(*) FROM app.customers")
    assert before == people.COUNT + 1
    assert oltp.build() is False
    assert _one(estate.admin_url(), "SELECT count(*) FROM app.customers") == before


def test_the_dummy_subject_is_in_the_estate_and_the_orders_hold_the_planted_breach(estate):
    url = estate.url_as(estate.PROBE)
    found = "SELECT count(*) FROM app.customer_events WHERE customer_id = '{}'"
    assert _one(url, found.format(people.DUMMY.customer_id)) >= 10
    assert _one(url, "SELECT count(*) FROM app.orders WHERE total_usd < 0") == oltp.ORDERS // 50
    assert _one(url, "SELECT now() - max(placed_at) > interval '20 minutes' FROM app.orders")


def test_the_probe_account_may_read_and_nothing_else(estate):
    with (
        psycopg.connect(estate.url_as(estate.PROBE)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("DELETE FROM app.orders")


def test_one_run_fills_lake_features_and_vectors_and_tells_each_step(estate, told):
    assert schedule.run_all(from_latest_success=False)
    completed = [e["job"]["name"] for e in told if e["eventType"] == "COMPLETE"]
    assert [name for name in completed if name != "land_clickstream.day"] == [
        "ingest_events",
        "send_clicks",
        "land_clickstream",
        "build_features",
        "embed_customers",
        "append_activity",
        "credit_points",
        "back_up_customers",
        "train_churn",
        "publish_forecast",
        "score_customers",
        "answer_questions",
        "board_dashboard",
    ]
    assert completed.count("land_clickstream.day") == 8
    assert len(list(estate.clickstream().glob("*.parquet"))) == 8
    with features.store() as store:
        assert store.exists(features.KEY.format(people.DUMMY.customer_id))
    rows = "SELECT count(*) FROM vectors.customer_semantic WHERE customer_id = '{}'"
    assert _one(estate.url_as(estate.PROBE), rows.format(people.DUMMY.customer_id)) == 1


def test_the_dummy_subject_is_in_every_system_of_the_estate_and_the_backup_can_be_restored(estate, told):
    assert schedule.run_all(from_latest_success=False)
    who = Subject({"customer_id": frozenset({people.DUMMY.customer_id}), "email": frozenset({people.DUMMY.email})})
    by_both = {"identifiers": {"customer_id": "customer_id", "email": "email"}}
    lakehouse = SystemConfig("lakehouse", "delta", {"root": str(estate.lakehouse())})
    shops = SystemConfig("loyalty", "sqlite", {"path": str(estate.loyalty())})
    config, target = backup.reach()
    held = [
        (lakehouse, Target("customer_activity", by_both)),
        (shops, Target("cards", {**by_both, "surrogate": "card_no"})),
        (config, target),
    ]
    for system, where in held:
        found = registry.capable(system.kind, Erasable).discover(system, where, who)
        assert found.count >= 1, system.name
    with features.store() as store:
        clicks = [fields for _, fields in store.xrange("clicks") if fields["customer_id"] == people.DUMMY.customer_id]
    assert clicks
    restored = nightly.restored()
    assert len(restored) == people.COUNT + 1
    assert vars(people.DUMMY) in restored


def test_every_event_of_the_demo_is_what_openlineage_asks_for(estate, told):
    assert schedule.run_all(from_latest_success=False)
    for event in told:
        check_event(event)


def test_the_events_tell_versions_rows_bytes_columns_commit_and_image_as_they_are(estate, told):
    assert schedule.run_all(from_latest_success=False)
    ends = {e["job"]["name"]: e for e in told if e["eventType"] == "COMPLETE"}
    dashboard = ends.pop("board_dashboard")
    assert (dashboard["outputs"], len(dashboard["inputs"])) == ([], 2)
    for name, event in ends.items():
        assert event["outputs"], name
        for output in event["outputs"]:
            assert output["outputFacets"]["outputStatistics"]["rowCount"] > 0, name
            assert output["facets"]["version"]["datasetVersion"], name
            assert set(output["facets"]["columnLineage"]["fields"]) <= {
                field["name"] for field in output["facets"]["schema"]["fields"]
            }, name
        assert event["job"]["facets"]["sourceCodeLocation"]["version"] == "commit"
        assert event["run"]["facets"]["environmentVariables"]["environmentVariables"][0]["value"] == "image"
    landed = ends["land_clickstream"]["outputs"][0]["outputFacets"]["outputStatistics"]
    assert landed["size"] == sum(file.stat().st_size for file in estate.clickstream().glob("*.parquet"))
    assert landed["fileCount"] == 8
    made = ends["train_churn"]["outputs"][0]["facets"]["version"]["datasetVersion"]
    used = next(d for d in ends["publish_forecast"]["inputs"] if d["name"] == "churn")
    assert used["facets"]["version"]["datasetVersion"] == made


def test_parts_of_a_run_are_told_as_its_children_each_for_its_day(estate, told):
    assert schedule.run_all(from_latest_success=False)
    whole = next(e for e in told if e["job"]["name"] == "land_clickstream")
    parts = [e for e in told if e["job"]["name"] == "land_clickstream.day" and e["eventType"] == "START"]
    assert {e["run"]["facets"]["parent"]["run"]["runId"] for e in parts} == {whole["run"]["runId"]}
    assert len({e["run"]["facets"]["nominalTime"]["nominalStartTime"] for e in parts}) == 8


def test_the_live_counts_are_one_run_for_ever_and_hold_no_person(estate, told):
    for _ in range(2):
        assert schedule.run_all(from_latest_success=False)
    live = [e for e in told if e["job"]["name"] == "count_live_events"]
    assert len({e["run"]["runId"] for e in live}) == 1
    assert {e["eventType"] for e in live} <= {"START", "RUNNING"}
    assert {e["job"]["facets"]["jobType"]["processingType"] for e in live} == {"STREAMING"}
    with features.store() as store:
        rows = store.xrange("live:event_counts")
    assert rows
    assert {key for _, row in rows for key in row} == {"event_type", "count"}


def test_the_hourly_check_of_the_orders_fails_truly_and_stops_nothing(estate, told):
    now = datetime.now(UTC).replace(minute=30)
    check.run(schedule.emitter(), since=now - timedelta(minutes=1), until=now)
    assert told == []
    check.run(schedule.emitter(), since=now - timedelta(hours=1), until=now)
    start, failed = told
    assert (start["eventType"], failed["eventType"]) == ("START", "FAIL")
    assert failed["run"]["facets"]["errorMessage"]["message"] == "NegativeTotals"
    assert failed["inputs"][0]["inputFacets"]["inputStatistics"]["rowCount"] == oltp.ORDERS


def test_personal_columns_are_tagged_and_no_event_tells_a_customer(estate, told):
    assert schedule.run_all(from_latest_success=False)
    tagged = {
        (d["name"], tag.get("field", ""))
        for e in told
        for d in [*e["inputs"], *e["outputs"]]
        for tag in d["facets"].get("tags", {}).get("tags", [])
    }
    assert ("estate.app.customers", "email") in tagged
    words = json.dumps(told)
    assert people.DUMMY.customer_id not in words
    assert people.DUMMY.email not in words


def test_an_erased_customer_is_not_derived_again(estate, told):
    gone = "c_10001"
    with psycopg.connect(estate.admin_url()) as connection:
        connection.execute("DELETE FROM app.customers WHERE customer_id = %s", [gone])
        connection.execute("DELETE FROM vectors.customer_semantic WHERE customer_id = %s", [gone])
    with features.store() as store:
        store.delete(features.KEY.format(gone))
        schedule.run_all(from_latest_success=False)
        assert not store.exists(features.KEY.format(gone))
    rows = f"SELECT count(*) FROM vectors.customer_semantic WHERE customer_id = '{gone}'"
    assert _one(estate.url_as(estate.PROBE), rows) == 0


def test_the_control_totals_say_how_many_events_the_product_sent(estate, told):
    assert schedule.run_all(from_latest_success=False)
    url, since = estate.url_as(estate.PROBE), "(SELECT min(minute) + interval '1 minute' FROM app.event_totals)"
    sent = _one(url, f"SELECT sum(rows_sent) FROM app.event_totals WHERE minute >= {since}")
    assert sent >= 150
    assert _one(url, f"SELECT count(*) FROM app.customer_events WHERE event_ts >= {since}") == sent


def test_the_assistant_answers_from_what_it_retrieved_and_no_person_is_in_it(estate, told):
    assert schedule.run_all(from_latest_success=False)
    url = estate.url_as(estate.PROBE)
    cited = "FROM app.assistant_answers a CROSS JOIN jsonb_array_elements(a.citations) c"
    answers = _one(url, f"SELECT count(*) {cited}")
    assert answers >= 400
    founded = (
        f"SELECT count(*) {cited} JOIN app.assistant_documents d ON d.document_id = c ->> 'document'"
        " JOIN app.assistant_retrievals r ON r.document_id = d.document_id AND r.answer_id = a.answer_id"
        " WHERE position(c ->> 'quote' in d.body) > 0"
    )
    assert 0.97 * answers <= _one(url, founded) <= answers
    assert _one(url, "SELECT count(*) FROM app.churn_scores") >= 2_000
