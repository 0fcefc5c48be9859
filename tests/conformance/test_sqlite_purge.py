"""SQLite: keys and types of odd tables, triggers and foreign keys, other tables in the same file, locks."""

import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from portal.core.connectors import registry
from portal.core.connectors.base import (
    ConnectorError,
    Countable,
    Erasable,
    FencedOff,
    Found,
    Identifier,
    Listable,
    Resolvable,
    Subject,
    SystemConfig,
    Target,
)
from portal.core.connectors.sqlite import purging, session
from tests.conformance.promises import mine

ANA = Subject({"email": frozenset({"ana.subject@example.com"})})
BY_EMAIL = {"identifiers": {"email": "email"}}


def kind():
    return registry.capable("sqlite", Erasable)


@pytest.fixture
def made(tmp_path):
    """Makes a database from statements, and opens it as the application would."""
    opened = []

    def make(*statements: str) -> tuple[SystemConfig, sqlite3.Connection]:
        app = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
        opened.append(app)
        app.execute("PRAGMA secure_delete = OFF")
        for statement in statements:
            app.execute(statement)
        return SystemConfig("desk", "sqlite", {"path": str(tmp_path / "desk.db")}), app

    yield make
    for app in opened:
        app.close()


def erase(config: SystemConfig, target: Target, subject: Subject) -> Found:
    found = kind().discover(config, target, subject)
    kind().delete(config, target, subject, still_mine=mine)
    kind().purge(config, target, subject, found, allow_exclusive=False, still_mine=mine)
    return found


def seen(config: SystemConfig, target: Target, subject: Subject, found: Found) -> list[int | None]:
    probes = (kind().verify_decoded(config, target, subject, found), kind().verify_raw(config, target, subject, found))
    return [probe.hits for probe in probes]


def test_a_table_without_rowid_is_erased_by_its_declared_key_and_refused_without_one(made):
    config, app = made(
        "CREATE TABLE t (code TEXT PRIMARY KEY, email TEXT) WITHOUT ROWID",
        "INSERT INTO t VALUES ('k1', 'ana.subject@example.com'), ('k2', 'bob@example.com')",
    )
    with pytest.raises(ConnectorError, match="name its key as `surrogate`"):
        kind().discover(config, Target("t", BY_EMAIL), ANA)
    target = Target("t", {**BY_EMAIL, "surrogate": "code"})
    assert erase(config, target, ANA).keys == ("k1",)
    assert app.execute("SELECT code FROM t").fetchall() == [("k2",)]


def test_identifiers_held_as_numbers_bytes_and_packed_uuids_are_found(made):
    known = uuid.uuid4()
    config, app = made("CREATE TABLE t (customer, device BLOB)")
    app.executemany("INSERT INTO t VALUES (?, ?)", [(4711, None), ("x", known.bytes), (b"4711", None), (4712, b"y")])
    target = Target("t", {"identifiers": {"customer_id": "customer", "device_id": "device"}})
    whose = Subject({"customer_id": frozenset({"4711"}), "device_id": frozenset({str(known)})})
    assert erase(config, target, whose).count == 3
    assert app.execute("SELECT customer FROM t").fetchall() == [(4712,)]
    listed = registry.capable("sqlite", Listable).values(config, target, "device_id")
    assert list(listed) == ["y"]


def test_another_table_of_the_file_that_holds_the_subject_is_another_step(made):
    config, _ = made(
        "CREATE TABLE t (email TEXT)",
        "CREATE TABLE newsletter (email TEXT)",
        "CREATE INDEX by_email ON newsletter (email)",
        "INSERT INTO t VALUES ('ana.subject@example.com')",
        "INSERT INTO newsletter VALUES ('ana.subject@example.com')",
    )
    first, second = Target("t", BY_EMAIL), Target("newsletter", BY_EMAIL)
    found = erase(config, first, ANA)
    assert seen(config, first, ANA, found) == [0, 0]
    assert all(seen(config, second, ANA, found))
    erase(config, second, ANA)
    assert seen(config, second, ANA, found) == [0, 0]


def test_rows_that_refer_to_the_subjects_row_go_with_it_where_declared_and_stop_it_where_not(made):
    config, app = made(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT)",
        "CREATE TABLE notes (t INTEGER REFERENCES t (id) ON DELETE CASCADE, text TEXT)",
        "INSERT INTO t VALUES (1, 'ana.subject@example.com')",
        "INSERT INTO notes VALUES (1, 'called twice')",
    )
    assert erase(config, Target("t", BY_EMAIL), ANA).count == 1
    assert app.execute("SELECT count(*) FROM notes").fetchone() == (0,)
    app.execute("CREATE TABLE bills (t INTEGER REFERENCES t (id))")
    app.execute("INSERT INTO t VALUES (2, 'ana.subject@example.com')")
    app.execute("INSERT INTO bills VALUES (2)")
    with pytest.raises(ConnectorError, match="still referred to by another table"):
        kind().delete(config, Target("t", BY_EMAIL), ANA, still_mine=mine)
    assert app.execute("SELECT count(*) FROM t").fetchone() == (1,)


def test_a_fence_lost_within_the_transaction_rolls_it_back(made):
    config, app = made("CREATE TABLE t (email TEXT)", "INSERT INTO t VALUES ('ana.subject@example.com')")
    answers = iter([True, False])
    with pytest.raises(FencedOff):
        kind().delete(config, Target("t", BY_EMAIL), ANA, still_mine=lambda: next(answers))
    assert app.execute("SELECT count(*) FROM t").fetchone() == (1,)


