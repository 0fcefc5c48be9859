"""An SLO's own statement: what is refused, what is written anew, and that no text of the author reaches an engine."""

import pytest

from slo_app.domain.statements.compiled import Dataset, StatementRefused, columns_of, compiled

ORDERS = Dataset("sales.orders", ["id", "amount_usd", "event_ts", "Kind", "note"], '"sales"."orders"')
PROGRAMME = """
SELECT
  SUM(CASE WHEN amount_usd < 0 THEN 1 ELSE 0 END) AS neg_amount_rows,
  COUNT(*) AS total_rows
FROM orders
WHERE event_ts >= DATEADD('hour', -1, CURRENT_TIMESTAMP);
"""
NAMES = ["orders", "ORDERS", "sales.orders", '"SALES"."ORDERS"', "{asset}", "orders o", "{asset} AS o"]
HOSTILE = """
SELECT pg_read_file('/etc/passwd') AS value FROM orders
SELECT * FROM dblink('host=evil', 'SELECT 1') AS t(a int)
SELECT count(*) FROM read_csv('/etc/passwd')
SELECT count(*) FROM read_parquet('x') AS orders
SELECT count(*) FROM '/etc/passwd'
COPY orders TO '/tmp/x'
COPY (SELECT 1) TO PROGRAM 'sh'
SELECT count(*) FROM customers
SELECT count(*) FROM other.orders
SELECT count(*) FROM a.sales.orders
SELECT count(*) FROM orders, pg_catalog.pg_authid
SELECT count(*) FROM information_schema.tables
SELECT (SELECT max(rolpassword) FROM pg_authid) AS value FROM orders
SELECT 1 AS value; SELECT 2 AS value
SELECT 1 FROM orders; DROP TABLE orders
DELETE FROM orders
UPDATE orders SET id = 1
DROP TABLE orders
WITH gone AS (DELETE FROM orders RETURNING id) SELECT count(*) AS n FROM gone
TRUNCATE orders
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r
SELECT 1 AS value UNION SELECT 2 AS value
SELECT count(*) INTO taken FROM orders
CALL x()
SET x = 1
SELECT count(*) FROM orders FOR UPDATE
SELECT pg_sleep(60) FROM orders
SELECT version() AS value FROM orders
SELECT current_setting('x') AS value FROM orders
SELECT set_config('role', 'none', true) FROM orders
SELECT current_user AS value FROM orders
SELECT session_user FROM orders
SELECT user AS value FROM orders
SELECT current_database() FROM orders
SELECT query_to_xml('SELECT 1', true, true, '') FROM orders
SELECT lo_import('/etc/passwd') FROM orders
SELECT nextval('s') FROM orders
SELECT random() FROM orders
SELECT o.row_to_json, 1 AS row_to_json FROM orders o
SELECT max(o) AS value FROM orders o
SELECT orders FROM orders
SELECT ctid FROM orders
SELECT 'pg_authid'::regclass AS value FROM orders
SELECT CAST('x' AS xml) FROM orders
SELECT count(*) FROM generate_series(1, 1000000000)
SELECT count(*) FROM TABLE(GENERATOR(ROWCOUNT => 9))
SELECT * FROM TABLE(FLATTEN(input => note))
SELECT $1 FROM @stage
SELECT %(x)s FROM orders
SELECT :x FROM orders
SELECT ? FROM orders
SELECT count(*) FROM orders, LATERAL FLATTEN(note)
SELECT count(*) FROM orders TABLESAMPLE BERNOULLI (10)
SELECT count(*) FROM orders AT (OFFSET => -60)
EXPLAIN SELECT 1 FROM orders
VALUES (1)
;
SELECT
((
SELECT note[0] FROM orders
SELECT note:a.b FROM orders
SELECT nope FROM orders
SELECT customers.nope FROM orders
SELECT DATEADD(current_user, 1, event_ts) FROM orders
SELECT getvariable('x') FROM orders
ATTACH '/tmp/x'
PRAGMA version
INSTALL httpfs
""".strip().splitlines()


