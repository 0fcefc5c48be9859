"""The demo estate is real: built once, and its pipelines move rows and tell the portal what they moved."""

import json

import psycopg
import pytest

from portal.client.lineage import Emitter
from portal.demo.estate import oltp, people, places
from portal.demo.pipelines import features, schedule


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
    assert completed == [
        "ingest_events",
        "land_clickstream",
        "build_features",
        "embed_customers",
        "train_churn",
        "publish_forecast",
    ]
    assert len(list(estate.clickstream().glob("*.parquet"))) == 8
    with features.store() as store:
        assert store.exists(features.KEY.format(people.DUMMY.customer_id))
    rows = "SELECT count(*) FROM vectors.customer_semantic WHERE customer_id = '{}'"
    assert _one(estate.url_as(estate.PROBE), rows.format(people.DUMMY.customer_id)) == 1


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
