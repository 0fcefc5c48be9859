"""A contract tested on its live data: what is found, and what never stops it or leaves the system."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from django.core.exceptions import PermissionDenied
from django.core.serializers import serialize

from contracts_app import selectors, services
from contracts_app.models import TestResult, TestRun

CONTRACT = """
name: events
version: 1.0.0
owner: Data Platform
schema:
  id: {type: integer, required: true, unique: true}
  kind: {type: enum, allowed: [view, purchase], required: true}
  amount: {type: float, min: 0, max: 100}
  code: {type: string, pattern: '^[A-Z]{2}\\d+$'}
slos:
  accuracy_rules:
    - {rule: "amount >= 0 or kind == 'view'", name: refunds}
"""
ROWS = [
    (1, "view", 1.0, "AB1"),
    (2, "view", -1.0, "AB2"),  # min
    (3, "purchase", 101.0, "ab3"),  # max, pattern
    (4, None, None, None),  # required
    (4, "refund", -5.0, "AB٤"),  # allowed, min, refunds, a digit that is not ASCII, a duplicate
]
COLUMNS = "id int, kind text, amount float8, code text"
FAILING = {
    "id.required": 0, "kind.required": 1, "kind.allowed": 2, "amount.min": 2, "amount.max": 1, "code.pattern": 2,
    "refunds": 1,
}  # fmt: skip


def check(version):
    return services.run_contract_tests(version, trigger="by hand")


def result(run, kind, name):
    return TestResult.objects.get(run=run, kind=kind, name=name)


def in_parquet(folder, rows=ROWS):
    names = ("id", "kind", "amount", "code")
    kinds = (pa.int32(), pa.string(), pa.float64(), pa.string())
    columns = [pa.array([row[n] for row in rows], type=kind) for n, kind in enumerate(kinds)]
    folder.write(pa.table(dict(zip(names, columns, strict=True))))


@pytest.fixture(params=["table", "folder"])
def placed(request, place):
    """The same rows in a table and in a Parquet folder, under the contract."""
    live = request.getfixturevalue(request.param)
    if request.param == "table":
        live.make(COLUMNS, *ROWS)
    else:
        in_parquet(live)
    return place(live, CONTRACT)


def test_every_rule_is_counted_alike_in_both_engines_and_in_one_scan(placed):
    run = check(placed)
    assert run.state == "failed"
    assert run.rows == 5
    counted = {each.name: each.failing for each in run.results.filter(kind="rule")}
    assert counted == FAILING
    assert {each.total for each in run.results.filter(kind="rule")} == {5}
    assert result(run, "unique", "id").failing == 2
    assert {each.state for each in run.results.filter(kind__in=["schema", "type"])} == {"ok"}
    assert sum(run.counts.values()) == run.results.count()


def test_no_value_of_the_data_is_kept_anywhere(placed):
    run = check(placed)
    kept = serialize("json", [run, *run.results.all()])
    for value in ("AB1", "ab3", "refund", "-5.0", "101"):
        assert f'"{value}' not in kept.replace('"refunds"', "")
    assert "AB2" not in kept


def test_a_missing_column_leaves_only_its_own_rules_unrun(table, place):
    table.make("id int, kind text, code text", (1, "view", "AB1"))
    run = check(place(table, CONTRACT))
    assert result(run, "schema", "amount").state == "failed"
    for name in ("amount.min", "amount.max", "refunds"):
        found = result(run, "rule", name)
        assert (found.state, found.sentence) == ("not run", "Not run: column missing (amount).")
    assert result(run, "rule", "kind.allowed").state == "ok"
    assert run.state == "failed"


def test_a_column_that_drifted_to_another_type_is_named_and_its_rules_say_what_the_engine_says(table, place):
    table.make("id int, kind text, amount text, code text", (1, "view", "ann@example.com", "AB1"))
    run = check(place(table, CONTRACT))
    assert result(run, "type", "amount").sentence == "Promised float; the column is text."
    found = result(run, "rule", "amount.min")
    assert found.state == "not run"
    assert "operator does not exist" in found.sentence
    assert result(run, "rule", "kind.allowed").state == "ok"
    assert "example.com" not in serialize("json", run.results.all())


def test_a_rule_that_breaks_on_a_value_stands_alone_and_never_quotes_it(table, place):
    text = """
