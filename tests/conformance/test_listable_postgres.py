"""What PostgreSQL and pgvector say of the identifiers in a table: all of them, once, and nothing of other kinds."""

from dataclasses import replace

import pytest

from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError
from tests.conformance.kinds.pgvector import PgVectorEstate
from tests.conformance.kinds.postgresql import PostgresEstate


@pytest.fixture(params=[PostgresEstate, PgVectorEstate])
def planted(request, postgres_server, tmp_path):
    estate = request.param(postgres_server.plan, tmp_path)
    estate.plant()
    yield estate
    estate.close()


def listed(estate, kind, target=None):
    connector = registry.get(estate.config.kind)
    return list(connector.values(estate.config, target or estate.target, kind))


def test_every_value_is_listed_once_the_subject_s_and_all_others(planted):
    planted.session.execute(
        f'UPDATE "{planted.table}" SET email = %s WHERE score BETWEEN 20 AND 25', ("twins@example.com",)
    )
    emails = listed(planted, "email")
    assert len(emails) == len(set(emails))
    assert set(emails) == {planted.email} | {email for _, email, _ in planted.controls()}
    assert planted.customer in listed(planted, "customer_id")


def test_a_kind_that_no_column_holds_has_no_values_and_a_missing_table_is_said(planted):
    assert listed(planted, "device_id") == []
    with pytest.raises(ConnectorError, match="does not exist"):
        listed(planted, "email", replace(planted.target, object_name="nobody.knows"))
