"""The SQL of a contract runs on the real engines, and its constraints hold what the contract promises."""

from pathlib import Path

import duckdb
import pytest
from django.db import IntegrityError, connection, transaction

from contracts_app.domain.document import load
from contracts_app.domain.formats.sql_ddl import to_sql
from contracts_app.domain.model import TYPE_FAMILIES

EXAMPLE = (Path(__file__).parent / "data" / "customer_events_v1.yaml").read_bytes()
EVERY_TYPE = "name: every\nversion: 1.0.0\nschema:\n" + "".join(
    f"  c_{kind}: {{type: {kind}{', allowed: [a]' if kind == 'enum' else ''}, description: it's {kind}}}\n"
    for kind in TYPE_FAMILIES
)
AWKWARD = """
name: awkward.v1
version: 1.0.0
description: "It's; DROP TABLE x; --"
schema:
  'a"b; --': {type: string, required: true, unique: true, allowed: ["it's", 'x"y'], description: "'); --"}
  select: {type: integer, min: -1, max: 5}
  n: {type: integer}
  nested: {type: object, fields: {city: {type: string}, geo: {type: object, fields: {lat: {type: float}}}}}
  code: {type: string, pattern: "^[A-Z]{2}$"}
slos:
  accuracy_rules:
    - {rule: "n != 3", name: "no ' three"}
    - {rule: "n < 4", name: "no ' three"}
"""
GOOD = "('c1', '2026-01-01', 'view', 1.5)"
BAD = ["(NULL, '2026-01-01', 'view', 1)", "('c', '2026-01-01', 'stare', 1)", "('c', '2026-01-01', 'view', -1)"]


def sql(text, dialect):
    return to_sql(load(text).document, dialect)


@pytest.mark.django_db
@pytest.mark.parametrize("text", [EXAMPLE, EVERY_TYPE, AWKWARD], ids=["example", "every type", "awkward names"])
def test_the_statements_run_on_postgresql(text):
    with connection.cursor() as cursor:
        cursor.execute(sql(text, "postgres").replace("%", "%%"))


@pytest.mark.parametrize("text", [EXAMPLE, EVERY_TYPE, AWKWARD], ids=["example", "every type", "awkward names"])
def test_the_statements_run_on_duckdb(text):
    with duckdb.connect(":memory:") as session:
        session.execute(sql(text, "duckdb"))


@pytest.mark.django_db
def test_postgresql_takes_a_row_that_keeps_the_contract_and_refuses_those_that_break_it():
    with connection.cursor() as cursor:
        cursor.execute(sql(EXAMPLE, "postgres"))
        cursor.execute(f"INSERT INTO customer_events_v1 VALUES {GOOD}, ('c2', '2026-01-02', 'purchase', NULL)")
        for row in BAD:
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(f"INSERT INTO customer_events_v1 VALUES {row}")


def test_duckdb_takes_a_row_that_keeps_the_contract_and_refuses_those_that_break_it():
    with duckdb.connect(":memory:") as session:
        session.execute(sql(EXAMPLE, "duckdb"))
        session.execute(f"INSERT INTO customer_events_v1 VALUES {GOOD}, ('c2', '2026-01-02', 'purchase', NULL)")
        for row in BAD:
            with pytest.raises(duckdb.ConstraintException):
                session.execute(f"INSERT INTO customer_events_v1 VALUES {row}")


@pytest.mark.django_db
def test_comments_and_names_arrive_as_they_were_written():
    with connection.cursor() as cursor:
        cursor.execute(sql(AWKWARD, "postgres"))
        cursor.execute(
            "SELECT obj_description('\"awkward.v1\"'::regclass), col_description('\"awkward.v1\"'::regclass, 1)"
        )
        assert cursor.fetchone() == ("It's; DROP TABLE x; --", "'); --")
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = '\"awkward.v1\"'::regclass AND contype = 'c'"
        )
        assert {"no ' three", "no ' three 2", "select.min", "code.pattern"} <= {name for (name,) in cursor.fetchall()}


def test_the_table_is_called_as_the_asset_is_where_its_name_reads_as_schema_and_table():
    text = "name: x\nversion: 1.0.0\nasset: {namespace: p, name: shop.app.orders}\nschema: {id: {type: string}}\n"
    assert 'CREATE TABLE "app"."orders"' in sql(text, "postgres")
