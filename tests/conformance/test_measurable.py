"""Every measurable kind answers one SELECT over one dataset, and its session can change and reach nothing else."""

import uuid
from contextlib import closing
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Measurable, SystemConfig, Target


@pytest.fixture
def readings(postgres_server):
    """A PostgreSQL table of three readings, one of them NULL; dropped afterwards."""
    url = postgres_server.plan.database_url_of("postgres")
    name = f"readings_{uuid.uuid4().hex[:8]}"
    with closing(psycopg.connect(url, autocommit=True)) as session:
        session.execute(f'CREATE TABLE public."{name}" (id int, value float8)')
        session.execute(f'INSERT INTO public."{name}" VALUES (1, 1.5), (2, NULL), (3, 2.5)')
        yield SystemConfig("warehouse", "postgresql", {}, url), f"public.{name}"
        session.execute(f'DROP TABLE public."{name}"')


@pytest.fixture
def lake(tmp_path: Path):
    """The same three readings in two Parquet files; beside them a dataset of somebody else."""
    for number, rows in enumerate([{"id": [1, 2], "value": [1.5, None]}, {"id": [3], "value": [2.5]}]):
        folder = tmp_path / "readings" / f"day={number}"
        folder.mkdir(parents=True)
        pq.write_table(
            pa.table(rows, schema=pa.schema({"id": pa.int32(), "value": pa.float64()})), folder / "a.parquet"
        )
    (tmp_path / "others").mkdir()
    pq.write_table(pa.table({"secret": ["x"]}), tmp_path / "others" / "b.parquet")
    return SystemConfig("lake", "parquet", {"root": str(tmp_path)}), "readings"


@pytest.fixture(params=["readings", "lake"])
def measured(request):
    """Each measurable kind in turn: (config, object name)."""
    return request.getfixturevalue(request.param)


def open_reader(measured, **limits):
    config, object_name = measured
    return registry.capable(config.kind, Measurable).reader(config, object_name, **limits)


def test_one_row_of_aggregates_comes_back_by_column_name(measured):
    with open_reader(measured) as reader:
        row = reader.row(f"SELECT count(*) AS total, count(value) AS good, max(value) AS top FROM {reader.relation}")
    assert row == {"total": 3, "good": 2, "top": 2.5}


def test_columns_are_named_with_their_types(measured):
    with open_reader(measured) as reader:
        assert list(reader.columns())[:2] == ["id", "value"]
        assert reader.columns()["value"].lower() in {"double precision", "double"}


def test_a_percent_sign_in_the_query_is_only_a_percent_sign(measured):
    with open_reader(measured) as reader:
        assert reader.row(f"SELECT count(*) AS n FROM {reader.relation} WHERE 'ab' LIKE '%b'") == {"n": 3}


@pytest.mark.parametrize("query", ["SELECT id FROM {}", "SELECT id FROM {} WHERE id > 99"])
def test_any_other_number_of_rows_is_an_error_in_words(measured, query):
    with open_reader(measured) as reader, pytest.raises(ConnectorError, match="rows where exactly one is wanted"):
        reader.row(query.format(reader.relation))


@pytest.mark.parametrize(
    "query",
    ["SELECT 1 AS a; SELECT 2 AS a", "DELETE FROM {} RETURNING id", "CREATE TABLE x (a int)", "COMMIT; DROP TABLE {}"],
)
def test_a_second_statement_or_a_write_is_refused_and_nothing_changes(measured, query):
    with open_reader(measured) as reader, pytest.raises(ConnectorError):
        reader.row(query.format(reader.relation))
    with open_reader(measured) as reader:
        assert reader.row(f"SELECT count(*) AS n FROM {reader.relation}") == {"n": 3}


def test_a_query_that_runs_too_long_is_stopped_and_says_so(measured):
    long = "SELECT count(*) AS n FROM generate_series(1, 100000) a, generate_series(1, 1000000) b WHERE a <> b"
    if measured[0].kind == "parquet":
        long = long.replace("generate_series", "range")
    measured = with_settings(measured, max_cost=1e12)  # what the clock stops is another matter than what is refused
    with open_reader(measured, timeout_s=0.2) as reader, pytest.raises(ConnectorError, match=r"ran (too long|longer)"):
        reader.row(long)