name: events
version: 1.0.0
owner: Data Platform
schema:
  a: {type: float, required: true}
slos:
  accuracy_rules:
    - {rule: "a * a > 0", name: sums}
    - {rule: "a > 0", name: positive}
"""
    table.make("a float8", (1.5e200,), (1.0,))
    run = check(place(table, text))
    found = result(run, "rule", "sums")
    assert found.state == "not run"
    assert "value out of range" in found.sentence
    assert "1.5" not in found.sentence
    assert result(run, "rule", "positive").failing == 0
    assert run.state == "incomplete"


def test_hostile_and_odd_column_names_are_only_names(table, place):
    names = ['a"; DROP TABLE x; --', "select", "Größe", "a b", "%s", "x" * 60]
    fields = "\n".join(f"  {json.dumps(name)}: {{type: integer, min: 1}}" for name in names)
    text = f"name: events\nversion: 1.0.0\nowner: Data Platform\nschema:\n{fields}\n"
    columns = ", ".join('"' + name.replace('"', '""') + '" int' for name in names)
    table.make(columns.replace("%", "%"), tuple(range(6)))
    run = check(place(table, text))
    assert {each.state for each in run.results.filter(kind="schema")} == {"ok"}
    assert [each.failing for each in run.results.filter(kind="rule")] == [1, 0, 0, 0, 0, 0]


def test_a_name_that_differs_in_case_only_is_another_name_in_every_engine(folder, place):
    folder.write(pa.table({"Amount": [1.0]}))
    text = "name: events\nversion: 1.0.0\nowner: Data Platform\nschema: {amount: {type: float, min: 0}}\n"
    run = check(place(folder, text))
    assert "Amount differs from it in upper and lower case" in result(run, "schema", "amount").sentence
    assert result(run, "rule", "amount.min").state == "not run"


def test_an_undeclared_column_is_told_and_one_that_looks_personal_warned_of(table, place):
    table.make(f"{COLUMNS}, loaded_at timestamptz, contact_email text", *[(*row, None, None) for row in ROWS])
    run = check(place(table, CONTRACT))
    assert result(run, "schema", "loaded_at").state == "note"
    assert result(run, "schema", "contact_email").state == "warning"


def test_no_rows_pass_with_a_warning_that_nothing_was_there(table, place):
    table.make(COLUMNS)
    run = check(place(table, CONTRACT))
    assert (run.state, run.rows) == ("passed", 0)
    assert result(run, "rule", "rows").state == "warning"


def test_enums_domains_uuids_and_widths_of_postgresql_are_read_for_what_they_are(table, place):
    mood, positive = f"mood_{table.name}", f"pos_{table.name}"
    table.execute(f"CREATE TYPE {mood} AS ENUM ('ok', 'bad')")
    table.execute(f"CREATE DOMAIN {positive} AS bigint CHECK (VALUE > 0)")
    text = """
name: events
version: 1.0.0
owner: Data Platform
schema:
  mood: {type: enum, allowed: [ok, gone]}
  size: {type: integer, min: 1}
  key: {type: uuid, required: true}
  price: {type: integer}
  at: {type: timestamp}
slos:
  accuracy_rules:
    - {rule: "key != 'no uuid at all'", name: keys}
"""
    table.make(
        f"mood {mood}, size {positive}, key uuid, price numeric(10,2), at timestamp",
        ("bad", 1, uuid.uuid4(), 1, datetime(2026, 1, 1)),  # noqa: DTZ001 - the column has no zone
    )
    run = check(place(table, text))
    assert result(run, "rule", "mood.allowed").failing == 1  # a value the type does not know stops nothing
    assert result(run, "rule", "keys").failing == 0
    assert result(run, "type", "mood").state == "ok"
    assert result(run, "type", "size").state == "ok"
    assert "may hold fractions" in result(run, "type", "price").sentence
    assert "read as UTC" in result(run, "type", "at").sentence
    table.execute(f"DROP TABLE {table.name}; DROP TYPE {mood}; DROP DOMAIN {positive}")


def test_nulls_nan_and_division_by_zero_count_alike_in_both_engines(table, folder, place):
    text = """