def written(text: str, dialect: str = "postgres", reads: str = "snowflake") -> str:
    return compiled(text, reads, ORDERS, dialect)


def test_the_programmes_own_statement_is_taken_as_it_is():
    assert columns_of(PROGRAMME, "snowflake") == ["neg_amount_rows", "total_rows"]
    assert written(PROGRAMME) == (
        'SELECT SUM(CASE WHEN "amount_usd" < 0 THEN 1 ELSE 0 END) AS "neg_amount_rows", COUNT(*) AS "total_rows" '
        'FROM "sales"."orders" AS "orders" '
        "WHERE \"event_ts\" >= (STATEMENT_TIMESTAMP() + INTERVAL '-1 HOUR')"
    )
    assert "NOW()" in written(PROGRAMME, "duckdb")


@pytest.mark.parametrize("name", NAMES)
def test_the_asset_is_named_by_its_name_or_as_asset(name):
    assert 'FROM "sales"."orders" AS' in written(f"SELECT count(*) AS n FROM {name}")


def test_parts_of_a_with_sub_selects_and_self_joins_read_the_asset_too():
    found = written(
        "WITH late AS (SELECT id, amount_usd AS a FROM orders WHERE amount_usd > 3) "
        "SELECT count(*) AS n, max(x.a) AS v FROM late AS x JOIN (SELECT id FROM {asset}) AS y ON x.id = y.id "
        "WHERE EXISTS (SELECT 1 FROM orders o WHERE o.id = 1)"
    )
    assert found.count('"sales"."orders"') == 3
    assert 'FROM "late" AS "x"' in found


@pytest.mark.parametrize(
    "text", [*HOSTILE, "", "SELECT 1", "SELECT " + "(" * 2000 + "1" + ")" * 2000, "SELECT 1 -- " + "x" * 10_000]
)
@pytest.mark.parametrize("reads", ["snowflake", "postgres", "duckdb"])
def test_what_is_more_than_one_select_over_the_asset_is_refused_in_a_sentence(text, reads):
    for dialect in ("postgres", "duckdb"):
        with pytest.raises(StatementRefused) as caught:
            written(text, dialect, reads)
        assert str(caught.value).endswith(".")
        assert len(str(caught.value)) < 300


def test_a_refusal_names_the_function_or_the_table():
    for text, said in [
        ("SELECT pg_read_file('x') FROM orders", "(?i)The function pg_read_file is not allowed"),
        ("SELECT count(*) FROM customers", "“customers” is not this SLO's asset"),
        ("SELECT nope FROM orders", "no column “nope”"),
        ("SELECT 1; SELECT 2", "exactly one SELECT"),
        ("SELECT 1 FROM orders WHERE (", "near line 1"),
    ]:
        with pytest.raises(StatementRefused, match=said):
            written(text)


@pytest.mark.parametrize("word", ["it's", "a\\' OR true --", "$$;DROP TABLE x;$$", "%s", "/* */", "\u2019", "{x}"])
def test_a_hostile_text_stays_one_text(word):
    literal = word.replace("'", "''")
    for dialect in ("postgres", "duckdb"):
        found = compiled(f"SELECT count(*) AS n FROM orders WHERE note = '{literal}'", "postgres", ORDERS, dialect)
        assert found.endswith(f"= '{literal}'")


def test_comments_of_the_author_are_left_out():
    assert "secret" not in written("SELECT /* secret */ count(*) AS n -- secret\nFROM orders")


def test_names_are_spelled_as_the_dataset_spells_them_and_quoted():
    assert "\"Kind\" = 'view'" in written("SELECT COUNT(*) AS N FROM ORDERS WHERE KIND = 'view'")
    odd = Dataset("t", ["select"], '"t"')
    assert '"select"' in compiled('SELECT max("select") AS v FROM {asset}', "postgres", odd, "duckdb")
