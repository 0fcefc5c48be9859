"""Samples that the planner keeps: another table's stay, the erased table's go, embeddings among them."""

import pytest

from portal.core.connectors import registry
from portal.core.connectors.base import Erasable
from tests.conformance.kinds.pgvector import PgVectorEstate
from tests.conformance.promises import erase, probes


@pytest.fixture
def pair(postgres_server, tmp_path):
    """Two tables of one database with the same embeddings, drawn from one seed."""
    made = []
    for name in ("copy", "source"):
        (tmp_path / name).mkdir()
        made.append(PgVectorEstate(postgres_server.plan, tmp_path / name))
        made[-1].people = 60
        made[-1].plant()
    yield made
    for each in made:
        each.close()


def test_an_embedding_that_another_table_holds_lawfully_is_no_hit_and_its_samples_stay(pair):
    first, second = pair
    kind = registry.capable("pgvector", Erasable)
    others = second.controls()
    found = erase(kind, first)
    assert probes(kind, first, found)["raw"] == 0
    assert second.controls() == others
    (left,) = second.session.execute(
        "SELECT count(*) FROM pg_stats WHERE tablename = %s AND attname = 'embedding'", (second.table,)
    ).fetchone()
    assert left == 1