name: events
version: 1.0.0
owner: Data Platform
schema:
  a: {type: float, min: 0, max: 10}
  b: {type: float, required: true}
slos:
  accuracy_rules:
    - {rule: "a / b > 0", name: ratio}
    - {rule: "a % b == 0", name: rest}
    - {rule: "a is null or b > 0", name: nulls}
"""
    rows = [(1.0, 0.0), (None, None), (float("nan"), 1.0), (4.0, 2.0), (float("inf"), 1.0)]
    table.make("a float8, b float8", *rows)
    folder.write(pa.table({"a": pa.array([a for a, _ in rows]), "b": pa.array([b for _, b in rows])}))
    run = check(place(table, text, folder))
    by_place = {}
    for each in run.results.filter(kind="rule"):
        by_place.setdefault(each.place.split("_")[0], {})[each.name] = each.failing
    assert by_place["postgresql"] == by_place["parquet"]
    assert by_place["parquet"]["a.max"] == 2  # NaN is larger than every number, as infinity is
    assert by_place["parquet"]["ratio"] == 1  # by zero is NULL, which fails; NULL in an optional field passes
    assert run.rows == 10


def one_pattern(pattern):
    return f"name: events\nversion: 1.0.0\nowner: Platform\nschema: {{a: {{type: string, pattern: '{pattern}'}}}}\n"


@pytest.mark.parametrize(
    "pattern",
    [r"\bword", "(?i)abc", "[[:alpha:]]+", "a{1,300}", r"\u0041", "a*+", "(?=a)b", r"(a)\1", "a{,2}", "***=a"],
)
def test_a_pattern_that_engines_read_differently_is_refused_and_not_supported_rather_than_guessed(
    table, place, pattern
):
    table.make("a text", ("abc",))
    version = place(table, one_pattern(pattern))
    assert [found.code for found in version.loaded.findings if found.is_error] == ["schema.pattern"]
    run = check(version)
    assert run.results.get(kind="rule").state == "not supported"
    assert run.counts["ok"] == 2


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        (r"^a.c$", "a\nc", False),
        (r"^\d$", "٤", False),
        (r"^\w+$", "é", False),
        (r"^[\w.-]+@x$", "a-b.c@x", True),
        (r"^\s$", "\u00a0", False),
        (r"^x$", "x\n", False),
        (r"^(?:a|b){2}$", "ab", True),
        (r"^[^\d]+$", "abc", True),
        (r"^\.\{$", ".{", True),
    ],
)
def test_what_a_pattern_means_does_not_depend_on_the_engine(table, folder, place, pattern, value, fits):
    table.make("a text", (value,))
    folder.write(pa.table({"a": [value]}))
    run = check(place(table, one_pattern(pattern), folder))
    assert [each.failing for each in run.results.filter(kind="rule")] == [0 if fits else 1] * 2


def test_a_thousand_columns_are_one_run_of_few_scans(table, place):
    names = [f"c{n}" for n in range(1000)]
    fields = "\n".join(f"  {name}: {{type: integer, required: true, min: 0}}" for name in names)
    table.make(", ".join(f"{name} int" for name in names), tuple(range(1000)))
    run = check(place(table, f"name: events\nversion: 1.0.0\nowner: Data Platform\nschema:\n{fields}\n"))
    assert (run.state, run.results.filter(kind="rule").count(), run.steps_total) == ("passed", 2000, 6)


def test_a_right_that_is_missing_on_one_column_costs_only_that_columns_rules(table, place):
    table.make(COLUMNS, *ROWS)
    table.execute(f"REVOKE SELECT ON {table.name} FROM {table.role}")
    table.execute(f"GRANT SELECT (id, kind, code) ON {table.name} TO {table.role}")
    run = check(place(table, CONTRACT))
    found = result(run, "rule", "amount.min")
    assert found.state == "not run"
    assert "permission denied" in found.sentence
    assert result(run, "rule", "kind.allowed").failing == 2


def test_a_table_that_is_gone_and_a_server_that_is_away_end_in_words(table, place):
    version = place(table, CONTRACT)
    run = check(version)
    assert run.state == "incomplete"
    assert "There is no table" in run.results.get().sentence
    table.settings["port"] = 1
    from portal.core.catalog.models import DataSystem

    DataSystem.objects.update(settings={"host": "127.0.0.1", "port": 1}, probe_secret="")
    assert "cannot be reached" in check(version).results.get().sentence


def test_a_statement_that_takes_too_long_is_stopped_and_not_asked_again_in_parts(table, place, monkeypatch):
    from contracts_app.services import checks_probe

    monkeypatch.setattr(checks_probe, "TIMEOUT_S", 0.05)
    table.make("a text")
    table.execute(f"INSERT INTO {table.name} SELECT repeat('ab', 5000) FROM generate_series(1, 3000)")
    text = "name: events\nversion: 1.0.0\nowner: Data Platform\nschema: {a: {type: string, pattern: '(a|b|ab)*c'}}\n"
    run = check(place(table, text))
    assert run.state == "incomplete"
    assert "ran too long" in result(run, "rule", "a.pattern").sentence


def test_an_asset_in_a_store_without_sql_says_that_it_cannot_be_tested_here(folder, place):
    folder.kind, folder.settings = "mainframe", {}
    run = check(place(folder, CONTRACT))
    assert (run.state, run.results.count()) == ("not tested", 0)
    assert run.reason == "Cannot be tested here: events lies in mainframe only, which takes no SQL."


def test_both_copies_of_an_asset_are_tested_and_one_bad_copy_fails_the_run(table, folder, place):
    good = [ROWS[0]]
    table.make(COLUMNS, *good)
    in_parquet(folder, ROWS)
    run = check(place(table, CONTRACT, folder))
    states = {each.place.split("_")[0]: each.state for each in run.results.filter(name="kind.allowed")}
    assert states == {"postgresql": "ok", "parquet": "failed"}
    assert run.state == "failed"


def test_the_schedule_tests_what_is_in_force_once_a_day(table, place, clock):
    table.make(COLUMNS, *ROWS)
    version = place(table, CONTRACT)
    (queued,) = services.queue_due()
    assert services.queue_due() == []
    services.perform(services.lease_run(queued))
    clock.move(hours=23)
    assert services.queue_due() == []
    clock.move(hours=2)
    assert len(services.queue_due()) == 1
    assert version.test_runs.count() == 2


def test_a_killed_workers_run_is_taken_over_and_the_dead_one_is_not_listened_to(table, place, clock):
    table.make(COLUMNS, *ROWS)
    queued = services.queue_test(place(table, CONTRACT), trigger="by hand")
    dead = services.lease_run(queued.pk)
    assert services.lease_run(queued.pk) is None
    clock.move(minutes=6)
    assert services.runs_without_worker() == [queued.pk]
    alive = services.lease_run(queued.pk)
    assert services.perform(dead).state == "running"
    done = services.perform(alive)
    assert (done.state, done.results.filter(name="kind.allowed").count()) == ("failed", 1)


def test_a_run_that_kills_every_worker_ends_in_words(table, place, clock):
    table.make(COLUMNS, *ROWS)
    queued = services.queue_test(place(table, CONTRACT), trigger="by hand")
    for _ in range(4):
        run = services.lease_run(queued.pk)
        clock.move(minutes=6)
    assert "workers were lost" in services.perform(run).reason


def test_only_writers_and_those_on_call_ask_for_a_run_and_twice_is_once(table, place, world):
    version = place(table, CONTRACT)
    with pytest.raises(PermissionDenied):
        services.ask_for_test(user=world.otto, version=version, key=uuid.uuid4())
    first = services.ask_for_test(user=world.dan, version=version, key=uuid.uuid4())
    assert services.ask_for_test(user=world.bob, version=version, key=uuid.uuid4()) == first
    assert TestRun.objects.count() == 1


def test_a_failed_test_stands_on_its_owners_list_until_a_newer_one_passes(table, place, world):
    from portal.core.catalog.worklist import waiting_for

    table.make(COLUMNS, *ROWS)
    version = place(table, CONTRACT)
    check(version)
    texts = [item.text for item in waiting_for(world.ana)["To fix"]]
    assert "Test of events 1.0.0: 7 failed" in texts
    assert selectors.failed_tests(world.otto) == []
    table.make(COLUMNS, ROWS[0])
    check(version)
    assert selectors.failed_tests(world.ana) == []


def test_the_pages_show_the_counts_and_lead_to_their_rows(table, place, client, world):
    table.make(COLUMNS, *ROWS)
    version = place(table, CONTRACT)
    client.force_login(world.ana)
    tab = f"{version.get_absolute_url()}&tab=tests"
    assert "Not tested yet" in client.get(tab).content.decode()
    asked = client.post(f"/contracts/versions/{version.pk}/test/", {"idempotency_key": str(uuid.uuid4())})
    waiting = client.get(asked.url).content.decode()
    assert "begins as soon as a worker is free" in waiting
    services.perform(services.lease_run())
    shown = client.get(f"{asked.url}?state=failed").content.decode()
    assert "kind.allowed" in shown
    assert "amount.max" in shown
    assert "id.required" not in shown
    page = client.get(tab).content.decode()
    assert "2 of 5 rows fail." in page
    assert "Tests so far" in page


def test_a_machine_queues_a_test_and_reads_its_result(table, place, client, world):
    table.make(COLUMNS, *ROWS)
    place(table, CONTRACT)
    writer = {"Authorization": f"Bearer {world.token('contracts:test')}"}
    answer = client.post("/api/v1/contracts/events/test", headers=writer)
    assert answer.status_code == 202
    services.perform(services.lease_run())
    reader = {"Authorization": f"Bearer {world.token('contracts:read')}"}
    found = client.get(answer["Location"], headers=reader).json()
    assert found["state"] == "failed"
    assert {each["name"]: each["failing"] for each in found["results"] if each["kind"] == "rule"} == FAILING
    assert client.get("/api/v1/contracts/events/tests/latest", headers=reader).json() == found
    assert client.post("/api/v1/contracts/none/test", headers=reader).status_code == 403


def test_a_time_is_compared_alike_whatever_the_session_says(table, folder, place):
    text = """
