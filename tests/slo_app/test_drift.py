"""Drift as PostgreSQL and DuckDB really bin it: the design's table of cases, types, windows, and what is refused."""

import math
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from portal.core.connectors import registry as connectors
from portal.core.connectors.base import Measurable, SystemConfig
from slo_app.domain.measurement import Result
from slo_app.indicators import registry
from slo_app.indicators.base import CannotMeasure, Terms
from tests.psi_cases import CONSTANT, NORMAL, TABLE

SOME = [None, *(["card"] * 300), *(["cash"] * 200), *(["it's; --"] * 100), *[f"once-{n}" for n in range(40)]]


class Table:
    """A PostgreSQL table of one watched column and a time."""

    def __init__(self, url):
        self.url, self.object_name = url, f"public.drift_{uuid.uuid4().hex[:8]}"
        self.config = SystemConfig("warehouse", "postgresql", {}, url)

    def fill(self, values, kind="float8", minutes_ago=None):
        times = [None] * len(values) if minutes_ago is None else [at(each) for each in minutes_ago]
        with closing(psycopg.connect(self.url, autocommit=True)) as session:
            session.execute(f"DROP TABLE IF EXISTS {self.object_name}")
            session.execute(f"CREATE TABLE {self.object_name} (x {kind}, event_ts timestamptz, notes jsonb)")
            with session.cursor().copy(f"COPY {self.object_name} (x, event_ts) FROM STDIN") as copy:
                for row in zip(values.tolist() if hasattr(values, "tolist") else values, times, strict=True):
                    copy.write_row(row)

    def drop(self):
        with closing(psycopg.connect(self.url, autocommit=True)) as session:
            session.execute(f"DROP TABLE IF EXISTS {self.object_name}")


class Folder:
    """The same as Parquet, in two files."""

    TYPES = {"float8": pa.float64(), "text": pa.string(), "boolean": pa.bool_(), "numeric(12,2)": pa.decimal128(12, 2)}

    def __init__(self, root):
        self.root, self.object_name = root, "drift"
        self.config = SystemConfig("lake", "parquet", {"root": str(root)})

    def fill(self, values, kind="float8", minutes_ago=None):
        times = [None] * len(values) if minutes_ago is None else [at(each) for each in minutes_ago]
        schema = pa.schema([("x", self.TYPES[kind]), ("event_ts", pa.timestamp("us", "UTC"))])
        table = pa.table({"x": pa.array(values, self.TYPES[kind], from_pandas=False), "event_ts": times}, schema)
        (self.root / "drift").mkdir(exist_ok=True)
        half = len(values) // 2
        for number, part in enumerate((table[:half], table[half:])):
            pq.write_table(part, self.root / "drift" / f"{number}.parquet")

    def drop(self):
        """Nothing to do: the folder goes with the test."""


def at(minutes_ago):
    return None if minutes_ago is None else datetime.now(UTC) - timedelta(minutes=minutes_ago)


@pytest.fixture(params=["postgresql", "parquet"])
def planted(request, tmp_path):
    if request.param == "parquet":
        yield Folder(tmp_path)
        return
    server = request.getfixturevalue("postgres_server")
    table = Table(server.plan.database_url_of("postgres"))
    yield table
    table.drop()


def ask(planted, what, **terms):
    connector = connectors.capable(planted.config.kind, Measurable)
    with connector.reader(planted.config, planted.object_name) as reader:
        return getattr(registry.kinds()["drift"], what)(reader, Terms(element="x", **terms))


def baseline(planted, **terms):
    return ask(planted, "baseline", **terms).document()


def measure(planted, document, **terms):
    return ask(planted, "measure", baseline=document, **terms)


@pytest.mark.parametrize("case", TABLE)
def test_the_table_of_cases_has_its_right_answer_in_the_engine(planted, case):
    expected, actual, least, most = TABLE[case]
    planted.fill(expected)
    document = baseline(planted)
    assert document["counts"]
    assert sum(document["counts"]) == len(expected)
    planted.fill(actual)
    reading = measure(planted, document)
    assert Decimal(repr(least)) <= reading.value
    assert float(reading.value) < most
    assert reading.total == len(actual)
    assert reading.method == f"psi method=half bins={len(document['counts'])}"


def test_an_empty_column_and_one_of_few_rows_are_insufficient_and_never_zero(planted):
    planted.fill(NORMAL[:5000])
    document = baseline(planted)
    for rows in (0, 199):
        planted.fill(NORMAL[:rows])
        reading = measure(planted, document)
        assert (reading.result, reading.value, reading.total) == (Result.INSUFFICIENT, None, rows)
        assert "200 are needed" in reading.reason


def test_a_baseline_of_no_rows_is_a_mistake_of_the_set_up(planted):
    planted.fill(NORMAL[:0])
    with pytest.raises(CannotMeasure, match="holds no number"):
        baseline(planted)
    planted.fill(np.full(300, math.nan))
    with pytest.raises(CannotMeasure, match="holds no number"):
        baseline(planted)
    planted.fill(NORMAL[:300])
    with pytest.raises(CannotMeasure, match="no baseline"):
        measure(planted, None)


