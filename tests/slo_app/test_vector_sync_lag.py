"""Vector sync lag between a source and its pgvector table, within one table, and between two systems."""

import uuid
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg
import pytest

from portal.core.connectors import registry as connectors
from portal.core.connectors.base import Measurable, SystemConfig
from slo_app.domain.measurement import Result
from slo_app.indicators import registry
from slo_app.indicators.base import CannotMeasure, Terms


class Vectors:
    """A pgvector table: key, embedding and when it was made."""

    def __init__(self, url):
        self.url, self.name = url, f"vectors_{uuid.uuid4().hex[:8]}"
        self.object_name, self.config = f"public.{self.name}", SystemConfig("vectors", "pgvector", {}, url)
        self.execute("CREATE EXTENSION IF NOT EXISTS vector")
        self.execute(f"CREATE TABLE {self.name} (id int, embedding vector(3), vectorized_at timestamptz)")

    def execute(self, query, rows=None):
        with closing(psycopg.connect(self.url, autocommit=True)) as session, session.cursor() as cursor:
            cursor.execute(query) if rows is None else cursor.executemany(query, rows)

    def fill(self, *pairs):
        """(key, minutes ago or None) each."""
        self.execute(f"TRUNCATE {self.name}")
        query = f"INSERT INTO {self.name} VALUES (%s, '[1,2,3]', now() - %s::float8 * interval '1 minute')"
        self.execute(query, list(pairs))


@pytest.fixture
def vectors(postgres_server):
    """A pgvector table; dropped afterwards."""
    made = Vectors(postgres_server.plan.database_url_of("postgres"))
    yield made
    made.execute(f"DROP TABLE {made.name}")


@contextmanager
def opened(planted):
    with connectors.capable(planted.config.kind, Measurable).reader(planted.config, planted.object_name) as reader:
        yield reader


def measure(vectors, source=None, element="vectorized_at", **expected):
    wanted = {"element": "event_ts"} | expected
    if source is not None and "vectors" not in expected:
        wanted |= {"source": "tests/source"}
    terms = Terms(element=element, settings={"expected": wanted}, other=lambda _key: opened(source))
    with opened(vectors) as reader:
        return registry.kinds()["vector_sync_lag"].measure(reader, terms)


def test_the_lag_is_the_newest_row_less_the_newest_vector(planted, vectors, event):
    planted.fill(event(1, 2), event(2, 30))
    vectors.fill((1, 14), (2, 29))
    reading = measure(vectors, planted, key="id")
    assert reading.value == pytest.approx(12, abs=0.1)
    assert reading.window_end - reading.window_start == pytest.approx(timedelta(minutes=12), abs=timedelta(seconds=5))


def test_a_hole_behind_a_straggler_is_counted_with_its_age(planted, vectors, event):
    planted.fill(event(1, 1), event(2, 300), event(3, 200), event(4, 100))
    vectors.fill((1, 0.5), (4, 150))
    reading = measure(vectors, planted, key="id")
    assert reading.value == 0
    assert reading.counts["waiting for a vector"] == 3
    assert float(reading.figures["oldest waiting, min"]) == pytest.approx(300, abs=0.2)
    assert "3 wait for a vector, the oldest for 5 h" in reading.reason


def test_vectors_newer_than_the_source_read_as_zero_and_the_skew_is_flagged(planted, vectors, event):
    planted.fill(event(1, 5))
    vectors.fill((1, 1))
    reading = measure(vectors, planted, key="id")
    assert (reading.value, reading.counts["waiting for a vector"]) == (0, 0)
    assert float(reading.figures["vectors ahead, min"]) == pytest.approx(4, abs=0.1)
    assert "newer than the newest source row" in reading.reason


def test_an_empty_index_is_as_far_behind_as_its_oldest_row_is_old(planted, vectors, event):
    planted.fill(event(1, 90), event(2, 3))
    vectors.fill()
    reading = measure(vectors, planted, key="id")
    assert reading.value == pytest.approx(90, abs=0.1)
    assert reading.counts["waiting for a vector"] == 2
    vectors.fill((1, None))
    assert measure(vectors, planted, key="id").value == pytest.approx(90, abs=0.1)


def test_two_empty_sides_are_no_data(planted, vectors):
    planted.fill()
    vectors.fill()
    assert measure(vectors, planted, key="id").result is Result.NO_DATA
    vectors.fill((1, 1))
    reading = measure(vectors, planted, key="id")
    assert (reading.result, reading.reason) == (Result.NO_DATA, "The source is empty; nothing can lag.")