def test_a_database_that_stays_busy_is_an_error_that_may_be_tried_again(made, monkeypatch):
    monkeypatch.setattr(session, "BUSY_S", 0.05)
    config, app = made("CREATE TABLE t (email TEXT)")
    app.execute("BEGIN EXCLUSIVE")
    with pytest.raises(ConnectorError, match="busy") as caught:
        kind().delete(config, Target("t", BY_EMAIL), ANA, still_mine=mine)
    assert caught.value.retryable


def test_a_reader_that_holds_the_log_is_said_and_the_probes_see_what_it_keeps(made, tmp_path, monkeypatch):
    monkeypatch.setattr(session, "BUSY_S", 0.05)
    monkeypatch.setattr(purging, "TRIES", 2)
    config, _ = made(
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE t (email TEXT)",
        "INSERT INTO t VALUES ('ana.subject@example.com')",
    )
    target = Target("t", BY_EMAIL)
    with closing(sqlite3.connect(tmp_path / "desk.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM t").fetchall()
        found = kind().discover(config, target, ANA)
        kind().delete(config, target, ANA, still_mine=mine)
        done = kind().purge(config, target, ANA, found, allow_exclusive=False, still_mine=mine)
        assert "write-ahead log not emptied: a reader holds it" in done.actions
        assert sum(seen(config, target, ANA, found)) > 0
    erase(config, target, ANA)
    assert seen(config, target, ANA, found) == [0, 0]


def test_a_large_file_is_vacuumed_only_where_the_pause_was_approved(made, monkeypatch):
    monkeypatch.setattr(purging, "VACUUM_UP_TO", 0)
    config, _ = made("CREATE TABLE t (email TEXT)", "INSERT INTO t VALUES ('ana.subject@example.com')")
    target = Target("t", BY_EMAIL)
    found = kind().discover(config, target, ANA)
    assert kind().plan(config, target, found).exclusive_lock
    kind().delete(config, target, ANA, still_mine=mine)
    mild = kind().purge(config, target, ANA, found, allow_exclusive=False, still_mine=mine)
    assert "not vacuumed: the pause was not approved" in mild.actions
    assert kind().purge(config, target, ANA, found, allow_exclusive=True, still_mine=mine).exclusive


def test_a_view_a_virtual_table_and_a_file_that_is_no_database_say_what_to_correct(made, tmp_path):
    config, _ = made(
        "CREATE TABLE t (email TEXT)",
        "CREATE VIEW v AS SELECT * FROM t",
        "CREATE VIRTUAL TABLE words USING fts5 (email)",
    )
    with pytest.raises(ConnectorError, match="no such table"):
        kind().discover(config, Target("v", BY_EMAIL), ANA)
    with pytest.raises(ConnectorError, match="virtual table"):
        kind().discover(config, Target("words", BY_EMAIL), ANA)
    (tmp_path / "other.txt").write_text("not a database")
    with pytest.raises(ConnectorError, match="no SQLite database"):
        kind().ping(SystemConfig("desk", "sqlite", {"path": str(tmp_path / "other.txt")}))
    with pytest.raises(ConnectorError, match="cannot be read"):
        kind().ping(SystemConfig("desk", "sqlite", {"path": str(tmp_path / "nowhere.db")}))


def test_a_table_is_counted_and_yields_the_edges_of_an_identity_map(made):
    config, _ = made(
        "CREATE TABLE t (customer TEXT, email TEXT)",
        "INSERT INTO t VALUES ('c-1', 'ana.subject@example.com'), ('c-2', 'bob@example.com')",
    )
    assert registry.capable("sqlite", Countable).count(config, Target("t", BY_EMAIL)) == 2
    columns = {"customer_id": "customer", "email": "email"}
    declared = {"object": "t", "columns": columns, "person": "customer_id", "asserted": True}
    mapped = SystemConfig("desk", "sqlite", {**config.settings, "identity_maps": [declared]})
    (edge,) = registry.capable("sqlite", Resolvable).edges(mapped, Identifier("email", "ana.subject@example.com"))
    assert (edge.to.value, edge.single_person) == ("c-1", True)


@pytest.fixture
def left_half_done(made, tmp_path):
    """A database whose writer was killed within a transaction: its journal lies beside the file."""
    config, app = made(
        "CREATE TABLE t (code TEXT, email TEXT)", "INSERT INTO t VALUES ('k1', 'ana.subject@example.com')"
    )
    app.execute("PRAGMA cache_size = 1")  # the transaction is written into the file before it ends
    app.execute("BEGIN")
    app.execute("INSERT INTO t SELECT hex(randomblob(500)), '' FROM (SELECT 1 UNION SELECT 2), pragma_function_list")
    files = {name: (tmp_path / name).read_bytes() for name in ("desk.db", "desk.db-journal")}
    app.execute("ROLLBACK")
    app.close()
    for name, held in files.items():
        (tmp_path / name).write_bytes(held)
    return config


def test_a_reader_waits_for_the_journal_of_a_writer_that_is_just_ending(left_half_done, tmp_path):
    def take_back():
        with closing(sqlite3.connect(tmp_path / "desk.db")) as app:
            app.execute("SELECT count(*) FROM t").fetchone()

    with ThreadPoolExecutor() as pool, session.connected(left_half_done) as reader:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            sqlite3.Connection.execute(reader, "SELECT count(*) FROM t")
        counted = pool.submit(kind().count, left_half_done, Target("t", BY_EMAIL))
        pool.submit(take_back).result()
        assert counted.result() == 1


def test_a_journal_that_nobody_takes_back_is_named_and_tried_again_later(left_half_done, monkeypatch):
    monkeypatch.setattr(session, "BUSY_S", 0.1)
    with pytest.raises(ConnectorError, match="ended in the middle; start its application") as refused:
        kind().discover(left_half_done, Target("t", BY_EMAIL), ANA)
    assert refused.value.retryable
