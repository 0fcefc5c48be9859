"""Every function that an SLO's own statement may call gives the same answer on PostgreSQL and DuckDB: these ones."""

from __future__ import annotations

from decimal import Decimal

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from portal.core.connectors import registry
from portal.core.connectors.base import Measurable, SystemConfig
from slo_app.domain.statements.allowed import FUNCTIONS
from slo_app.domain.statements.compiled import Dataset, compiled, parsed

# Snowflake's SQL over the three rows of `readers`.
EXAMPLES = {
    "COUNT(n)": 3, "COUNT(DISTINCT word)": 2, "COUNT_IF(n > 1)": 2, "SUM(n)": 7, "AVG(x)": -0.5, "MIN(n)": 1,
    "MAX(n)": 4, "MEDIAN(n)": 2, "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY n)": 2, "STDDEV(n)": 1.527525,
    "VARIANCE(n)": 2.333333, "SUM(CASE WHEN n > 1 THEN 1 ELSE 0 END)": 2, "SUM(IFF(x < 0, 1, 0))": 1,
    "SUM(COALESCE(x, 10))": 9, "SUM(NVL(x, 10))": 9, "SUM(ZEROIFNULL(x))": -1, "SUM(NULLIF(n, 1))": 6,
    "SUM(GREATEST(n, 3))": 10, "SUM(LEAST(n, 3))": 6, "SUM(DIV0(n, n - 1))": 3.333333,
    "SUM(CAST(n AS DOUBLE) / 2)": 3.5, "SUM(n / 2)": 3.5, "SUM(n::NUMBER(10, 2))": 7,
    "COUNT_IF(EXISTS (SELECT 1 FROM {asset} AS o WHERE o.n > 3))": 3, "SUM(ABS(x))": 4, "SUM(CEIL(x))": 0,
    "SUM(FLOOR(x))": -2, "SUM(ROUND(n, 0))": 7, "SUM(SIGN(x))": 0, "SUM(SQRT(n))": 4.414214, "SUM(LN(n))": 2.079442,
    "MAX(EXP(n - 4))": 1, "SUM(POWER(n, 2))": 21, "SUM(n % 2)": 1, "SUM(MOD(n, 2))": 1,
    "COUNT_IF(LOWER(word) = 'ab')": 1, "COUNT_IF(UPPER(word) = 'AB')": 1, "SUM(LENGTH(word))": 4,
    "COUNT_IF(TRIM(word) = 'ab')": 1, "COUNT_IF(STARTSWITH(word, 'a'))": 1, "COUNT_IF(SUBSTRING(word, 2, 1) = 'b')": 1,
    "COUNT_IF(LEFT(word, 1) = 'a')": 1, "COUNT_IF(RIGHT(word, 1) = 'b')": 1, "COUNT_IF(CONCAT(word, 'x') = 'abx')": 1,
    "COUNT_IF(word || 'x' = 'abx')": 1, "COUNT_IF(word LIKE 'a%')": 1, "COUNT_IF(word ILIKE 'A%')": 1,
    "COUNT_IF(word IN ('ab', 'cd'))": 2, "COUNT_IF(n BETWEEN 2 AND 4)": 2, "COUNT_IF(x IS NULL)": 1,
    "COUNT_IF(word IS DISTINCT FROM 'ab')": 2, "COUNT_IF(NOT (n > 1 AND n < 4 OR n = 1))": 1,
    "COUNT_IF(seen < CURRENT_TIMESTAMP)": 2, "COUNT_IF(seen < CURRENT_DATE)": 2, "COUNT_IF(seen < SYSDATE())": 2,
    "COUNT_IF(DATEADD('minute', 30, seen) > '2026-01-02 04:00:00'::TIMESTAMP_TZ)": 1,
    "COUNT_IF(DATEADD('day', -1, seen) < '2026-01-02 00:00:00'::TIMESTAMP_TZ)": 2,
    "COUNT_IF(seen - INTERVAL '1 hour' < '2026-01-02 03:00:00'::TIMESTAMP_TZ)": 1,
    "DATEDIFF('minute', MIN(seen), MAX(seen))": 60, "DATEDIFF('day', MIN(seen), MAX(seen))": 0,
    "DATEDIFF('hour', MIN(seen), MAX(seen))": 1,
    "COUNT_IF(DATE_TRUNC('hour', seen) = '2026-01-02 03:00:00'::TIMESTAMP_TZ)": 1, "COUNT(DISTINCT TO_DATE(seen))": 1,
    "COUNT(DISTINCT DATE_TRUNC('month', seen))": 1, "MAX(EXTRACT(hour FROM seen))": 4, "MAX(YEAR(seen))": 2026,
    "COUNT_IF(CONVERT_TIMEZONE('UTC', seen) > '2026-01-02 03:30:00'::TIMESTAMP)": 1,
}  # fmt: skip
WINDOWED = {
    "ROW_NUMBER() OVER (ORDER BY n)": 6, "RANK() OVER (ORDER BY n)": 6, "DENSE_RANK() OVER (ORDER BY n)": 6,
    "LAG(n) OVER (ORDER BY n)": 3, "LEAD(n) OVER (ORDER BY n)": 6,
}  # fmt: skip
OTHER_DIALECTS = {
    ("bigquery", "COUNTIF(TIMESTAMP_ADD(seen, INTERVAL 30 MINUTE) > TIMESTAMP '2026-01-02 04:00:00+00')"): 1,
    ("bigquery", "COUNTIF(TIMESTAMP_SUB(seen, INTERVAL 30 MINUTE) < TIMESTAMP '2026-01-02 03:00:00+00')"): 1,
    ("bigquery", "COUNT(DISTINCT TIMESTAMP_TRUNC(seen, HOUR))"): 2,
    ("redshift", "SUM(CASE WHEN DATEADD(minute, 30, seen) > '2026-01-02 04:00:00' THEN 1 ELSE 0 END)"): 1,
    ("databricks", "count_if(date_trunc('DAY', seen) = '2026-01-02')"): 2,
    ("postgres", "count(*) FILTER (WHERE n > 1)"): 2, ("tsql", "SUM(CASE WHEN seen < GETDATE() THEN 1 ELSE 0 END)"): 2,
}  # fmt: skip