def test_times_that_are_all_missing_are_a_breach_that_says_so(planted, vectors, event):
    planted.fill(event(1, None))
    vectors.fill((1, 1))
    reading = measure(vectors, planted, key="id")
    assert reading.result is Result.BREACH
    assert "No row of the source has a usable time" in reading.reason


def test_a_time_in_the_future_on_either_side_hides_nothing(planted, vectors, event):
    planted.fill(event(1, 5), event(2, -600))
    vectors.fill((1, 65), (9, -600))
    reading = measure(vectors, planted, key="id")
    assert reading.value == pytest.approx(60, abs=0.1)
    assert (reading.counts["source rows in the future"], reading.counts["vectors in the future"]) == (1, 1)


def test_several_rows_of_a_key_are_one_vector_that_must_be_as_new_as_the_newest(planted, vectors, event):
    planted.fill(event(1, 60), event(1, 10), event(2, 60), event(2, 50))
    vectors.fill((1, 30), (2, 30))
    reading = measure(vectors, planted, key="id")
    assert reading.counts["waiting for a vector"] == 1
    assert float(reading.figures["oldest waiting, min"]) == pytest.approx(10, abs=0.1)


def test_without_a_key_the_lag_is_measured_and_nothing_is_said_to_wait(planted, vectors, event):
    planted.fill(event(1, 5))
    vectors.fill((1, 25))
    reading = measure(vectors, planted)
    assert reading.value == pytest.approx(20, abs=0.1)
    assert "waiting for a vector" not in reading.counts
    assert "without a key" in reading.method


def test_one_table_may_hold_both_times(vectors):
    vectors.execute(f"ALTER TABLE {vectors.name} ADD created_at timestamptz")
    vectors.fill((1, 10), (2, None), (3, 50))
    vectors.execute(f"UPDATE {vectors.name} SET created_at = now() - interval '1 minute' * id * 4")
    terms = Terms(element="vectorized_at", settings={"expected": {"element": "created_at"}})
    with opened(vectors) as reader:
        reading = registry.kinds()["vector_sync_lag"].measure(reader, terms)
    assert reading.value == pytest.approx(6, abs=0.1)
    assert reading.counts["waiting for a vector"] == 3
    assert float(reading.figures["oldest waiting, min"]) == pytest.approx(12, abs=0.1)


def test_the_source_may_be_the_one_that_promises(table, vectors, event):
    table.fill(event(1, 3))
    vectors.fill((1, 20))
    terms = Terms(
        element="event_ts",
        settings={"expected": {"vectors": "tests/vectors", "element": "vectorized_at", "key": "id"}},
        other=lambda _key: opened(vectors),
    )
    with opened(table) as reader:
        reading = registry.kinds()["vector_sync_lag"].measure(reader, terms)
    assert reading.value == pytest.approx(17, abs=0.1)


def test_two_systems_are_compared_by_the_newest_keys_and_that_is_said(folder, vectors, event, monkeypatch):
    monkeypatch.setattr("slo_app.indicators.syncing.COMPARED", 2)
    monkeypatch.setattr("slo_app.indicators.kinds.vector_sync_lag.COMPARED", 2)
    folder.fill(event(1, 30), event(2, 20), event(3, 10), event(4, 5))
    vectors.fill((3, 1))
    reading = measure(vectors, folder, key="id")
    assert reading.counts["waiting for a vector"] == 1
    assert "the newest 2 keys compared" in reading.method


@pytest.mark.parametrize(
    ("element", "settings", "sentence"),
    [
        ("vectorized_at", {}, "Say what the vectors follow"),
        ("vectorized_at", {"expected": {"source": "a", "vectors": "b", "element": "c"}}, "not both"),
        ("vectorized_at", {"expected": {"source": "a"}}, "needs `element`"),
        ("vectorized_at", {"expected": {"source": "a", "element": "c", "sauce": "x"}}, "no key `sauce`"),
        ("", {"expected": {"element": "c"}}, "No time column"),
    ],
)
def test_what_the_definition_lacks_is_said(element, settings, sentence):
    assert sentence in registry.kinds()["vector_sync_lag"].lacks(element, settings)


def test_a_key_that_one_side_lacks_is_named(planted, vectors, event):
    planted.fill(event(1))
    vectors.fill((1, 1))
    with pytest.raises(CannotMeasure, match="no column “customer”"):
        measure(vectors, planted, key="customer")
