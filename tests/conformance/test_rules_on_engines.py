"""The SQL that rules compile to, run by real PostgreSQL and DuckDB: every row gets the verdict of the reference.

Rules are read through the connectors' own readers, on a grid of rows with NULL, zero, ties, odd texts and moments.
"""

from __future__ import annotations

import json
import math
import re
import uuid
from contextlib import ExitStack, closing
from datetime import date, datetime
from decimal import Decimal
from itertools import cycle, islice

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts_app.domain.document import load
from contracts_app.domain.rules.compile import compile_rules
from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Measurable, Reader, SystemConfig
from tests.conformance.rule_reference import passes, rule_passes

at = datetime.fromisoformat
# Column: type in the contract, in PostgreSQL, in Arrow, required, and the values that its rows go round in.
COLUMNS = {
    "n": ("integer", "int", pa.int32(), True, [0, 1, -3, 7, 2_000_000_000, None]),
    "m": ("integer", "bigint", pa.int64(), False, [None, 2, 0, -2_000_000_000, 5]),
    "x": ("float", "float8", pa.float64(), True, [0.0, 0.5, -1.25, 2.5, 1e15, math.nan, None]),
    "y": ("float", "float8", pa.float64(), False, [None, 3.0, 0.1, -0.5, 100.0]),
    "amount": ("decimal", "numeric(12,2)", pa.decimal128(12, 2), False,
               [Decimal("0.00"), Decimal("19.99"), None, Decimal("-4.50"), Decimal("59.97")]),
    "s": ("string", "text", pa.string(), True,
          ["", "view", "View", "it's", "a\nb", "Zebra", "zebra", "100%", None, "é"]),
    "t": ("string", "text", pa.string(), False, [None, "view", "\\", '"', "b;--", " view", "view ", "AB123456"]),
    "kind": ("enum", "text", pa.string(), True, ["view", "purchase", "other", None]),
    "flag": ("boolean", "boolean", pa.bool_(), False, [True, False, None]),
    "seen": ("timestamp", "timestamp", pa.timestamp("us"), True,
             [at("2026-01-28T09:30"), at("2026-01-28"), at("2019-05-01T23:59:59.999999"), None]),
    "zoned": ("timestamp", "timestamptz", pa.timestamp("us", tz="UTC"), False,
              [None, at("2026-01-28T09:30+00:00"), at("2026-01-27T23:30+00:00")]),
    "day": ("date", "date", pa.date32(), False, [date(2026, 1, 28), date(2026, 1, 27), None]),
}  # fmt: skip
ROWS = 211  # a prime, so that the columns' rounds meet in ever new ways


def _grid() -> list[dict]:
    rounds = {name: list(islice(cycle(column[4]), ROWS)) for name, column in COLUMNS.items()}
    return [{"id": n} | {name: values[n * (k + 1) % ROWS] for k, (name, values) in enumerate(rounds.items())}
            for n in range(ROWS)]  # fmt: skip


GRID = _grid()
REFERENCE = [
    row | {"zoned": row["zoned"].replace(tzinfo=None) if row["zoned"] else None} for row in GRID
]  # moments in a rule are UTC


class Engine:
    """A connector's reader over the grid, opened anew after a statement that failed."""

    def __init__(self, config: SystemConfig, place: str) -> None:
        self.config, self.place, self.opened = config, place, ExitStack()
        self.reader: Reader | None = None

    def passing(self, conditions: list[str]) -> list[list[int]]:
        """For each condition the ids of the rows for which the engine finds it true."""
        if self.reader is None:
            kind = registry.capable(self.config.kind, Measurable)
            self.reader = self.opened.enter_context(kind.reader(self.config, self.place, timeout_s=30))
        found = ", ".join(f"array_agg(id ORDER BY id) FILTER (WHERE {sql}) AS c{n}" for n, sql in enumerate(conditions))
        try:
            told = self.reader.row(f"SELECT {found} FROM {self.reader.relation}")
        except ConnectorError:
            self.close()
            raise
        return [list(ids or []) for ids in told.values()]

    def close(self) -> None:
        self.opened.close()
        self.reader = None


@pytest.fixture(scope="module")
def engines(postgres_server, tmp_path_factory):
    """Both engines over the same rows, by dialect."""
    url, name = postgres_server.plan.database_url_of("postgres"), f"grid_{uuid.uuid4().hex[:8]}"
    columns = ", ".join(f"{column} {spec[1]}" for column, spec in COLUMNS.items())
    root = tmp_path_factory.mktemp("lake")
    (root / "grid").mkdir()
    schema = pa.schema([("id", pa.int32()), *((column, spec[2]) for column, spec in COLUMNS.items())])
    pq.write_table(pa.Table.from_pylist(GRID, schema=schema), root / "grid" / "a.parquet")
    with closing(psycopg.connect(url, autocommit=True)) as session:
        session.execute(f"CREATE TABLE public.{name} (id int, {columns})")
        marks = ", ".join(["%s"] * (len(COLUMNS) + 1))
        session.cursor().executemany(f"INSERT INTO public.{name} VALUES ({marks})", [list(r.values()) for r in GRID])
        over = {
            "postgres": Engine(SystemConfig("grid", "postgresql", {}, url), f"public.{name}"),
            "duckdb": Engine(SystemConfig("grid", "parquet", {"root": str(root)}), "grid"),
        }
        yield over
        for engine in over.values():
            engine.close()
        session.execute(f"DROP TABLE public.{name}")


