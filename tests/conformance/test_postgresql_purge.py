"""PostgreSQL's purge takes the mildest means that works, and the exclusive one only when it was approved."""

import random

import psycopg
import pytest
from psycopg import sql

from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Erasable, Found, Identifier, Resolvable, SystemConfig, Target
from portal.core.connectors.postgres.table import Table
from tests.conformance.kinds.postgresql import PostgresEstate
from tests.conformance.test_erasable import erase, mine, probes, where


@pytest.fixture
def estate(postgres_server, tmp_path):
    planted = PostgresEstate(postgres_server.plan, tmp_path)
    planted.plant()
    yield planted
    planted.close()


def fill_pages_with_the_subject_alone(estate):
    for number in range(300):
        estate.session.execute(*estate.insertion(f"{estate.customer}-{number}", estate.email, 0, "none"))
    for number in range(5000, 5100):
        estate.write(number)


@pytest.mark.parametrize("approved", [False, True])
def test_a_page_with_nobody_else_on_it_needs_the_approved_exclusive_rewrite(estate, approved):
    estate.session.execute(f'DROP INDEX "{estate.table}_customer_id_idx"')
    fill_pages_with_the_subject_alone(estate)
    kind = registry.capable("postgresql", Erasable)
    found = kind.discover(*where(estate))
    kind.delete(*where(estate), still_mine=mine)
    purged = kind.purge(*where(estate), found, allow_exclusive=approved, still_mine=mine)
    assert purged.exclusive is approved
    assert (probes(registry.capable("postgresql", Erasable), estate, found)["raw"] == 0) is approved


def test_overwriting_free_space_changes_no_row_and_fires_no_trigger(estate):
    estate.session.execute(
        f"CREATE FUNCTION f_{estate.mark}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'fired'; END$$;"
        f' CREATE TRIGGER t BEFORE UPDATE ON "{estate.table}" FOR EACH ROW EXECUTE FUNCTION f_{estate.mark}()'
    )
    everybody_else = f'SELECT array_agg(t ORDER BY id) FROM "{estate.table}" t WHERE score <> 7'
    before = estate.session.execute(everybody_else).fetchone()
    kind = registry.capable("postgresql", Erasable)
    found = kind.discover(*where(estate))
    kind.delete(*where(estate), still_mine=mine)
    purged = kind.purge(*where(estate), found, allow_exclusive=False, still_mine=mine)
    estate.session.execute(f"DROP FUNCTION f_{estate.mark} CASCADE")
    assert "free space overwritten" in purged.actions
    assert estate.session.execute(everybody_else).fetchone() == before


@pytest.fixture
def eraser(estate):
    """A role with what the documentation asks for, and no more."""
    role = f"eraser_{estate.mark}"
    estate.session.execute(
        f"CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT pg_maintain, pg_checkpoint, pg_monitor TO {role};"
        f" GRANT SET ON PARAMETER session_replication_role TO {role};"
        f' GRANT SELECT, UPDATE, DELETE ON "{estate.table}" TO {role}'
    )
    yield SystemConfig(
        "shop", "postgresql", estate.config.settings, estate.plan.database_url_of("postgres", role, "secret")
    )
    estate.session.execute(f"DROP OWNED BY {role}; REVOKE SET ON PARAMETER session_replication_role FROM {role}")
    estate.session.execute(f"DROP ROLE {role}")


def test_a_role_with_no_more_than_the_documented_rights_erases_to_the_last_byte(estate, eraser):
    estate.config = eraser
    found = erase(registry.capable("postgresql", Erasable), estate)
    assert probes(registry.capable("postgresql", Erasable), estate, found) == {"logical": 0, "decoded": 0, "raw": 0}


def test_old_rows_of_the_planners_statistics_go_too(estate, eraser):
    small = f"small_{estate.mark}"
    estate.session.execute(f"CREATE TABLE {small} (id bigserial PRIMARY KEY, email text)")
    for email in (*(f"person{n}@example.com" for n in range(20)), estate.email):
        estate.session.execute(f"INSERT INTO {small} (email) VALUES (%s)", (email,))
    estate.session.execute(f"ANALYZE {small}")
    kind = registry.capable("postgresql", Erasable)
    target = Target(small, {"identifiers": {"email": "email"}, "surrogate": "id"})
    found = kind.discover(estate.config, target, estate.subject)
    estate.session.execute(f'DROP TABLE "{estate.table}"')
    kind.delete(estate.config, target, estate.subject, still_mine=mine)
    estate.session.execute(f"VACUUM FULL {small}")
    with psycopg.connect(estate.config.secret) as reader:  # a snapshot that keeps the old row from being pruned
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT 1")
        estate.session.execute(f"ANALYZE {small}")
        assert kind.verify_decoded(estate.config, target, estate.subject, found).hits == 0
        assert kind.verify_raw(estate.config, target, estate.subject, found).hits, "the old statistics row was not seen"
    estate.session.execute(f"GRANT SELECT, UPDATE ON {small} TO eraser_{estate.mark}")
    kind.purge(eraser, target, estate.subject, found, allow_exclusive=False, still_mine=mine)
    assert kind.verify_raw(eraser, target, estate.subject, found).hits == 0
    estate.session.execute(f"DROP TABLE {small}")


