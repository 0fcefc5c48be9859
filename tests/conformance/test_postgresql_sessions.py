"""Calls of one step share a session; probes that cannot look at files do not make the server write them."""

import pytest

from portal.core.connectors import registry, sessions
from portal.core.connectors.base import ConnectorError, Erasable, Found, SystemConfig
from portal.core.connectors.postgres.session import connected, scalar
from tests.conformance.kinds.postgresql import PostgresEstate
from tests.conformance.test_erasable import mine


@pytest.fixture
def estate(postgres_server, tmp_path):
    planted = PostgresEstate(postgres_server.plan, tmp_path)
    planted.plant()
    yield planted
    planted.close()


def backend(config, **options):
    with connected(config, **options) as session:
        return scalar(session, "SELECT pg_backend_pid()"), session


def test_calls_inside_shared_sign_in_once_and_the_session_ends_with_it(estate):
    with sessions.shared():
        (first, session), (second, _) = backend(estate.config), backend(estate.config, autocommit=True)
        assert first == second
        assert not session.closed
    assert session.closed
    assert backend(estate.config)[1].closed, "outside, a session ends with its call"


def test_a_call_inside_another_has_a_session_of_its_own_and_an_error_ends_one(estate):
    with sessions.shared():
        with connected(estate.config) as outer:
            assert backend(estate.config)[0] != scalar(outer, "SELECT pg_backend_pid()")
        with pytest.raises(ConnectorError), connected(estate.config) as broken:
            broken.execute("SELECT 1/0")
        assert broken.closed
        assert backend(estate.config)[0] != 0


def test_what_is_not_committed_when_a_call_fails_is_not_there_for_the_next(estate):
    with sessions.shared():
        with pytest.raises(ConnectorError), connected(estate.config) as session:
            session.execute(f'DELETE FROM "{estate.table}"')
            session.execute("SELECT 1/0")
        with connected(estate.config) as session:
            assert scalar(session, f'SELECT count(*) FROM "{estate.table}"') > 0


def test_a_server_whose_files_cannot_be_looked_at_is_not_made_to_write_a_checkpoint(estate):
    blind = SystemConfig("shop", "postgresql", {}, estate.config.secret)
    kind = registry.capable("postgresql", Erasable)
    before = estate.session.execute("SELECT checkpoint_lsn FROM pg_control_checkpoint()").fetchone()
    kind.purge(blind, estate.target, estate.subject, Found(0), allow_exclusive=False, still_mine=mine)
    assert not kind.verify_raw(blind, estate.target, estate.subject, Found(0)).ran
    kind.verify_decoded(blind, estate.target, estate.subject, Found(0))
    assert estate.session.execute("SELECT checkpoint_lsn FROM pg_control_checkpoint()").fetchone() == before
    kind.verify_raw(estate.config, estate.target, estate.subject, Found(0))
    assert estate.session.execute("SELECT checkpoint_lsn FROM pg_control_checkpoint()").fetchone() != before
