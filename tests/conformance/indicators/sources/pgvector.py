"""Tables with embeddings under an HNSW index."""

from __future__ import annotations

from tests.conformance.indicators.planting import Place, Table
from tests.conformance.indicators.sources.postgresql import PostgresSource


class PgVectorSource(PostgresSource):
    """As PostgreSQL, an embedding beside the columns of the case."""

    label = "pgvector"
    kind = "pgvector"
    beside = ", embedding vector(3) DEFAULT '[1,2,3]'"

    def start(self) -> None:
        super().start()
        self.session.execute("CREATE EXTENSION IF NOT EXISTS vector")

    def plant(self, name: str, table: Table) -> Place:
        place = super().plant(name, table)
        self.session.execute(f'CREATE INDEX ON "{name}" USING hnsw (embedding vector_cosine_ops)')
        return place


SOURCES = (PgVectorSource,)