def document(*rules: str, **fields: dict):
    """A contract over the grid's columns with these rules, and with more said about some fields."""
    schema = {name: {"type": column[0], "required": column[3]} for name, column in COLUMNS.items()}
    schema["kind"]["allowed"] = ["view", "purchase"]
    for name, more in fields.items():
        schema[name] |= more
    head = {"name": "grid", "version": "1.0.0", "owner": "a@example.com", "on_call": "#a", "schema": schema}
    loaded = load(json.dumps(head | {"slos": {"accuracy_rules": [{"rule": rule} for rule in rules]}}))
    assert loaded.ok, [found.message for found in loaded.findings if found.severity == "error"]
    return loaded.document


def expect_agreement(engines, *rules: str, **fields: dict) -> None:
    """Each rule alone and the rule set as a whole give the reference's verdict for every row, in both engines."""
    told = document(*rules, **fields)
    wanted = [[row["id"] for row in REFERENCE if rule_passes(told, rule, row)] for rule in rules]
    wanted.append([row["id"] for row in REFERENCE if passes(told, row)])
    for dialect, engine in engines.items():
        compiled = compile_rules(told, dialect)
        single = dict(compiled.rules)
        conditions = [*(single[f"rule {n}"] for n in range(1, len(rules) + 1)), compiled.passing]
        for sql, found, expected in zip(conditions, engine.passing(conditions), wanted, strict=True):
            assert found == expected, f"{dialect}: {sql}"


@pytest.mark.parametrize(
    "rule",
    [
        "n >= 0", "m >= 0", "n = 7 or m > 1", "not n = 7", "not (n > 0 and m > 0)", "flag", "not flag", "flag = false",
        "n != 0", "0 <= n < 8", "m is null", "m is not null and n > 0", "m is null or m > 1", "not (m is null)",
        "coalesce(m, n) > 0", "coalesce(m, 0) = 0", "coalesce(y, x, 1) >= 1", "coalesce(t, s) = 'view'",
        "n in [0, 7, -3]", "n not in [0, 7]", "m in [2, 5]", "x in [0.5, 2.5]", "amount in [19.99]", "y not in [0.1]",
        "s in [view, 'it''s', '100%']", "s not in [view]", "t in [view, 'b;--']", 'kind in ["view"]',
        "s = 'view'", "s != 'view'", "t = 'view '", "s < 'a'", "s >= 'Zebra'", "t > 'AB'", "s = t", "s < t", "s = ''",
        "n + m > 0", "n - m - 1 > 0", "n * m >= 0", "n * n >= 0", "n * n * n > 0", "-n > 0", "-(n + 1) < 0", "- m <= n",
        "n / m > 0", "n / 2 = 3.5", "n / 0 > 0", "m / n = 2", "x / y > 1", "n % 2 = 1", "n % m = 0", "m % 3 = -2",
        "n % 0 = 0",
        "x + 1 > x", "x * y = 0", "x >= 0", "x != x", "x <= 1e15", "y = 0.1", "y < 1e-3", "y + 0.2 >= 0.3",
        "amount * 3 = 59.97", "amount + 0.01 = 20", "amount >= 19.99", "amount = 19.990", "amount * n >= 0",
        "amount / 3 < 7",
        "abs(n) > 2", "abs(x) = 1.25", "abs(amount) = 4.5", "round(x) = 0", "round(x) = 2", "round(y, 1) = 0.1",
        "round(n / 2) = 0", "round(n / 2) = 4", "round(x / 3, 2) = -0.42", "round(amount / 3, 2) = 6.66",
        "round(-x) = 0",
        "length(s) = 0", "length(s) > 3", "length(t) = 1", "lower(s) = 'view'", "upper(s) = 'ZEBRA'",
        "lower(upper(s)) = s",
        "length(lower(t)) = 4", "seen >= '2026-01-28'", "seen = '2026-01-28 09:30'", "seen < '2026-01-28T09:30:00.5'",
        "zoned >= '2026-01-28'", "zoned = '2026-01-28 09:30'", "zoned < '2026-01-28 09:30:01'", "day = '2026-01-28'",
        "day < '2026-01-28 09:30'", "day >= '2026-01-27 00:01'", "seen in ['2026-01-28 09:30', '2019-05-01']",
        "day in ['2026-01-28']", "seen >= day", "seen > zoned", "zoned >= day", "'2026-01-28' <= seen", "day != seen",
        "n > 0 and (m > 0 or x > 0) and not y > 1", "n = 1 or n = 7 or flag", "not not flag", "n > 5 or m is null",
        "length(coalesce(t, '')) = 0", "coalesce(flag, false) = true", "(n > 0) = flag", "n * 0.5 = 3.5", "n + 0.5 > m",
    ],
)  # fmt: skip
def test_a_rule_gives_every_row_the_same_verdict_in_both_engines(engines, rule):
    expect_agreement(engines, rule)