def test_shares_out_of_range_and_without_a_value_are_figures_of_their_own(planted):
    planted.fill(np.linspace(0, 1, 1000))
    document = baseline(planted)
    planted.fill([None] * 100 + [math.nan] * 100 + [7.0] * 200 + [-math.inf] * 100 + [0.5] * 500)
    reading = measure(planted, document)
    assert reading.figures["null_share"] == 20
    assert reading.figures["out_of_range_share"] == 30
    assert reading.counts["no value"] == 200
    assert reading.reason.startswith("Most moved: “")


def test_texts_are_compared_by_their_most_frequent_categories(planted):
    planted.fill(SOME, "text")
    document = baseline(planted)
    assert document["categories"] == ["card", "cash", "it's; --"]
    assert document["counts"] == [300, 200, 100, 40, 1]
    assert measure(planted, document).value < Decimal("0.0001")
    planted.fill(["cash"] * 500 + ["new"] * 100, "text")
    reading = measure(planted, document)
    assert reading.value > 1
    assert reading.counts == {"card": 0, "cash": 500, "it's; --": 0, "any other": 100, "no value": 0}


def test_truths_are_categories_too(planted):
    planted.fill([True] * 300 + [False] * 100, "boolean")
    document = baseline(planted)
    assert document["categories"] == ["true", "false"]
    planted.fill([True] * 100 + [False] * 300, "boolean")
    assert measure(planted, document).value == pytest.approx(Decimal("1.09"), abs=Decimal("0.02"))


def test_exact_decimals_are_numbers_and_few_values_have_bins_of_their_own(planted):
    planted.fill([Decimal("0.10")] * 300 + [Decimal("19.99")] * 300, "numeric(12,2)")
    document = baseline(planted)
    assert document["points"] == [0.1, 19.99]
    assert measure(planted, document).value == 0


def test_only_rows_of_the_window_count_and_rows_without_a_time_are_in_none(planted):
    values = [1.0, 2.0, 3.0] * 200 + [50.0] * 600 + [99.0] * 10 + [98.0] * 10
    ages = [5] * 600 + [300] * 600 + [None] * 10 + [-120] * 10
    planted.fill(values, minutes_ago=ages)
    reading = measure(planted, baseline(planted, window=timedelta(hours=1)), window=timedelta(hours=1))
    assert (reading.total, reading.value) == (600, 0)
    assert set(reading.counts) == {"any other", "= 1", "= 2", "= 3", "no value"}


@pytest.mark.parametrize(
    ("element", "sentence"), [("", "No column"), ("nope", "no column “nope”"), ("event_ts", "numbers, booleans")]
)
def test_a_column_without_a_distribution_is_named(planted, element, sentence):
    planted.fill(NORMAL[:300])
    connector = connectors.capable(planted.config.kind, Measurable)
    with connector.reader(planted.config, planted.object_name) as reader:  # noqa: SIM117 - the refusal is what is tested
        with pytest.raises(CannotMeasure, match=sentence):
            registry.kinds()["drift"].baseline(reader, Terms(element=element))


def test_a_column_that_changed_its_type_asks_for_a_new_baseline(planted):
    planted.fill(CONSTANT[:300])
    document = baseline(planted)
    planted.fill(["5"] * 300, "text")
    with pytest.raises(CannotMeasure, match="type of “x” has changed"):
        measure(planted, document)


def test_personal_texts_are_refused_and_personal_numbers_kept_without_anybodys_value(planted):
    planted.fill(SOME, "text")
    with pytest.raises(CannotMeasure, match="personal"):
        baseline(planted, personal=frozenset({"x"}))
    planted.fill([1234.5678 + n for n in range(1000)] + [777777.25])
    document = baseline(planted, personal=frozenset({"x"}))
    assert (document["low"], document["high"], document["points"]) == (None, None, [])
    assert all(edge == float(f"{edge:.3g}") for edge in document["edges"])
    reading = measure(planted, document, personal=frozenset({"x"}))
    assert reading.value == 0
    assert "out_of_range_share" not in reading.figures


def test_values_that_hardly_anybody_shares_are_never_kept(planted):
    planted.fill([f"person-{n}@example.org" for n in range(400)], "text")
    with pytest.raises(CannotMeasure, match="no categories"):
        baseline(planted)


@pytest.mark.parametrize("method", ["floor:1e-4", "histogram"])
def test_the_other_methods_are_named_in_the_reading(planted, method):
    planted.fill(NORMAL[:20_000])
    document = baseline(planted, settings={"method": method})
    planted.fill(NORMAL[20_000:40_000] + 0.5)
    reading = measure(planted, document)
    assert reading.method.startswith(f"psi method={method} bins=")
    assert reading.value == pytest.approx(Decimal("0.24"), abs=Decimal("0.03"))


def test_an_unknown_method_is_refused(planted):
    planted.fill(NORMAL[:300])
    with pytest.raises(CannotMeasure, match="not known"):
        baseline(planted, settings={"method": "magic"})


def test_drift_without_a_column_is_incomplete():
    assert "Say `element:`" in registry.kinds()["drift"].lacks("", {})
    assert registry.kinds()["drift"].lacks("score", {}) == ""