def test_an_error_does_not_repeat_values_that_the_engine_quotes(measured):
    with open_reader(measured) as reader, pytest.raises(ConnectorError) as caught:
        reader.row("SELECT CAST('ana@example.com' AS int) AS n")
    assert "ana@" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_dataset_that_does_not_exist_is_an_error_that_says_what_to_correct(measured):
    config, _ = measured
    with pytest.raises(ConnectorError, match="correct its placement"), open_reader((config, "missing_dataset")):
        pass


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) AS n FROM read_parquet('{root}/others/b.parquet')",
        "SELECT count(*) AS n FROM read_csv('/etc/passwd')",
        "COPY dataset TO '{root}/readings/day=0/a.parquet'",
        "SET memory_limit = '9GB'",
        "ATTACH '{root}/new.db'",
    ],
)
def test_a_lake_probe_reaches_no_other_file_and_keeps_its_limits(lake, query):
    root = lake[0].settings["root"]
    with open_reader(lake) as reader, pytest.raises(ConnectorError):
        reader.row(query.format(root=root))
    assert not (Path(root) / "new.db").exists()


def test_a_lake_dataset_cannot_be_named_outside_its_root(lake):
    with pytest.raises(ConnectorError, match="outside its root"), open_reader((lake[0], "../..")):
        pass


def with_settings(measured, **settings):
    config, object_name = measured
    return SystemConfig(config.name, config.kind, {**config.settings, **settings}, config.secret), object_name


def test_a_plan_dearer_than_the_systems_limit_is_refused_before_it_runs_with_its_cost(readings):
    said = r"expects the query to cost [\d,]+, and a probe may cost 1 here.*raise `max_cost`"
    with open_reader(with_settings(readings, max_cost=1)) as reader, pytest.raises(ConnectorError, match=said):
        reader.row(f"SELECT count(*) AS n FROM {reader.relation} a, {reader.relation} b")


def test_a_hopeless_plan_is_refused_without_any_setting(readings):
    hopeless = "SELECT count(*) AS n FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b WHERE a <> b"
    with open_reader(readings) as reader, pytest.raises(ConnectorError, match="a probe may cost 30,000,000 here"):
        reader.row(hopeless)


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO PROGRAM 'touch {file}'", "COPY (SELECT 1) TO '{file}'", "SET ROLE postgres", "RESET ROLE",
        "DO $$ BEGIN PERFORM 1; END $$", "CALL x()", "SELECT * INTO taken FROM {table}", "LOCK TABLE {table}",
        "SELECT count(*) AS n FROM {table} FOR UPDATE",
        "WITH gone AS (DELETE FROM {table} RETURNING id) SELECT count(*) AS n FROM gone",
        "WITH more AS (INSERT INTO {table} VALUES (9, 9) RETURNING id) SELECT count(*) AS n FROM more",
    ],
)  # fmt: skip
def test_a_probe_runs_no_utility_and_no_hidden_write_even_as_a_superuser(readings, tmp_path, statement):
    file = tmp_path / "written"
    with open_reader(readings) as reader, pytest.raises(ConnectorError):
        reader.row(statement.format(table=reader.relation, file=file))
    assert not file.exists()
    with open_reader(readings) as reader:
        assert reader.row(f"SELECT count(*) AS n FROM {reader.relation}") == {"n": 3}


def test_a_role_that_could_write_is_said_and_one_that_may_only_read_is_not(readings):
    config, object_name = readings
    kind, role = registry.get("postgresql"), f"reader_{uuid.uuid4().hex[:8]}"
    assert "is a superuser" in kind.cautions(config)[0]
    with closing(psycopg.connect(config.secret, autocommit=True)) as session:
        session.execute(f"CREATE ROLE {role}")
        try:
            stepped, _ = with_settings(readings, probe_role=role)
            assert kind.cautions(stepped) == []
            session.execute(f"GRANT INSERT ON {object_name} TO {role}; GRANT pg_read_server_files TO {role}")
            said = kind.cautions(stepped)[0]
            assert "may write to 1 tables, belongs to pg_read_server_files. Give the probe a role that owns" in said
        finally:
            session.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_two_datasets_of_a_system_are_read_beside_each_other_in_one_snapshot(measured):
    config, object_name = measured
    again = Target(object_name)
    connector = registry.capable(config.kind, Measurable)
    with connector.reader(config, object_name, also=[again]) as reader:
        beside = reader.beside[object_name]
        joined = f"SELECT count(*) AS n FROM {reader.relation} AS a JOIN {beside} AS b ON a.id = b.id"
        assert reader.row(joined) == {"n": 3}
        assert reader.columns(object_name) == reader.columns()


def test_a_wrong_password_is_said_without_the_password(readings):
    config, object_name = readings
    wrong = SystemConfig("warehouse", "postgresql", {}, config.secret.replace("://custody:", "://custody:hunter2"))
    with pytest.raises(ConnectorError, match="refused the sign-in") as caught, open_reader((wrong, object_name)):
        pass
    assert "hunter2" not in str(caught.value)


def test_every_kind_can_be_reached(measured):
    config, _ = measured
    registry.get(config.kind).ping(config)