@pytest.mark.parametrize(
    "fields",
    [
        {"n": {"min": 0}}, {"n": {"min": -3, "max": 7}}, {"m": {"max": 2}}, {"x": {"min": 0.5}}, {"y": {"max": 0.1}},
        {"amount": {"min": -4.5, "max": 19.99}}, {"x": {"max": 1e15}}, {"n": {"allowed": [0, 7]}},
        {"s": {"allowed": ["view", "it's", "100%", ""]}}, {"t": {"allowed": ["\\", '"', "b;--"]}},
        {"m": {"required": True}}, {"flag": {"required": True}}, {"day": {"required": True}},
        {"t": {"pattern": "^[A-Z]{2}[0-9]{6}$"}}, {"s": {"pattern": "^.*$"}}, {"s": {"pattern": "a.b"}},
        {"s": {"pattern": "^a$"}}, {"s": {"pattern": "[^a]$"}}, {"t": {"pattern": "\\\\"}},
        {"t": {"pattern": "^\\s|\\s$"}},
        {"t": {"pattern": "\\d{6}"}}, {"s": {"pattern": "(view|zebra)"}}, {"s": {"pattern": "^(?:v|z).+?w?"}},
        {"s": {"pattern": "'"}}, {"s": {"pattern": "%$"}}, {"t": {"pattern": "\\w+"}}, {"s": {"pattern": "b$"}},
        {"s": {"pattern": "^b"}}, {"s": {"pattern": "^$"}}, {"t": {"pattern": "[\\w;]-"}},
    ],
    ids=str,
)  # fmt: skip
def test_what_a_field_promises_gives_every_row_the_same_verdict_in_both_engines(engines, fields):
    expect_agreement(engines, **fields)


NUMBERS = st.sampled_from(["n", "m", "x", "y", "amount", "0", "1", "2", "0.5", "7", "-3", "100"])
TEXTS = st.sampled_from(["s", "t", "kind", "'view'", "''", "'it''s'", "'Zebra'", "'100%'"])
MOMENTS = st.sampled_from(
    ["seen", "zoned", "day", "'2026-01-28'", "'2026-01-28 09:30'", "'2019-05-01 23:59:59.999999'"]
)
FIELDS_ONLY = st.sampled_from(sorted(COLUMNS))


def _sums(inner):
    binary = st.tuples(inner, st.sampled_from("+-*/%"), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
    wrapped = st.tuples(st.sampled_from(["abs({})", "round({})", "round({}, 1)", "-({})", "coalesce({}, 1)"]), inner)
    return binary | wrapped.map(lambda p: p[0].format(p[1]))


numbers = st.recursive(NUMBERS, _sums, max_leaves=4) | TEXTS.map("length({})".format)
CHANGED = st.sampled_from(["lower({})", "upper({})", "coalesce({}, 'x')"])
texts = st.recursive(TEXTS, lambda inner: st.tuples(CHANGED, inner).map(lambda p: p[0].format(p[1])), max_leaves=2)
OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
comparisons = st.one_of(
    *(st.tuples(kind, OPERATORS, kind).map(" ".join) for kind in (numbers, texts)),
    st.tuples(st.sampled_from(["seen", "zoned", "day"]), OPERATORS, MOMENTS).map(" ".join),
)
memberships = st.tuples(
    st.sampled_from(["n", "m", "x", "(n + 1)", "amount"]), st.sampled_from(["in", "not in"]),
    st.lists(st.sampled_from(["0", "1", "7", "-3", "2.5", "19.99"]), min_size=1, max_size=3).map(", ".join),
).map(lambda p: f"{p[0]} {p[1]} [{p[2]}]")  # fmt: skip
null_tests = st.tuples(FIELDS_ONLY, st.sampled_from(["is null", "is not null"])).map(" ".join)
conditions = st.recursive(
    comparisons | memberships | null_tests | st.just("flag"),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
        | inner.map("not ({})".format)
    ),
    max_leaves=4,
)


def _mentions_a_field(rule: str) -> bool:
    words = re.findall(r"\w+", re.sub("'[^']*'", "", rule))
    return any(name in words for name in COLUMNS)


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rule=conditions.filter(_mentions_a_field))
def test_generated_rules_give_every_row_the_same_verdict_in_both_engines(engines, rule):
    expect_agreement(engines, rule)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rules=st.lists(conditions.filter(_mentions_a_field), min_size=2, max_size=4, unique=True))
def test_generated_rule_sets_pass_and_fail_as_a_whole_in_both_engines(engines, rules):
    expect_agreement(engines, *rules, n={"min": -3, "max": 7}, x={"min": -2})
