"""Rules and field names of a hostile author, as far as they reach the engines: they are data there and run nothing."""

from __future__ import annotations

import json
import time
import uuid
from contextlib import closing

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from psycopg import sql

from contracts_app.domain.document import load
from contracts_app.domain.rules.compile import compile_rules
from portal.core.connectors import registry
from portal.core.connectors.base import Measurable, SystemConfig

WORDS = [
    "x' OR true --", "'; DROP TABLE victims; --", "' || pg_sleep(5) || '", "x') OR (SELECT 1) = 1 --", "100%", "%s",
    "%(id)s",
    "{0}", "$1", ":name", "?", "a\\' OR true --", "E'\\x27'", "/* */", "--", "$$;DROP TABLE victims;$$", 'say "hi"',
    "\u2019 OR true",
    "line\nbreak", "tab\there", "U&'\\0027'",
]  # fmt: skip
NAMES = [
    'a"b', 'a" IS NULL OR true --', "select", "x; DROP TABLE victims", "sp ace", "%s", "do$$llar", "back\\slash",
    "Größe", "x'y",
    'x" FROM victims; DROP TABLE victims; --', "a.b", "{x}", "?", ":p", "/*c*/",
]  # fmt: skip


@pytest.fixture
def victims(postgres_server):
    """A table that an injected statement would drop, with an account that is allowed to."""
    url, name = postgres_server.plan.database_url_of("postgres"), f"t_{uuid.uuid4().hex[:8]}"
    with closing(psycopg.connect(url, autocommit=True)) as session:
        session.execute("CREATE TABLE IF NOT EXISTS public.victims (id int)")
        yield session, url, name
        assert session.execute("SELECT to_regclass('public.victims')").fetchone() == ("victims",)
        session.execute(f"DROP TABLE IF EXISTS public.{name}; DROP TABLE public.victims")


def readers(victims, folder, column: str, values: list[str | None]):
    """Both engines over one column of that name."""
    session, url, name = victims
    session.execute(
        sql.SQL("CREATE TABLE public.{} (id int, {} text)").format(sql.Identifier(name), sql.Identifier(column))
    )
    session.cursor().executemany(f"INSERT INTO public.{name} VALUES (%s, %s)", list(enumerate(values)))
    (folder / "t").mkdir()
    pq.write_table(
        pa.table({"id": list(range(len(values))), column: pa.array(values, pa.string())}), folder / "t/a.parquet"
    )
    yield "postgres", SystemConfig("db", "postgresql", {}, url), f"public.{name}"
    yield "duckdb", SystemConfig("lake", "parquet", {"root": str(folder)}), "t"


def document(column: str, said: dict, *rules: str):
    schema = {column: {"type": "string", "required": True} | said}
    head = {"name": "hostile", "version": "1.0.0", "owner": "a@example.com", "on_call": "#a", "schema": schema}
    return load(json.dumps(head | {"slos": {"accuracy_rules": [{"rule": rule} for rule in rules]}}))


def passing(engine, compiled) -> list[int]:
    _, config, place = engine
    with registry.capable(config.kind, Measurable).reader(config, place, timeout_s=10) as reader:
        found = f"SELECT array_agg(id ORDER BY id) FILTER (WHERE {compiled.passing}) AS ids FROM {reader.relation}"
        return list(reader.row(found)["ids"] or [])


def test_a_hostile_text_in_a_value_set_is_compared_and_never_run(victims, tmp_path):
    began = time.monotonic()
    values = [*WORDS, "innocent"]
    for engine in readers(victims, tmp_path, "word", values):
        for number, word in enumerate(WORDS):
            loaded = document("word", {"allowed": [word]})
            assert loaded.ok, (word, loaded.findings)
            assert passing(engine, compile_rules(loaded.document, engine[0])) == [number], (engine[0], word)
    assert time.monotonic() - began < 60, "something slept"


def test_a_hostile_text_in_a_rule_is_refused_by_lint_or_compared_as_text(victims, tmp_path):
    compared = 0
    for engine in readers(victims, tmp_path, "word", [*WORDS, "innocent"]):
        for number, word in enumerate(WORDS):
            quoted = word.replace("'", "''")
            loaded = document("word", {}, f"word = '{quoted}'")
            if loaded.ok:
                compared += 1
                assert passing(engine, compile_rules(loaded.document, engine[0])) == [number], (engine[0], word)
            else:
                assert [found.code for found in loaded.findings if found.severity == "error"] == ["rule.refused"], word
    assert compared >= 2 * 14


@pytest.mark.parametrize("column", NAMES)
def test_a_field_may_be_named_like_an_attack_and_is_only_a_name(victims, tmp_path, column):
    loaded = document(column, {"pattern": "^[a-z]+$", "allowed": ["good", "fine"]})
    for engine in readers(victims, tmp_path, column, ["good", "BAD", None, "fine"]):
        if loaded.ok:
            assert passing(engine, compile_rules(loaded.document, engine[0])) == [0, 3]
        else:
            assert any(column[:20] in found.message or "name" in found.message for found in loaded.findings)


@pytest.mark.parametrize(
    "rule",
    [
        "pg_sleep(10) > 0", "word = (select version())", "word in (select word from victims)",
        "word = 'a'; drop table victims",
        "word = 'a' -- 'b'", "word = 'a' /* x */", "1 = 1", "word = 'a' union select 1", "exists (select 1)",
        "word = current_user",
        "word::int = 1", "cast(word as int) = 1", "word ~ 'a'", "word like 'a%'", "word = $$a$$", "word = E'a'",
        "word = U&'a'",
        "case when word = 'a' then true else false end", "word = 'a' or pg_read_file('x') = ''",
        "read_csv('/etc/passwd') = ''",
        "word = getenv('HOME')", "word || 'a' = 'b'", "lo_import('/etc/passwd') > 0",
        "word = 'a\\' or true or word = '",
        "\"word\" = 'a' or \"id\" in [1]", "word = chr(39)", "length(word, 1) > 1", "public.word = 'a'",
    ],
)  # fmt: skip
def test_what_is_no_rule_never_reaches_an_engine(rule):
    loaded = document("word", {}, rule)
    assert not loaded.ok
    with pytest.raises(ValueError, match=r".+"):
        compile_rules(loaded.document, "postgres")
