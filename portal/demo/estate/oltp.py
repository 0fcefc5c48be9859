"""Makes the OLTP schema and the vector index in the estate's own database, and fills them once."""

from datetime import UTC, datetime, timedelta
from random import Random

import psycopg
from psycopg import sql

from portal.demo.estate import help_pages, places
from portal.demo.estate.people import DUMMY, customers

EVENTS = 40_000
ORDERS = 6_000
EVENT_TYPES = ("view", "view", "view", "add_to_cart", "purchase")
SCHEMA = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE SCHEMA IF NOT EXISTS app;
CREATE SCHEMA IF NOT EXISTS vectors;
CREATE TABLE IF NOT EXISTS app.customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id text NOT NULL UNIQUE, email text NOT NULL UNIQUE, name text NOT NULL, device_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS app.customer_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id text NOT NULL, event_ts timestamptz NOT NULL, event_type text NOT NULL, amount_usd float8);
CREATE INDEX IF NOT EXISTS customer_events_by_time ON app.customer_events (event_ts);
CREATE INDEX IF NOT EXISTS customer_events_by_customer ON app.customer_events (customer_id);
CREATE TABLE IF NOT EXISTS app.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id text NOT NULL UNIQUE, placed_at timestamptz NOT NULL, status text NOT NULL, total_usd float8);
CREATE TABLE IF NOT EXISTS app.event_totals (
    minute timestamptz PRIMARY KEY, rows_sent int NOT NULL);
CREATE TABLE IF NOT EXISTS app.churn_scores (
    scored_at timestamptz NOT NULL, score float8 NOT NULL, segment text NOT NULL);
CREATE INDEX IF NOT EXISTS churn_scores_by_time ON app.churn_scores (scored_at);
CREATE TABLE IF NOT EXISTS app.assistant_documents (
    document_id text PRIMARY KEY, title text NOT NULL, body text NOT NULL, deleted_at timestamptz);
CREATE TABLE IF NOT EXISTS app.assistant_answers (
    answer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    answered_at timestamptz NOT NULL, question text NOT NULL, answer text NOT NULL,
    citations jsonb NOT NULL, refused boolean NOT NULL);
CREATE INDEX IF NOT EXISTS assistant_answers_by_time ON app.assistant_answers (answered_at);
CREATE TABLE IF NOT EXISTS app.assistant_retrievals (
    answer_id bigint NOT NULL REFERENCES app.assistant_answers ON DELETE CASCADE,
    document_id text NOT NULL, PRIMARY KEY (answer_id, document_id));
CREATE TABLE IF NOT EXISTS vectors.customer_semantic (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id text NOT NULL UNIQUE, embedding vector(32) NOT NULL,
    created_at timestamptz NOT NULL, vectorized_at timestamptz NOT NULL);
CREATE INDEX IF NOT EXISTS customer_semantic_hnsw ON vectors.customer_semantic
    USING hnsw (embedding vector_cosine_ops);
"""
RIGHTS = """
GRANT USAGE ON SCHEMA app, vectors TO estate_probe, estate_erase, estate_pipeline;
GRANT SELECT ON ALL TABLES IN SCHEMA app, vectors TO estate_probe;
GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA app, vectors TO estate_erase;
GRANT pg_maintain, pg_checkpoint, pg_monitor TO estate_erase;
GRANT SET ON PARAMETER session_replication_role TO estate_erase;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA app, vectors TO estate_pipeline;
GRANT DELETE ON app.event_totals, app.churn_scores, app.assistant_answers TO estate_pipeline;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA app, vectors TO estate_pipeline;
"""


def build() -> bool:
    """Make what is missing; True where the estate was filled, False where it was there."""
    _make_database()
    with psycopg.connect(places.admin_url()) as connection:
        _make_accounts(connection)
        connection.execute(SCHEMA)
        connection.execute(RIGHTS)
        _fill_documents(connection)
        filled = connection.execute("SELECT EXISTS (SELECT FROM app.customers)").fetchone()
        if filled and filled[0]:
            return False
        _fill(connection)
    return True


def _make_database() -> None:
    with psycopg.connect(places.admin_url("postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [places.DATABASE]).fetchone()
        if not found:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(places.DATABASE)))


def _make_accounts(connection: psycopg.Connection) -> None:
    for account in (places.PROBE, places.ERASE, places.PIPELINE):
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [account]).fetchone()
        verb = sql.SQL("ALTER" if found else "CREATE")
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                verb, sql.Identifier(account), sql.Literal(places.secret_of(account))
            )
        )


def _fill(connection: psycopg.Connection) -> None:
    chance = Random(42)  # noqa: S311 - made-up data must be the same at every start
    present = datetime.now(UTC)
    people = customers()
    with connection.cursor() as cursor:
        with cursor.copy("COPY app.customers (customer_id, email, name, device_id) FROM STDIN") as rows:
            for person in people:
                rows.write_row((person.customer_id, person.email, person.name, person.device_id))
        with cursor.copy("COPY app.customer_events (customer_id, event_ts, event_type, amount_usd) FROM STDIN") as rows:
            for number in range(EVENTS):
                person = DUMMY if number % 4_000 == 7 else chance.choice(people)
                rows.write_row(_event(person.customer_id, present, chance))
        _fill_orders(cursor, present, chance)
        cursor.execute(
            "INSERT INTO app.event_totals (minute, rows_sent) SELECT date_trunc('minute', event_ts), count(*)"
            " FROM app.customer_events WHERE event_ts > %s GROUP BY 1",
            [present - timedelta(hours=2)],
        )


def _fill_documents(connection: psycopg.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO app.assistant_documents (document_id, title, body) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [(each.document_id, each.title, each.body) for each in help_pages.PAGES],
        )


def _event(customer_id: str, present: datetime, chance: Random) -> tuple[str, datetime, str, float | None]:
    kind = chance.choice(EVENT_TYPES)
    when = present - timedelta(minutes=chance.uniform(0, 30 * 24 * 60))
    return customer_id, when, kind, round(chance.lognormvariate(3, 1), 2) if kind == "purchase" else None


def _fill_orders(cursor: psycopg.Cursor, present: datetime, chance: Random) -> None:
    """The planted breach: the last order is 40 minutes old, and two in a hundred totals are below zero."""
    with cursor.copy("COPY app.orders (order_id, placed_at, status, total_usd) FROM STDIN") as rows:
        for number in range(ORDERS):
            when = present - timedelta(minutes=40 + number * 5)
            total = round(chance.lognormvariate(3.5, 0.8), 2)
            rows.write_row(
                (f"o_{number}", when, chance.choice(("paid", "sent")), -total if number % 50 == 3 else total)
            )