@pytest.fixture(scope="module")
def readers(postgres_server, tmp_path_factory):
    """Both engines over the same three rows."""
    url, name = postgres_server.plan.database_url_of("postgres"), "statement_functions"
    root = tmp_path_factory.mktemp("lake")
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(f"DROP TABLE IF EXISTS {name}")
        session.execute(f"CREATE TABLE {name} (n bigint, x float8, word text, seen timestamptz)")
        session.execute(
            f"INSERT INTO {name} VALUES (1, 1.5, 'ab', '2026-01-02 03:04:05+00'),"
            " (2, NULL, 'cd', '2026-01-02 04:04:05+00'), (4, -2.5, NULL, NULL)"
        )
        rows = session.execute(f"SELECT n, x, word, seen FROM {name}").fetchall()
    (root / name).mkdir()
    types = [("n", pa.int64()), ("x", pa.float64()), ("word", pa.string()), ("seen", pa.timestamp("us", tz="UTC"))]
    columns = [pa.array([row[at] for row in rows], kind) for at, (_, kind) in enumerate(types)]
    pq.write_table(pa.table(columns, names=[each for each, _ in types]), root / name / "a.parquet")
    yield [
        (SystemConfig("db", "postgresql", {}, url), name),
        (SystemConfig("lake", "parquet", {"root": str(root)}), name),
    ]
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(f"DROP TABLE {name}")


def answers(readers, text: str, reads: str) -> list[float | None]:
    found = []
    for config, name in readers:
        with registry.capable(config.kind, Measurable).reader(config, name) as reader:
            dataset = Dataset(name, list(reader.columns()), reader.relation)
            value = reader.row(compiled(text, reads, dataset, reader.dialect))["v"]
        found.append(None if value is None else round(float(Decimal(str(value))), 5))
    return found


@pytest.mark.parametrize(("call", "wanted"), EXAMPLES.items())
def test_a_function_gives_the_same_answer_on_both_engines(readers, call, wanted):
    assert answers(readers, f"SELECT {call} AS v FROM {{asset}}", "snowflake") == [round(wanted, 5)] * 2


@pytest.mark.parametrize(("call", "wanted"), WINDOWED.items())
def test_a_window_function_gives_the_same_answer_on_both_engines(readers, call, wanted):
    text = f"SELECT SUM(w.f) AS v FROM (SELECT {call} AS f FROM {{asset}}) AS w"
    assert answers(readers, text, "snowflake") == [wanted] * 2


@pytest.mark.parametrize(("asked", "wanted"), OTHER_DIALECTS.items())
def test_other_dialects_are_read_too(readers, asked, wanted):
    reads, call = asked
    assert answers(readers, f"SELECT {call} AS v FROM {{asset}}", reads) == [wanted] * 2


def test_every_function_that_may_be_called_has_an_example():
    texts = [("snowflake", call) for call in (*EXAMPLES, *WINDOWED)] + list(OTHER_DIALECTS)
    used = {type(node) for reads, call in texts for node in parsed(f"SELECT {call} AS v FROM {{asset}}", reads).walk()}
    assert sorted(each.__name__ for each in set(FUNCTIONS) - used) == []
