"""Streams and hashes asked with SQL: within limits that are said, by the server's clock, and never half of the data."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import redis

from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Measurable, SystemConfig, Target


@pytest.fixture
def client(valkey_server, postgres_server):
    with redis.Redis.from_url(postgres_server.plan.estate_redis_url) as opened:
        yield opened


@pytest.fixture
def name(client):
    made = f"m_{uuid.uuid4().hex[:8]}"
    yield made
    for key in [made, *client.scan_iter(f"{made}:*")]:
        client.delete(key)


def opened(client, name, also=(), limits=None, **settings):
    options = client.connection_pool.connection_kwargs
    reached = {"host": options["host"], "port": options["port"], **(limits or {})}
    config = SystemConfig("features", "valkey", reached, options["password"])
    return registry.capable("valkey", Measurable).reader(config, name, settings=settings, also=also)


def stream(client, name, **settings):
    return opened(client, name, type="stream", **settings)


def one(reader, what):
    return reader.row(f"SELECT {what} AS x FROM {reader.relation}")["x"]


def entry(client, name, minutes_ago, **fields):
    stamp = int((datetime.now(UTC) - timedelta(minutes=minutes_ago)).timestamp() * 1000)
    client.xadd(name, fields or {"n": "1"}, id=f"{stamp}-*")


def test_an_entry_has_the_time_of_its_id_and_now_is_the_servers_clock(client, name):
    entry(client, name, 30)
    entry(client, name, 10)
    with stream(client, name) as reader:
        assert reader.columns() == {"entry_time": "TIMESTAMP WITH TIME ZONE", "n": "VARCHAR"}
        age = one(reader, "extract(epoch FROM now()) - extract(epoch FROM max(entry_time))")
        assert 600 <= age < 610
        before = one(reader, "extract(epoch FROM max(now()))")
        assert one(reader, "extract(epoch FROM max(now()))") == before  # it stands still, as in a snapshot


def test_only_the_newest_part_is_fetched_and_the_reader_says_how_far_it_reaches(client, name):
    for minutes in (500, 90, 20, 10):
        entry(client, name, minutes)
    with stream(client, name, newest_minutes=60) as reader:
        assert (one(reader, "count(*)"), reader.reaches) == (2, timedelta(hours=1))
    with stream(client, name) as reader:
        assert (one(reader, "count(*)"), reader.reaches) == (4, None)


def test_a_stream_that_stands_still_shows_its_last_entry_and_is_not_taken_for_empty(client, name):
    entry(client, name, 500)
    entry(client, name, 300)
    with stream(client, name, newest_minutes=60) as reader:
        assert one(reader, "count(*)") == 1
        assert one(reader, "extract(epoch FROM max(now() - entry_time))") == pytest.approx(300 * 60, abs=5)


def test_more_than_a_probe_may_fetch_is_refused_with_what_to_do_and_never_cut(client, name):
    for minutes in (30, 20, 10):
        entry(client, name, minutes)
        client.hset(f"{name}:{minutes}", "a", "1")
    said = r"holds more than the 2 rows .* Say `newest_minutes` in the placement, or raise `max_rows`"
    with pytest.raises(ConnectorError, match=said), opened(client, name, limits={"max_rows": 2}, type="stream"):
        pass
    with (
        pytest.raises(ConnectorError, match="holds more than the 2 rows"),
        opened(client, name, limits={"max_rows": 2}, type="stream", newest_minutes=60),
    ):
        pass
    narrow = opened(client, name, limits={"max_rows": 2}, type="stream", newest_minutes=25)
    with narrow as reader:
        assert one(reader, "count(*)") == 2
    with (
        pytest.raises(ConnectorError, match="Narrow the placement's pattern"),
        opened(client, "profiles", limits={"max_rows": 2}, pattern=f"{name}:*"),
    ):
        pass


def test_more_bytes_than_a_probe_may_fetch_are_refused(client, name):
    for _ in range(9):
        entry(client, name, 1, body="x" * 8_000_000)
    with pytest.raises(ConnectorError, match="64,000,000 characters"), stream(client, name):
        pass


def test_an_odd_value_is_said_where_its_column_is_asked_and_hides_nothing_else(client, name):
    entry(client, name, 10, amount="12.5")
    entry(client, name, 5, amount="ana@example.com")
    with stream(client, name, columns={"amount": "float"}) as reader:
        assert one(reader, "count(*)") == 2
        with pytest.raises(ConnectorError, match="does not fit the type") as caught:
            one(reader, "sum(amount)")
    assert "ana@" not in str(caught.value) + caught.value.detail


def test_hashes_are_read_once_each_with_the_parts_of_their_names_and_keys_of_other_types_are_rows_too(client, name):
    client.hset(f"{name}:7", mapping={"score": "5", "vector": b"\xff\xfe"})
    client.set(f"{name}:8", "a text")
    with opened(client, "profiles", key=f"{name}:{{customer_id}}", columns={"score": "integer"}) as reader:
        assert reader.columns() == {"score": "BIGINT", "customer_id": "VARCHAR"}
        assert reader.row(f"SELECT count(*) AS n, sum(score) AS s, max(customer_id) AS c FROM {reader.relation}") == {
            "n": 2, "s": 5, "c": "8",
        }  # fmt: skip


def test_a_stream_and_hashes_are_read_beside_each_other(client, name):
    entry(client, name, 1, customer="7")
    client.hset(f"{name}:7", mapping={"customer": "7"})
    hashes = Target("profiles", {"pattern": f"{name}:*"})
    with opened(client, name, also=[hashes], type="stream") as reader:
        beside = reader.beside["profiles"]
        joined = f"SELECT count(*) AS n FROM {reader.relation} AS s JOIN {beside} AS h USING (customer)"
        assert reader.row(joined) == {"n": 1}


@pytest.mark.parametrize("query", ["read_csv('/etc/passwd')", "read_text('/etc/passwd')", "glob('/etc/*')", "client"])
def test_a_session_over_fetched_rows_reaches_no_file_and_no_variable_of_the_process(client, name, query):
    entry(client, name, 1)
    with stream(client, name) as reader, pytest.raises(ConnectorError):
        reader.row(f"SELECT count(*) AS n FROM {query}")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"type": "stream"}, "There is no stream"),
        ({}, "neither `key`, `pattern` nor"),
        ({"pattern": "no_such_key:*"}, "holds no row and its placement declares no `columns`"),
        ({"pattern": "x", "columns": {"a": "money"}}, "know no type “money”; known are boolean, date"),
    ],
)
def test_a_placement_that_does_not_fit_is_said_with_what_to_correct(client, name, settings, said):
    with pytest.raises(ConnectorError, match=said), opened(client, name, **settings):
        pass


def test_a_stream_of_that_name_that_is_a_hash_is_no_stream(client, name):
    client.hset(name, "a", "1")
    with pytest.raises(ConnectorError, match="There is no stream"), stream(client, name):
        pass