name: events
version: 1.0.0
owner: Data Platform
schema:
  at: {type: timestamp, required: true}
slos:
  accuracy_rules:
    - {rule: "at >= '2026-01-02'", name: recent}
"""
    moments = [datetime(2026, 1, 1, 23, 30, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)]
    table.make("at timestamptz", *[(moment,) for moment in moments])
    folder.write(pa.table({"at": pa.array(moments, type=pa.timestamp("us", tz="UTC"))}))
    run = check(place(table, text, folder))
    assert [each.failing for each in run.results.filter(name="recent")] == [1, 1]


def test_a_vector_index_is_tested_like_any_table(table, place):
    text = """
name: events
version: 1.0.0
owner: Data Platform
asset: {namespace: tests, name: events, kind: vector_index}
schema:
  id: {type: integer, required: true, unique: true}
  embedding: {type: vector, required: true}
"""
    table.kind = "pgvector"
    table.execute("CREATE EXTENSION IF NOT EXISTS vector")
    table.make("id int, embedding vector(3)", (1, "[1,2,3]"), (2, None))
    run = check(place(table, text))
    assert result(run, "type", "embedding").sentence == "The column is vector(3)."
    assert result(run, "rule", "embedding.required").failing == 1


def test_a_draft_that_cannot_be_read_says_so_instead_of_failing(table, place):
    run = check(place(table, "schema: [broken"))
    assert (run.state, run.reason[:17]) == ("not tested", "Cannot be tested:")


def test_the_history_is_kept_for_a_year_and_runs_that_decided_for_ever(table, place, clock):
    table.make(COLUMNS, *ROWS)
    version = place(table, CONTRACT)
    check(version)
    decided = services.run_contract_tests(version, trigger="readiness")
    clock.move(days=401)
    newest = check(version)
    services.forget_old_runs()
    assert set(TestRun.objects.all()) == {decided, newest}