def test_what_vacuum_leaves_in_the_statistics_catalog_is_overwritten_without_rights_on_it(estate, eraser):
    wide = ", ".join(f"'{estate.email}'::text AS c{number}" for number in range(60))
    estate.session.execute(f"CREATE TABLE wide_{estate.mark} AS SELECT {wide} FROM generate_series(1, 3)")
    estate.session.execute(f"ANALYZE wide_{estate.mark}")
    estate.session.execute(f"DROP TABLE wide_{estate.mark}")
    estate.session.execute(f'DELETE FROM "{estate.table}" WHERE email = %s', (estate.email,))
    estate.session.execute(f'VACUUM (FULL, ANALYZE) "{estate.table}"')
    estate.session.execute("VACUUM (INDEX_CLEANUP ON) pg_catalog.pg_statistic")
    kind = registry.capable("postgresql", Erasable)
    assert kind.verify_raw(eraser, estate.target, estate.subject, Found(0)).hits, "VACUUM blanked it by itself"
    estate.config = eraser
    erase(registry.capable("postgresql", Erasable), estate)
    assert kind.verify_raw(eraser, estate.target, estate.subject, Found(0)).hits == 0


@pytest.mark.parametrize("size", [3_000, 40_000, 400_000], ids=["compressed in its row", "toasted", "in many chunks"])
def test_an_identifier_inside_a_compressed_text_is_seen_by_the_decode_probe_only(estate, size):
    kind = registry.capable("postgresql", Erasable)
    found = erase(registry.capable("postgresql", Erasable), estate)
    words = "".join(random.Random(42).choices(["alpha ", "bravo ", "charlie ", "delta "], k=size // 6))
    estate.session.execute(*estate.insertion("somebody", "somebody@example.com", 1, f"{words}{estate.email} {words}"))
    assert kind.verify_raw(*where(estate), found).hits == 0
    assert kind.verify_decoded(*where(estate), found).hits == 1


def test_a_subject_without_surrogate_key_is_deleted_by_row_address(estate):
    estate.target.settings.pop("surrogate")
    kind = registry.capable("postgresql", Erasable)
    before = estate.controls()
    assert kind.delete(*where(estate), still_mine=mine).rows == 1
    assert estate.controls() == before


def test_a_subject_spread_over_partitions_goes_from_each_of_them(estate):
    parted = f"parted_{estate.mark}"
    estate.session.execute(
        f"CREATE TABLE {parted} (id bigserial, customer_id text, email text, score int) PARTITION BY RANGE (score);"
        f" CREATE TABLE {parted}_low PARTITION OF {parted} FOR VALUES FROM (0) TO (100);"
        f" CREATE TABLE {parted}_high PARTITION OF {parted} FOR VALUES FROM (100) TO (1000);"
        f" CREATE INDEX ON {parted} (email)"
    )
    insert = f"INSERT INTO {parted} (customer_id, email, score) VALUES (%s, %s, %s)"
    others = [tuple(estate.control(number).values()) for number in range(50, 150)]
    for row in (*others, (estate.customer, estate.email, 5), (estate.customer, estate.email, 500)):
        estate.session.execute(insert, row)
    kind = registry.capable("postgresql", Erasable)
    for settings in ({"surrogate": "id"}, {}):
        target = Target(parted, {"identifiers": {"customer_id": "customer_id"}, **settings})
        found = kind.discover(estate.config, target, estate.subject)
        assert found.count == 2
        assert kind.delete(estate.config, target, estate.subject, still_mine=mine).rows == 2
        kind.purge(estate.config, target, estate.subject, found, allow_exclusive=False, still_mine=mine)
        assert kind.verify_raw(estate.config, target, estate.subject, found).hits == 0
        assert set(estate.session.execute(f"SELECT customer_id, email, score FROM {parted}")) == set(others)
        estate.session.execute(insert, (estate.customer, estate.email, 5))
        estate.session.execute(insert, (estate.customer, estate.email, 500))
    estate.session.execute(f"DROP TABLE {parted}")


def test_an_index_that_a_killed_rebuild_left_behind_is_dropped(estate):
    twin = f"{estate.table}_email_idx_ccnew"
    estate.session.execute(f'CREATE INDEX "{twin}" ON "{estate.table}" (email)')
    estate.session.execute(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '\"{twin}\"'::regclass")
    kind = registry.capable("postgresql", Erasable)
    found = kind.discover(*where(estate))
    kind.delete(*where(estate), still_mine=mine)
    kind.purge(*where(estate), found, allow_exclusive=False, still_mine=mine)
    assert estate.session.execute("SELECT to_regclass(%s)", (twin,)).fetchone() == (None,)
    assert probes(registry.capable("postgresql", Erasable), estate, found)["raw"] == 0


def test_identifiers_do_not_reach_the_servers_log_even_when_it_logs_every_statement(estate, postgres_server):
    # set for the database, because the embedded server's own command line outranks its configuration file
    wanted = {"log_statement": "'all'", "log_parameter_max_length": "-1", "log_error_verbosity": "'default'"}
    for name, value in wanted.items():
        estate.session.execute(f"ALTER DATABASE postgres SET {name} = {value}")
    try:
        kind = registry.capable("postgresql", Erasable)
        found = kind.discover(*where(estate))
        kind.delete(*where(estate), still_mine=mine)
        kind.purge(*where(estate), found, allow_exclusive=False, still_mine=mine)
        probes(registry.capable("postgresql", Erasable), estate, found)
        with psycopg.connect(estate.config.secret) as other:  # the log does work
            other.execute("SELECT %s::text", (f"logged {estate.mark}",))
    finally:
        for name in wanted:
            estate.session.execute(f"ALTER DATABASE postgres RESET {name}")
    log = postgres_server.log.read_text()
    assert f"logged {estate.mark}" in log
    assert estate.email not in log
    assert estate.customer not in log


def test_a_data_directory_of_another_server_makes_the_byte_probe_blind(estate, tmp_path):
    (tmp_path / "global").mkdir()
    (tmp_path / "global" / "pg_control").write_bytes(b"\x01" * 64)
    elsewhere = SystemConfig("shop", "postgresql", {"data_directory": str(tmp_path)}, estate.config.secret)
    kind = registry.capable("postgresql", Erasable)
    found = kind.discover(*where(estate))
    probe = kind.verify_raw(elsewhere, estate.target, estate.subject, found)
    assert (probe.ran, probe.reason) == (False, "The declared `data_directory` belongs to another server.")


def test_an_identity_map_yields_edges_and_a_shared_device_is_not_a_single_person(estate):
    kind = registry.capable("postgresql", Resolvable)
    edges = {e.to.kind: e for e in kind.edges(estate.config, Identifier("email", estate.email))}
    assert edges["customer_id"].to.value == estate.customer
    assert (edges["customer_id"].single_person, edges["customer_id"].asserted) == (True, True)
    shared = kind.edges(estate.config, edges["device"].to)
    assert {estate.customer} < {edge.to.value for edge in shared if edge.to.kind == "customer_id"}
    assert not any(edge.single_person for edge in shared)


def test_an_unknown_table_in_an_identity_map_is_an_error_in_words(estate):
    broken = {"object": "public.missing", "columns": {"email": "email"}, "person": "email"}
    config = SystemConfig("shop", "postgresql", {"identity_maps": [broken]}, estate.config.secret)
    with pytest.raises(ConnectorError, match="table does not exist"):
        registry.capable("postgresql", Resolvable).edges(config, Identifier("email", estate.email))


def test_an_index_on_the_folded_address_serves_the_look_up_and_one_on_the_address_does_not(estate):
    def plan():
        predicate, values = Table.of(estate.session, estate.target).holds(estate.subject)
        with estate.session.transaction():
            estate.session.execute("SET LOCAL enable_seqscan = off")
            statement = sql.SQL("EXPLAIN SELECT 1 FROM {} WHERE {}").format(sql.Identifier(estate.table), predicate)
            return " ".join(line for (line,) in estate.session.execute(statement, values))

    assert "Seq Scan" in plan()
    estate.session.execute(f'CREATE INDEX ON "{estate.table}" (lower(email))')
    assert "Seq Scan" not in plan()
    assert f"{estate.table}_lower_idx" in plan()


def test_an_identity_map_is_asked_without_letter_case(estate):
    (edge, *_) = registry.capable("postgresql", Resolvable).edges(
        estate.config, Identifier("email", estate.email.upper())
    )
    assert (edge.to.kind, edge.to.value) == ("customer_id", estate.customer)
